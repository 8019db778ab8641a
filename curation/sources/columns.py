"""Which column of a table asks and which one answers, in any of several languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from curation.sources import titles

Cells = tuple[str, ...]

_QUESTIONS = """
question questions q query frage fragen pregunta preguntas domanda domande pergunta perguntas
vraag vragen pytanie pytania fråga frågor spørgsmål spørsmål kysymys otázka kérdés întrebare soru
вопрос вопросы питання въпрос ερώτηση 質問 ご質問 问题 問題 提问 질문 سؤال السؤال שאלה प्रश्न คำถาม pertanyaan faq utterance prompt
"""
_ANSWERS = """
answer answers a reply response responses solution antwort antworten respuesta respuestas risposta
risposte réponse réponses reponse resposta respostas antwoord antwoorden odpowiedź odpowiedz svar
vastaus odpověď odpoveď válasz răspuns cevap yan\u0131t ответ ответы відповідь отговор απάντηση 回答 ご回答
答え 答案 解答 답변 جواب الجواب إجابة תשובה उत्तर คำตอบ jawaban completion
"""
QUESTIONS = tuple(_QUESTIONS.split())
ANSWERS = tuple(_ANSWERS.split())
QUESTION_FALLBACKS = (
    "title", "subject", "headline", "summary", "titel", "betreff", "titre", "issue", "problem",
    "topic", "instruction", "input",
)  # fmt: skip
ANSWER_FALLBACKS = (
    "body", "text", "content", "description", "inhalt", "texto", "testo", "resolution", "details",
    "explanation", "output",
)  # fmt: skip
NOT_TEXT = frozenset(
    "id type date url link html count by author number no nr key ref score rating time at".split()
)
"""Words that make `answer_id` or `answer_html` another column than `answer`."""


@dataclass(frozen=True)
class Columns:
    question: int
    answer: int
    has_header: bool


def named(header: Cells, rows: Sequence[Cells]) -> Columns | None:
    """The columns by what the header calls them; None where it names no question."""
    called = words(header)
    question = best(called, QUESTIONS)
    if question is None or not _is_text(called[question], rows, question):
        question = best(called, QUESTION_FALLBACKS)
    if question is None:
        return None
    rest = set(called[question]) - {*QUESTIONS, *QUESTION_FALLBACKS}
    answer = best(called, ANSWERS, like=rest, without=question)
    if answer is None:
        answer = best(called, ANSWER_FALLBACKS, like=rest, without=question)
    if answer is None:
        answer = _longest(rows, without=question)
    return None if answer is None else Columns(question, answer, has_header=True)


def by_content(rows: Sequence[Cells]) -> Columns | None:
    """The column whose cells mostly ask, and the longest other one."""
    below = rows[1:] or rows
    width = max((len(row) for row in rows), default=0)
    asked = {i: mean(_asks(cell(row, i)) for row in below) for i in range(width)}
    question = max(asked, key=lambda i: asked[i], default=None)
    if question is None or asked[question] < 0.5:
        return None
    answer = _longest(below, without=question)
    if answer is None:
        return None
    return Columns(question, answer, has_header=not _asks(cell(rows[0], question)))


def of_table(rows: Sequence[Cells]) -> Columns | None:
    """The columns of a table inside a page, which may be a table of anything."""
    if len(rows) < 2:
        return None
    called = words(rows[0])
    question, answer = best(called, QUESTIONS), best(called, ANSWERS)
    if question is not None and answer is not None and question != answer:
        return Columns(question, answer, has_header=True)
    if any(len(row) not in (2, 3, 4) for row in rows):
        return None
    found = by_content(rows)
    asking = [titles.is_marked(cell(row, found.question)) for row in rows] if found else []
    return found if found and sum(asking) >= max(2, 0.6 * len(rows)) else None


def pick(row: Cells, columns: Columns) -> tuple[str, str]:
    return " ".join(cell(row, columns.question).split()), cell(row, columns.answer)


def cell(row: Cells, column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def is_header(cells: Cells) -> bool:
    """Whether a row names a column of questions."""
    return best(words(cells), QUESTIONS) is not None and sum(map(len, cells)) < 60 * len(cells)


def best(
    columns: list[list[str]],
    names: Sequence[str],
    *,
    like: set[str] | None = None,
    without: int | None = None,
) -> int | None:
    """The column with one of these names: alone, or in the same language, or the first."""
    found = [i for i, words in enumerate(columns) if set(words) & set(names) and i != without]
    fits = [i for i in found if not NOT_TEXT & set(columns[i])] or found
    return min(fits, key=lambda i: _strangeness(columns[i], names, like), default=None)


def words(header: Sequence[str]) -> list[list[str]]:
    """`Question (EN)` as `question`, `en`."""
    return [
        re.findall(r"\w+", re.sub(r"_|(?<=[a-z])(?=[A-Z])", " ", each).lower()) or [""]
        for each in header
    ]


def _strangeness(
    words: list[str], names: Sequence[str], like: set[str] | None
) -> tuple[bool, int, bool]:
    return set(words) - set(names) != (like or set()), len(words), words[0] not in names


def _is_text(words: list[str], rows: Sequence[Cells], column: int) -> bool:
    """A column called `q` or `question id` may hold numbers."""
    if not NOT_TEXT & set(words) and len(words[0]) > 1:
        return True
    said = [cell(row, column) for row in rows[:50]]
    return any(len(each.split()) > 1 for each in said) or not any(said)


def _longest(rows: Sequence[Cells], *, without: int) -> int | None:
    width = max((len(row) for row in rows), default=0)
    widths = {i: sum(len(cell(row, i)) for row in rows) for i in range(width) if i != without}
    longest = max(widths, key=lambda i: widths[i], default=None)
    return longest if longest is not None and widths[longest] else None


def _asks(text: str) -> bool:
    return text.endswith(("?", "\uff1f", "\u061f")) or text.startswith("\u00bf")
