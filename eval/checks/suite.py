"""All checks in the order of the report, and how they are run."""

from collections.abc import Iterable, Iterator, Sequence

from data.records import Answer, Finding
from eval.checks.flag import Check, Said
from eval.checks.length import EMPTY, TOO_LONG, TRUNCATED
from eval.checks.misspelling import Vocabulary, misspelling
from eval.checks.repetition import REPETITION
from eval.items import Item

EXPECTED = "expected"
"""The arm under which findings in the expected answers are kept: the false alarms of a check."""


def suite(vocabulary: Vocabulary, language: str) -> tuple[Check, ...]:
    spelling = () if language == "none" else (misspelling(vocabulary, language),)
    return (EMPTY, TRUNCATED, TOO_LONG, REPETITION, *spelling)


def run(
    checks: Sequence[Check], items: Sequence[Item], answers: Iterable[Answer], run_name: str
) -> Iterator[Finding]:
    """Check what each arm said, then the expected answers by the same rules."""
    by_id = {item.id: item for item in items}
    for answer in answers:
        said = Said(answer.text, by_id[answer.example], answer.stop)
        yield from _check(checks, said, run_name, answer.arm)
    for item in items:
        yield from _check(checks, Said(item.expected, item, is_expected=True), run_name, EXPECTED)


def _check(checks: Sequence[Check], said: Said, run_name: str, arm: str) -> Iterator[Finding]:
    for check in checks:
        for flag in check.find(said):
            yield Finding(
                run=run_name,
                arm=arm,
                example=said.item.id,
                check=check.method,
                severity=check.severity,
                span=flag.span,
                evidence=flag.evidence,
                score=round(flag.score, 3),
            )
