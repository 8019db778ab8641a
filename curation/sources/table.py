"""CSV and TSV files with a question in each row: any delimiter, any of several languages."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean

from curation.sources.files import UnreadableError
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

DELIMITERS = ",;\t|"
LOOKED_AT = 200
"""Rows that decide about delimiter and columns."""

_QUESTIONS = """
question questions q query frage fragen pregunta preguntas domanda domande pergunta perguntas
vraag vragen pytanie pytania fråga frågor spørgsmål spørsmål kysymys otázka kérdés întrebare soru
вопрос питання 質問 问题 問題 질문 سؤال
"""
_ANSWERS = """
answer answers a reply response solution antwort antworten respuesta respuestas risposta risposte
réponse réponses reponse resposta respostas antwoord antwoorden odpowiedź odpowiedz svar vastaus
odpověď odpoveď válasz răspuns cevap ответ відповідь 回答 答え 答案 답변 جواب
"""
QUESTIONS = tuple(_QUESTIONS.split())
ANSWERS = tuple(_ANSWERS.split())
QUESTION_FALLBACKS = ("title", "subject", "headline", "summary", "titel", "betreff", "titre")
ANSWER_FALLBACKS = ("body", "text", "content", "description", "inhalt", "texto", "testo")
NOT_TEXT = frozenset(("id", "type", "date", "url", "link", "html", "count", "by", "author"))
"""Words that make `answer_id` or `answer_html` another column than `answer`."""


@dataclass(frozen=True)
class Row:
    line: int
    """Where it begins in the file, from 1."""
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    question: int
    answer: int
    has_header: bool


def read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    """Yield an entry for each row; the columns are found before the first one is."""
    try:
        yield from _read(text, name, notes)
    except csv.Error as error:
        raise UnreadableError(f"{name}: not a table: {error}; save it as CSV again.") from error


def _read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    # A cell may hold a whole page; the limit of the library is 128 KB, and is never lowered:
    # others in this process read tables too.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    delimiter = _delimiter(text)
    rows = list(islice(_rows(text, delimiter), LOOKED_AT))
    columns = _columns(rows, name)
    yield from _units(_rows(text, delimiter), columns, name, notes)


def _units(rows: Iterator[Row], columns: Columns, name: str, notes: Notes) -> Iterator[Found]:
    for row in islice(rows, int(columns.has_header), None):
        notes.counts["rows"] += 1
        locator = f"{name}#L{row.line}"
        question = " ".join(_cell(row, columns.question).split())
        answer = _cell(row, columns.answer)
        if question and answer:
            notes.counts["entries"] += 1
            yield Unit("faq", question, locator, answer)
        elif question:
            yield Drop("no-answer", locator, evidence=question)
        else:
            yield Drop("no-question" if answer else "empty", locator, evidence=answer)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for cells in reader:
        if cells:
            yield Row(line, tuple(cells))
        line = reader.line_num + 1


def _cell(row: Row, column: int) -> str:
    return row.cells[column].strip() if column < len(row.cells) else ""


def _delimiter(text: str) -> str:
    """The one that shows a question column, or else cuts most rows alike."""

    def fitness(delimiter: str) -> tuple[bool, float, int]:
        rows = list(islice(_rows(text, delimiter), LOOKED_AT))
        width = len(rows[0].cells) if rows else 0
        alike = mean(len(row.cells) == width for row in rows) if width > 1 else 0.0
        named = width > 1 and _best(_words(rows[0]), QUESTIONS) is not None
        return named, alike, width

    return max(DELIMITERS, key=fitness)


def _columns(rows: Sequence[Row], name: str) -> Columns:
    if not rows:
        raise UnreadableError(f"{name}: no rows; was it saved empty?")
    words = _words(rows[0])
    question = _best(words, QUESTIONS)
    if question is None:
        question = _best(words, QUESTION_FALLBACKS)
    if question is None:
        return _by_content(rows, name)
    rest = set(words[question]) - {*QUESTIONS, *QUESTION_FALLBACKS}
    answer = _best(words, ANSWERS, like=rest)
    if answer is None:
        answer = _best(words, ANSWER_FALLBACKS, like=rest)
    if answer is None:
        answer = _longest_column(rows[1:], without=question)
    if answer is None:
        raise UnreadableError(f"{name}: a question column but no answers beside it; add a column.")
    return Columns(question, answer, has_header=True)


def _by_content(rows: Sequence[Row], name: str) -> Columns:
    """The column whose cells mostly end in a question mark, and the longest other one."""
    asked = {i: _share_asking(rows[1:] or rows, i) for i in range(len(rows[0].cells))}
    question = max(asked, key=lambda i: asked[i])
    answer = _longest_column(rows[1:] or rows, without=question)
    if asked[question] < 0.5 or answer is None:
        seen = ", ".join(cell.strip() or "(no name)" for cell in rows[0].cells[:12])
        raise UnreadableError(
            f"{name}: no question column among: {seen}; call one `question` "
            f"(also accepted: {', '.join((*QUESTIONS[:8], *QUESTION_FALLBACKS[:2]))} ...)."
        )
    return Columns(question, answer, has_header=not _asks(_cell(rows[0], question)))


def _words(header: Row) -> list[list[str]]:
    """`Question (EN)` as `question`, `en`."""
    return [re.findall(r"\w+", re.sub(r"_", " ", cell.lower())) or [""] for cell in header.cells]


def _best(
    columns: list[list[str]], names: Sequence[str], *, like: set[str] | None = None
) -> int | None:
    """The column with one of these names: alone, or in the same language, or the first."""
    named = [i for i, words in enumerate(columns) if set(words) & set(names)]
    fits = [i for i in named if not NOT_TEXT & set(columns[i])] or named
    return min(fits, key=lambda i: _strangeness(columns[i], names, like), default=None)


def _strangeness(
    words: list[str], names: Sequence[str], like: set[str] | None
) -> tuple[bool, int, bool]:
    return set(words) - set(names) != (like or set()), len(words), words[0] not in names


def _longest_column(rows: Sequence[Row], *, without: int) -> int | None:
    widths = {
        i: sum(len(_cell(row, i)) for row in rows)
        for i in range(max((len(row.cells) for row in rows), default=0))
        if i != without
    }
    longest = max(widths, key=lambda i: widths[i], default=None)
    return longest if longest is not None and widths[longest] else None


def _share_asking(rows: Sequence[Row], column: int) -> float:
    return mean(_asks(_cell(row, column)) for row in rows)


def _asks(cell: str) -> bool:
    return cell.endswith(("?", "\uff1f", "\u061f"))
