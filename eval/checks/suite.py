"""All checks in the order of the report, and how they are run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from data.records import Answer, Finding
from eval.checks import agreement, contamination, grounding, labels, leaks, samples
from eval.checks.flag import Check, Said, Severity
from eval.checks.form import FORM
from eval.checks.known import Known
from eval.checks.length import EMPTY, TOO_LONG, TRUNCATED
from eval.checks.misspelling import misspelling
from eval.checks.refusal import FALSE_CONFIDENCE, OVER_REFUSAL
from eval.checks.repetition import REPETITION
from eval.items import Item

EXPECTED = "expected"
"""The arm under which findings in the expected answers are kept: the false alarms of a check."""
ITEM = "item"
"""The arm of what is wrong with the item itself, whoever answers it."""
NOTHING_KNOWN = Known()


def suite(known: Known, language: str) -> tuple[Check, ...]:
    """The checks that read one answer at a time."""
    spelling = () if language == "none" else (misspelling(known.vocabulary, language),)
    return (
        EMPTY,
        TRUNCATED,
        TOO_LONG,
        REPETITION,
        *spelling,
        FORM,
        grounding.hard_facts(language),
        grounding.claims(known.rarity),
        OVER_REFUSAL,
        FALSE_CONFIDENCE,
        leaks.personal(known.trained),
        leaks.recited(known.trained),
    )


def meanings(checks: Sequence[Check]) -> dict[str, str]:
    """What each check looks for in the answers, the ones that compare answers included."""
    of_many = {name_of(each.METHOD): each.MEANING for each in (agreement, samples)}
    return {each.name: each.meaning for each in checks} | of_many


def meanings_of_items() -> dict[str, str]:
    return {name_of(each.METHOD): each.MEANING for each in (contamination, labels)}


def name_of(method: str) -> str:
    """`repetition@1` is found by `repetition`."""
    return method.partition("@")[0]


def run(
    checks: Sequence[Check],
    items: Sequence[Item],
    answers: Iterable[Answer],
    run_name: str,
    known: Known = NOTHING_KNOWN,
) -> Iterator[Finding]:
    """Check what each arm said, then the expected answers by the same rules."""
    by_id = {item.id: item for item in items}
    for answer in answers:
        if answer.sample == 0:
            item = by_id[answer.example]
            source = known.source(item.example.family, answer.shown)
            said = Said(answer.text, item, answer.stop, source=source)
            yield from _check(checks, said, run_name, answer.arm)
    for item in items:
        source = known.source(item.example.family)
        said = Said(item.expected, item, is_expected=True, source=source)
        yield from _check(checks, said, run_name, EXPECTED)


def compare(
    items: Sequence[Item], answers: Sequence[Answer], run_name: str, known: Known
) -> Iterator[Finding]:
    """What only shows when answers are held against one another, or items against training."""

    def about(
        answer: Answer, method: str, span: tuple[int, int], evidence: str, score: float
    ) -> Finding:
        told = (run_name, answer.arm, answer.example, method)
        return Finding(*told, severity="warning", span=span, evidence=evidence, score=score)

    for apart in agreement.find(items, answers):
        evidence = f"{apart.agreeing} of {apart.asked} say “{_short(apart.instead)}”"
        whole = (0, len(apart.answer.text))
        yield about(apart.answer, agreement.METHOD, whole, evidence, apart.score)
    for unsettled in samples.find(answers):
        evidence = (
            f"{unsettled.score:.0%} of the other samples do not tell “{unsettled.fact.text}”"
        )
        span = unsettled.fact.span
        yield about(unsettled.answer, samples.METHOD, span, evidence, unsettled.score)
    yield from _of_items(items, _first_texts(answers), run_name, known)


def _of_items(
    items: Sequence[Item], said: Mapping[str, Sequence[str]], run_name: str, known: Known
) -> Iterator[Finding]:
    def about(item: Item, method: str, severity: Severity, evidence: str) -> Finding:
        span = (0, len(item.expected))
        return Finding(run_name, ITEM, item.id, method, severity, span, evidence)

    for seen in contamination.find(items, known.rows):
        evidence = f"{seen.rule}: training row {seen.row}"
        yield about(seen.item, contamination.METHOD, "error", evidence)
    for suspect in labels.find(items, said):
        evidence = f"all {suspect.models} say “{_short(suspect.said)}”"
        yield about(suspect.item, labels.METHOD, "warning", evidence)


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


def _first_texts(answers: Iterable[Answer]) -> Mapping[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for answer in answers:
        if answer.sample == 0:
            texts.setdefault(answer.example, []).append(answer.text)
    return texts


def _short(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= 80 else f"{folded[:77]}…"
