"""Which columns of a table ask and which ones answer, in any of several languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean

from curation.sources import languages, titles
from curation.sources.languages import ANSWERS, QUESTIONS

Cells = tuple[str, ...]

QUESTION_FALLBACKS = (
    "title", "subject", "headline", "summary", "titel", "betreff", "titre", "issue", "problem",
    "topic", "instruction", "input",
)  # fmt: skip
ANSWER_FALLBACKS = (
    "body", "text", "content", "description", "inhalt", "texto", "testo", "details",
    "explanation", "output", "encoded",
)  # fmt: skip
TASKS = frozenset(("instruction", "input")), frozenset(("output",))
"""Names that belong together: what a model was told, and what it should say."""
NOT_TEXT = frozenset(
    "id type date url link html count by author number no nr key ref score rating time at category "
    "short summary brief excerpt preview "
    "编号 序号 分类 类型 番号 種別 カテゴリ 日時 번호 유형".split()
)
"""Words that make `answer_id` or `answer_html` another column than `answer`."""
_CODE = re.compile(r"[A-Z\d]+(?:_[A-Z\d]+)*|[a-z\d]+(?:[_.][a-z\d]+)+|-?[\d.,]+")
"""`RENEW_PASS`, `billing.refund`, a number: a class of questions, not an answer to one."""
FEWEST_CLASSED = 12
"""Rows from which on a column that says few different things is one of classes."""
_PATH = re.compile(r"(?<!\S)[^\s/]*+/\S*\.\w")
LONGEST_NAME = 8
"""Words in the name of a column."""
LANGUAGE_NAMES = frozenset("language lang locale sprache langue idioma lingua".split())


@dataclass(frozen=True)
class Columns:
    question: int
    answer: int
    has_header: bool
    language: str = languages.UNKNOWN
    """What the header says of it."""
    sure: bool = True
    """Whether the names say what they are; a title with a text beside it may be anything."""


def named(header: Cells, rows: Sequence[Cells]) -> Columns | None:
    """The columns by what the header calls them; None where it names no question."""
    called = words(header)
    question = best(called, QUESTIONS)
    if question is None or not _is_text(called[question], rows, question):
        question = best(called, QUESTION_FALLBACKS)
    if question is None:
        question = _asking(called, rows)
    if question is None:
        return None
    rest = set(called[question]) - {*QUESTIONS, *QUESTION_FALLBACKS}
    answer = best(called, ANSWERS, like=rest, without=question)
    sure = bool(set(called[question]) & set(QUESTIONS)) or answer is not None
    if answer is None:
        answer = best(called, ANSWER_FALLBACKS, like=rest, without=question)
    if answer is None:
        answer = _longest(rows, without=question)
        if answer is None or not (sure or mostly_asks(rows, question)):
            return None
    # A row may be longer than the header: then its last columns have no name.
    beside = called[answer] if answer < len(called) else []
    sure = sure or bool(TASKS[0] & set(called[question]) and TASKS[1] & set(beside))
    language = languages.named([*called[question], *beside])
    return Columns(question, answer, has_header=True, language=language, sure=sure)


def _asking(called: list[list[str]], rows: Sequence[Cells]) -> int | None:
    """The column that mostly asks, in a table that names its answers and no questions."""
    answer = best(called, ANSWERS)
    if answer is None or NOT_TEXT & set(called[answer]):
        return None
    others = (i for i in range(len(called)) if i != answer)
    return next((i for i in others if mostly_asks(rows, i)), None)


def translations(header: Cells, above: Cells, found: Columns) -> list[Columns]:
    """These columns, and those of the same table that say the same in other languages.

    Bilingual tables call them `question_fr`, `Domanda`, or `Question` once more below a cell
    that names the language. `q1, a1, q2, a2` beside one another are further pairs too.
    """
    called = words(header)
    spread = _spread(above, len(header))
    marks = [_mark(each, spread[i]) for i, each in enumerate(called)]
    pairs = [found]
    for question, name in enumerate(called):
        if question == found.question or not set(name) & set(QUESTIONS) or NOT_TEXT & set(name):
            continue
        taken = {each.answer for each in pairs}
        fits = [
            i
            for i, each in enumerate(called)
            if set(each) & set(ANSWERS) and not NOT_TEXT & set(each) and i not in taken
            if marks[i] == marks[question] and marks[i] != marks[found.question]
        ]
        if fits:
            answer = min(fits, key=lambda i: abs(i - question))
            language = languages.named(marks[question])
            pairs.append(Columns(question, answer, has_header=True, language=language))
    if len(pairs) == 1:
        return pairs
    pairs[0] = replace(found, language=languages.named(marks[found.question]))
    spoken = {each.language for each in pairs}
    if spoken != {languages.UNKNOWN} and "en" not in spoken:
        # `Question` beside `Frage` is the English one; alone it may head questions of any tongue.
        pairs = [_spoken(each, "en") for each in pairs]
    return sorted(pairs, key=lambda each: each.question)


def _spoken(pair: Columns, language: str) -> Columns:
    return replace(pair, language=language) if pair.language == languages.UNKNOWN else pair


def _mark(name: list[str], above: str) -> tuple[str, ...]:
    """What tells one pair from another: a language, or a number."""
    told = [each for each in name if each not in {*QUESTIONS, *ANSWERS}]
    told += languages.words(above) if above else []
    code = languages.named(told)
    code = languages.named(name) if code == languages.UNKNOWN else code
    return (code, *(each for each in told if each.isdigit()))


def _spread(above: Cells, width: int) -> list[str]:
    """The cells of the row above, each standing over the empty ones after it, as merged cells do."""
    spread: list[str] = []
    for i in range(width):
        said = cell(above, i)
        spread.append(said or (spread[-1] if spread else ""))
    return spread


def language_column(header: Cells) -> int | None:
    """The column that says for each row which language it is in."""
    found = (i for i, each in enumerate(words(header)) if each[-1] in LANGUAGE_NAMES)
    return next(found, None)


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
    return Columns(question, answer, has_header=not any(map(_asks, rows[0])))


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


def other_question(row: Cells, columns: Columns) -> str:
    """What a row asks in another column than most rows do; "" where it asks nothing."""
    others = (cell(row, i) for i in range(len(row)) if i != columns.answer)
    return " ".join(next(filter(_asks, others), "").split())


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
    """The words of each name; a sentence or a path is none."""
    named = ([""] if _PATH.search(each) else languages.words(each) for each in header)
    return [each if len(each) <= LONGEST_NAME else [""] for each in named]


def _strangeness(
    words: list[str], names: Sequence[str], like: set[str] | None
) -> tuple[bool, bool, int, bool]:
    own = set(words) & set(names)
    # `A` beside `answer` is one of the options of a quiz.
    letter = all(len(each) == 1 and each.isascii() for each in own)
    return set(words) - own != (like or set()), letter, len(words), words[0] not in names


def _is_text(words: list[str], rows: Sequence[Cells], column: int) -> bool:
    """A column called `q` or `question id` may hold numbers."""
    if not NOT_TEXT & set(words) and len(words[0]) > 1:
        return True
    said = [cell(row, column) for row in rows[:50]]
    return any(len(each.split()) > 1 or _asks(each) for each in said) or not any(said)


def _longest(rows: Sequence[Cells], *, without: int) -> int | None:
    """The column that says most; None where all it says are names of intents or classes."""
    width = max((len(row) for row in rows), default=0)
    # A category says the same again and again, which is not what makes an answer long.
    cells = {i: {cell(row, i) for row in rows} for i in range(width) if i != without}
    widths = {i: sum(map(len, said)) for i, said in cells.items()}
    longest = max(widths, key=lambda i: widths[i], default=None)
    if longest is None or not widths[longest]:
        return None
    filled = [said for row in rows if (said := cell(row, longest))]
    coded = sum(map(bool, map(_CODE.fullmatch, filled)))
    classed = len(filled) >= FEWEST_CLASSED and 3 * len(cells[longest]) < len(filled)
    return None if 2 * coded > len(filled) or classed else longest


def mostly_asks(rows: Sequence[Cells], column: int) -> bool:
    said = [cell(row, column) for row in rows if cell(row, column)]
    return 2 * sum(map(titles.asks, said)) >= max(1, len(said))


def _asks(text: str) -> bool:
    return text.endswith(("?", "\uff1f", "\u061f")) or text.startswith("\u00bf")
