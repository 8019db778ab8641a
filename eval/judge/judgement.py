"""What a judge made of an answer, or of two: the record, and how its reply becomes one."""

from collections.abc import Callable
from typing import Literal

import msgspec

from data import scrub
from data.records import Record
from eval.judge import asking, rubric
from eval.judge.asking import Asked, Unscored
from eval.judge.rubric import Grades, Material, Preference, Rubric

Verdict = Literal["pass", "fail", "tie", "unscored"]
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "tie", "unscored")
Mode = Literal["rubric", "pairwise"]
Part = Literal["drawn", "labelled", "reviewed", "control"]
Side = Literal["arm", "other", "tie", "unscored"]
EXPECTED, ANOTHER = "expected", "another"
"""Arms of the controls: the expected answer, which must pass, and that to another question."""
REVIEWED = "reviewed"
"""The arm of a training answer that people reviewed."""


class Judgement(Record, frozen=True):
    """One answer by a rubric, or one arm against another on the same question."""

    run: str
    arm: str
    example: str
    mode: Mode
    part: Part
    """`drawn` is the sample that rates are made of; the others say how far to trust the judge."""
    verdict: Verdict
    """Of a pair: `pass` where the arm was preferred in both orders, `tie` where they differ."""
    reason: str
    fault: str = ""
    """Code of why it is unscored."""
    criteria: dict[str, str] = msgspec.field(default_factory=dict)
    against: str = ""
    """Of a pair the other arm."""
    orders: tuple[Side, ...] = ()
    """Of a pair what was preferred with the arm shown first, then with it shown second."""


class Outcome(Record, frozen=True):
    """What one or two replies of the judge come to."""

    verdict: Verdict
    reason: str
    fault: str = ""
    criteria: dict[str, str] = msgspec.field(default_factory=dict)
    orders: tuple[Side, ...] = ()


def to_grade(
    criteria: Rubric, material: Material, answer: str, *, keep_pii: bool
) -> Asked[Grades]:
    return Asked(
        rubric.to_grade(criteria, material, answer, keep_pii=keep_pii), _complete(criteria)
    )


def to_compare(
    criteria: Rubric, material: Material, answers: tuple[str, str], *, keep_pii: bool
) -> tuple[Asked[Preference], Asked[Preference]]:
    """The same pair in both orders: a judge that prefers a place shows it."""
    ours, theirs = answers
    first, second = (
        Asked(rubric.to_compare(criteria, material, pair, keep_pii=keep_pii), _preference)
        for pair in ((ours, theirs), (theirs, ours))
    )
    return first, second


def of_grades(told: Grades | Unscored) -> Outcome:
    """One criterion that fails fails the answer; one that is unclear leaves it unscored."""
    if isinstance(told, Unscored):
        return _unscored(told)
    criteria: dict[str, str] = {name: graded.verdict for name, graded in told.criteria.items()}
    reasons = {name: _clean(graded.reason) for name, graded in told.criteria.items()}
    for verdict in ("fail", "unclear"):
        if named := [name for name, found in criteria.items() if found == verdict]:
            reason = "; ".join(f"{name}: {reasons[name]}" for name in named)
            if verdict == "fail":
                return Outcome("fail", reason, criteria=criteria)
            return Outcome("unscored", reason, "unclear", criteria)
    return Outcome("pass", next(iter(reasons.values()), ""), criteria=criteria)


def of_preferences(first: Preference | Unscored, second: Preference | Unscored) -> Outcome:
    """Both orders must say the same; where they differ the place has decided, which is a tie."""
    orders = (_side(first, "A"), _side(second, "B"))
    for each in (first, second):
        if isinstance(each, Unscored):
            return msgspec.structs.replace(_unscored(each), orders=orders)
    told = (each.reason for each in (first, second) if not isinstance(each, Unscored))
    reason = " / ".join(map(_clean, told))
    agreed = orders[0] if orders[0] == orders[1] else "tie"
    verdicts: dict[Side, Verdict] = {"arm": "pass", "other": "fail", "tie": "tie"}
    return Outcome(verdicts[agreed], reason, orders=orders)


def _side(told: Preference | Unscored, ours: Literal["A", "B"]) -> Side:
    if isinstance(told, Unscored):
        return "unscored"
    if told.better == "tie":
        return "tie"
    return "arm" if told.better == ours else "other"


def _unscored(told: Unscored) -> Outcome:
    return Outcome("unscored", _clean(told.why), told.fault)


def _complete(criteria: Rubric) -> Callable[[str], Grades]:
    def read(text: str) -> Grades:
        told = asking.found_in(text, Grades)
        wanted = [each.name for each in criteria.criterion]
        if missing := [name for name in wanted if name not in told.criteria]:
            raise msgspec.ValidationError(f"no verdict on {', '.join(missing)}")
        return Grades({name: told.criteria[name] for name in wanted})

    return read


def _preference(text: str) -> Preference:
    return asking.found_in(text, Preference)


def _clean(text: str) -> str:
    """A judge quotes what it read; what it quotes is scrubbed as all that a model says."""
    return scrub.scrub(text).text
