"""Base against tuned on the same items: scores, changes, and what was found wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from data.errors import BadInputError
from data.records import Answer, Finding
from eval import contrast, scores, statistics
from eval.arms import ARMS, BASE, TUNED
from eval.checks.suite import EXPECTED, ITEM
from eval.contrast import Contrast, Metric
from eval.items import SETS, Item, QuestionSet
from eval.statistics import Interval

Outcome = Literal["fixed", "broken", "both-right", "both-wrong"]
OUTCOMES: tuple[Outcome, ...] = ("fixed", "broken", "both-right", "both-wrong")


@dataclass(frozen=True)
class Grade:
    """One answer, scored against the expected one."""

    answer: Answer
    exact: bool
    chrf: float


@dataclass(frozen=True)
class Result:
    """One item, what each arm said, and what was found in it."""

    item: Item
    grades: Mapping[str, Grade]
    findings: tuple[Finding, ...]
    """In its answers and in the expected one."""
    doubts: tuple[Finding, ...] = ()
    """About the item itself: seen in training, or its expected answer may be wrong."""

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.grades[BASE], self.grades[TUNED])

    @property
    def gain(self) -> float:
        return self.grades[TUNED].chrf - self.grades[BASE].chrf


@dataclass(frozen=True)
class ArmScore:
    """How one arm did on one question set."""

    arm: str
    right: int
    total: int
    chrf: float
    chrf_interval: Interval | None

    @property
    def rate(self) -> float:
        return self.right / self.total

    @cached_property
    def interval(self) -> Interval:
        return statistics.wilson(self.right, self.total)


@dataclass(frozen=True)
class SetScore:
    """All arms on one question set, and how the answers changed."""

    question_set: QuestionSet
    families: int
    arms: Mapping[str, ArmScore]
    outcomes: Mapping[Outcome, int]
    gain: float
    """Mean of tuned minus base, in chrF."""
    gain_interval: Interval | None
    contrasts: tuple[Contrast, ...] = ()
    """The tuned model against each other arm, the strongest first."""

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())


@dataclass(frozen=True)
class CheckRate:
    """In how many answers a check found something; in the expected ones all is false alarm."""

    check: str
    meaning: str
    flagged: Mapping[str, int]
    total: int

    @property
    def anywhere(self) -> bool:
        return any(self.flagged.values())


def outcome_of(before: Grade, after: Grade) -> Outcome:
    if before.exact == after.exact:
        return "both-right" if after.exact else "both-wrong"
    return "fixed" if after.exact else "broken"


def grade(
    items: Sequence[Item], answers: Iterable[Answer], findings: Iterable[Finding]
) -> list[Result]:
    """Set the answers of all arms beside their items."""
    said = {(each.example, each.arm): each for each in answers if each.sample == 0}
    found: dict[str, list[Finding]] = {}
    doubts: dict[str, list[Finding]] = {}
    for finding in findings:
        kind = doubts if finding.arm == ITEM else found
        kind.setdefault(finding.example, []).append(finding)
    arms = list(dict.fromkeys(arm for _, arm in said)) or ARMS
    return [
        Result(
            item,
            {arm: _grade(item, said.get((item.id, arm)), arm) for arm in arms},
            tuple(found.get(item.id, ())),
            tuple(doubts.get(item.id, ())),
        )
        for item in items
    ]


def _grade(item: Item, answer: Answer | None, arm: str) -> Grade:
    if answer is None:
        raise BadInputError(f"Arm {arm} has no answer to {item.id}; `evaluate run` asks again.")
    return grade_one(item, answer)


def grade_one(item: Item, answer: Answer) -> Grade:
    return Grade(
        answer,
        exact=scores.exact_of(answer, item.expected),
        chrf=scores.chrf_of(answer, item.expected),
    )


def strongest(results: Sequence[Result], besides: str, metric: Metric = "exact") -> str | None:
    """The best of the other arms: by the metric, then by likeness; None where there is no other."""

    def score(arm: str) -> tuple[float, float]:
        grades = [each.grades[arm] for each in results]
        return sum(map(contrast.SCORES[metric], grades)), sum(each.chrf for each in grades)

    others = [arm for arm in (results[0].grades if results else ()) if arm != besides]
    return max(others, key=score, default=None)


def by_set(results: Sequence[Result], *, seed: int, metric: Metric = "exact") -> list[SetScore]:
    """A score for each question set that holds anything, the most telling one first."""
    return [
        score(each, chosen, seed=seed, metric=metric)
        for each in SETS
        if (chosen := [r for r in results if r.item.question_set == each])
    ]


def score(
    question_set: QuestionSet, results: Sequence[Result], *, seed: int, metric: Metric
) -> SetScore:
    """All arms on items of one question set."""
    families = [result.item.example.family for result in results]
    counts = Counter(result.outcome for result in results)
    gains = [result.gain for result in results]
    graded = {arm: [result.grades[arm] for result in results] for arm in results[0].grades}
    return SetScore(
        question_set=question_set,
        families=len(set(families)),
        arms={arm: _score_arm(arm, grades, families, seed) for arm, grades in graded.items()},
        outcomes={outcome: counts[outcome] for outcome in OUTCOMES},
        gain=sum(gains) / len(gains),
        gain_interval=statistics.bootstrap_mean(gains, families, seed=seed),
        contrasts=contrast.against_all(graded, families, TUNED, metric, seed=seed),
    )


def _score_arm(arm: str, grades: Sequence[Grade], families: Sequence[str], seed: int) -> ArmScore:
    chrfs = [grade.chrf for grade in grades]
    return ArmScore(
        arm=arm,
        right=sum(grade.exact for grade in grades),
        total=len(grades),
        chrf=sum(chrfs) / len(chrfs),
        chrf_interval=statistics.bootstrap_mean(chrfs, families, seed=seed),
    )


def check_rates(results: Sequence[Result], meanings: Mapping[str, str]) -> list[CheckRate]:
    """For each check the number of answers flagged, by arm and in the expected answers."""
    arms = list(results[0].grades) if results else ARMS
    flagged = Counter(
        pair
        for result in results
        for pair in {(check_name(finding), finding.arm) for finding in result.findings}
    )
    return [
        CheckRate(
            check,
            meaning,
            {arm: flagged[check, arm] for arm in (EXPECTED, *arms)},
            total=len(results),
        )
        for check, meaning in meanings.items()
    ]


def check_name(finding: Finding) -> str:
    """`repetition@1` is found by `repetition`."""
    return finding.check.partition("@")[0]
