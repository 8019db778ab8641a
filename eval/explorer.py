"""The items as data for the explorer in the page; the page shows them as text, never as markup."""

import json
from collections.abc import Iterable

import msgspec

from data.records import Finding, Origin
from eval.comparison import Result, check_name


class Said(msgspec.Struct, frozen=True):
    """What one arm answered."""

    text: str
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


class Row(msgspec.Struct, frozen=True):
    """All that the explorer shows of one item."""

    id: str
    set: str
    outcome: str
    context: list[tuple[str, str]]
    question: str
    expected: str
    arms: dict[str, Said]
    findings: list[Marked]
    family: str
    origin: Origin


ESCAPES = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})
"""What could end the script element, open another, or end a line of a script."""


def data_block(results: Iterable[Result]) -> str:
    """JSON that can stand inside a script element whatever the texts hold."""
    rows = msgspec.to_builtins([_row(result) for result in results])
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def _row(result: Result) -> Row:
    item = result.item
    texts = {arm: grade.answer.text for arm, grade in result.grades.items()}
    texts["expected"] = item.expected
    return Row(
        id=item.id,
        set=item.question_set.key,
        outcome=result.outcome,
        context=[(message.role, message.content) for message in item.context],
        question=item.example.question,
        expected=item.expected,
        arms={
            arm: Said(
                grade.answer.text,
                round(grade.chrf, 1),
                grade.exact,
                grade.answer.tokens,
                grade.answer.stop,
            )
            for arm, grade in result.grades.items()
        },
        findings=[_marked(finding, texts[finding.arm]) for finding in result.findings],
        family=item.example.family,
        origin=item.example.origin,
    )


def _marked(finding: Finding, text: str) -> Marked:
    start, end = (_utf16(text[:place]) for place in finding.span)
    return Marked(finding.arm, check_name(finding), finding.severity, start, end, finding.evidence)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
