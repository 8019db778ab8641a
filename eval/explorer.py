"""The items as data for the explorer in the page; the page shows them as text, never as markup.

An index of columns is all that the list needs, so the page is ready before the texts are read.
The texts follow in blocks, each unpacked when an item of it is looked at.
"""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from data.records import Example, Finding, Origin
from eval import codes
from eval.arms import TUNED
from eval.blame import Nearest
from eval.checks.suite import EXPECTED
from eval.comparison import OUTCOMES, Grade, Outcome, Result, check_name
from eval.items import SETS

BLOCK = 128
"""Items that are unpacked together: few enough that the page never halts while it reads ahead."""
LEVEL = 6
"""Of zlib: 9 takes half as long again, and gains one part in a hundred."""
PREVIEW = 90
SHORT_QUESTION, SHORT_ANSWER = 240, 120
"""Characters that stay of a shortened text."""


class Score(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one answer beside its text."""

    chrf: float
    exact: bool
    tokens: int
    stop: str


class Marked(msgspec.Struct, frozen=True):
    """A finding; its place is in UTF-16 units, as JavaScript counts."""

    arm: str
    check: str
    severity: str
    start: int
    end: int
    evidence: str


class Taught(msgspec.Struct, frozen=True, omit_defaults=True):
    """A training row that may have taught an error."""

    id: str
    question: str
    answer: str
    locator: str
    recipe: str = ""
    teacher: str = ""
    scores: str = ""
    reviews: tuple[str, ...] = ()


class About(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the explorer shows of one item beyond its texts and what stands in the index."""

    family: str
    origin: Origin
    findings: tuple[Marked, ...] = ()
    context: tuple[tuple[str, str], ...] = ()
    reviews: tuple[str, ...] = ()
    taught: tuple[tuple[int, float], ...] = ()
    """For a wrong answer the numbers of the training rows nearest to it, and how near they are."""
    short: bool = False


class Block(msgspec.Struct, frozen=True):
    """Some items in columns: texts of a kind deflate better together, and are read faster."""

    rest: list[str]
    """Of the questions, what follows their previews."""
    expected: list[str]
    said: dict[str, list[str]]
    """For each arm its answers."""
    scores: dict[str, list[Score]]
    about: list[About]


class Index(msgspec.Struct, frozen=True):
    """One column for each thing that the list shows, sorts or filters by."""

    size: int
    """Items in a block."""
    sets: tuple[str, ...]
    outcomes: tuple[str, ...]
    checks: tuple[str, ...]
    ids: list[str]
    set: list[int]
    outcome: list[int]
    preview: list[str]
    """How the question begins."""
    words: list[int]
    """In the tuned answer."""
    chrf: dict[str, list[int]]
    found: dict[str, list[int]]
    """For each arm one bit for each check."""
    slices: Mapping[str, Sequence[int]]
    sample: list[int]
    """The items to code first."""


def taught(row: Example) -> Taught:
    """A row with all that says who made and who passed it."""
    return Taught(
        id=row.id,
        question=_cut(row.question, SHORT_QUESTION),
        answer=_cut(row.answer, SHORT_QUESTION),
        locator=row.origin.locator,
        recipe=row.origin.recipe,
        teacher=row.origin.teacher,
        scores=", ".join(f"{name} {score:.2f}" for name, score in row.scores.items()),
        reviews=tuple(f"{each.annotator}: {each.verdict}" for each in row.reviews),
    )


@dataclass(frozen=True)
class Packed:
    """What stands in the page: base64 of deflated JSON, which can end no script element."""

    index: str
    blocks: list[str]
    rows: str
    """The training rows that are near to an error."""


@dataclass(frozen=True)
class Extras:
    """What is known of items beyond their answers."""

    slices: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """By the slice's key the numbers of its items."""
    nearest: Mapping[str, Nearest] = field(default_factory=dict)
    """By the item's id the training rows nearest to it."""
    seed: int = 0


def pack(
    results: Sequence[Result],
    checks: Sequence[str],
    extras: Extras,
    shorten: frozenset[Outcome] = frozenset(),
) -> Packed:
    """Items whose outcome is in `shorten` keep only the beginning of their texts."""
    near = {row.id: row for rows in extras.nearest.values() for row, _ in rows}
    places = {key: place for place, key in enumerate(near)}
    taught_by = {
        key: tuple((places[row.id], round(likeness, 2)) for row, likeness in rows)
        for key, rows in extras.nearest.items()
    }
    index = _index(results, checks, extras)
    blocks = [
        _packed(_block(results[start : start + BLOCK], taught_by, shorten))
        for start in range(0, len(results), BLOCK)
    ]
    return Packed(_packed(index), blocks, _packed([taught(row) for row in near.values()]))


def _packed(content: object) -> str:
    return base64.b64encode(zlib.compress(_encoded(content), LEVEL)).decode()


def _encoded(content: object) -> bytes:
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:
        # Half a surrogate pair, which a model can produce, has no UTF-8: it becomes a `?`.
        text = json.dumps(msgspec.to_builtins(content), ensure_ascii=False)
        return text.encode("utf-8", "replace")


def _index(results: Sequence[Result], checks: Sequence[str], extras: Extras) -> Index:
    keys = [each.key for each in SETS]
    arms = list(results[0].grades) if results else []
    return Index(
        size=BLOCK,
        sets=tuple(keys),
        outcomes=OUTCOMES,
        checks=tuple(checks),
        ids=[each.item.id for each in results],
        set=[keys.index(each.item.question_set.key) for each in results],
        outcome=[OUTCOMES.index(each.outcome) for each in results],
        preview=[each.item.example.question[:PREVIEW] for each in results],
        words=[len(each.grades[TUNED].answer.text.split()) for each in results],
        chrf={arm: [round(each.grades[arm].chrf) for each in results] for arm in arms},
        found={arm: [_bits(each, arm, checks) for each in results] for arm in (EXPECTED, *arms)},
        slices=extras.slices,
        sample=codes.sample(results, extras.seed),
    )


def _bits(result: Result, arm: str, checks: Sequence[str]) -> int:
    found = {check_name(finding) for finding in result.findings if finding.arm == arm}
    return sum(1 << place for place, check in enumerate(checks) if check in found)


def _block(
    results: Sequence[Result],
    taught_by: Mapping[str, tuple[tuple[int, float], ...]],
    shorten: frozenset[Outcome],
) -> Block:
    texts = [_texts(each, shorten) for each in results]
    arms = list(results[0].grades)
    return Block(
        rest=[_question(each, shorten)[PREVIEW:] for each in results],
        expected=[each[EXPECTED] for each in texts],
        said={arm: [each[arm] for each in texts] for arm in arms},
        scores={arm: [_score(each.grades[arm]) for each in results] for arm in arms},
        about=[
            _about(each, own, taught_by.get(each.item.id, ()), short=each.outcome in shorten)
            for each, own in zip(results, texts, strict=True)
        ],
    )


def _question(result: Result, shorten: frozenset[Outcome]) -> str:
    question = result.item.example.question
    return _cut(question, SHORT_QUESTION) if result.outcome in shorten else question


def _texts(result: Result, shorten: frozenset[Outcome]) -> dict[str, str]:
    """What is shown of each arm's answer and of the expected one."""
    texts = {arm: grade.answer.text for arm, grade in result.grades.items()}
    texts[EXPECTED] = result.item.expected
    if result.outcome not in shorten:
        return texts
    return {arm: _cut(text, SHORT_ANSWER) for arm, text in texts.items()}


def _score(grade: Grade) -> Score:
    return Score(round(grade.chrf, 1), grade.exact, grade.answer.tokens, grade.answer.stop)


def _about(
    result: Result,
    texts: Mapping[str, str],
    nearest: tuple[tuple[int, float], ...],
    *,
    short: bool,
) -> About:
    item = result.item
    return About(
        family=item.example.family,
        origin=item.example.origin,
        findings=tuple(_marked(each, texts[each.arm]) for each in result.findings),
        context=() if short else tuple((turn.role, turn.content) for turn in item.context),
        reviews=tuple(f"{each.annotator}: {each.verdict}" for each in item.example.reviews),
        taught=nearest,
        short=short,
    )


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _marked(finding: Finding, text: str) -> Marked:
    start, end = (_utf16(text[:place]) for place in finding.span)
    return Marked(finding.arm, check_name(finding), finding.severity, start, end, finding.evidence)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
