"""One arm held against others on the same items: how large is the difference, and is it proven?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from data.errors import chosen
from eval import statistics
from eval.statistics import Interval

Metric = Literal["exact", "chrf"]
State = Literal["IMPROVED", "REGRESSED", "NOT PROVEN"]
UNLIKELY = 0.05


class Scored(Protocol):
    """What an answer got."""

    @property
    def exact(self) -> bool: ...
    @property
    def chrf(self) -> float: ...


SCORES: Mapping[Metric, Callable[[Scored], float]] = {
    "exact": lambda scored: float(scored.exact),
    "chrf": lambda scored: scored.chrf / 100,
}
"""From 0 to 1."""


@dataclass(frozen=True)
class Contrast:
    """An arm against another; differences are shares, or chrF as a share of 100."""

    arm: str
    against: str
    metric: Metric
    total: int
    families: int
    score: float
    other: float
    interval: Interval | None
    """Of the difference; None where all items are about one fact."""
    chance: float
    """Sign-flip mid-p over facts; McNemar's where every fact is asked once."""
    adjusted: float
    """The same after Holm over all arms that were held against."""
    detectable: float
    """The smallest true difference that this many items would find with a power of 80 %."""
    needed: int | None
    """Items that a difference as large as the one seen would need; None where there is none."""
    fixed: int
    """Exactly right by this arm, not by the other."""
    broken: int
    both_right: int
    both_wrong: int

    @property
    def outcomes(self) -> dict[str, int]:
        return {
            "fixed": self.fixed,
            "broken": self.broken,
            "both-right": self.both_right,
            "both-wrong": self.both_wrong,
        }

    @property
    def difference(self) -> float:
        return self.score - self.other

    @property
    def state(self) -> State:
        if self.adjusted >= UNLIKELY or self.interval is None:
            return "NOT PROVEN"
        return "IMPROVED" if self.difference > 0 else "REGRESSED"


def named(metric: str) -> Metric:
    return chosen(metric, SCORES, f"There is no metric `{metric}`")


def against_all(
    graded: Mapping[str, Sequence[Scored]],
    families: Sequence[str],
    arm: str,
    metric: Metric,
    *,
    seed: int,
) -> tuple[Contrast, ...]:
    """The arm against each other one, the strongest first, with Holm over all of them.

    `graded` holds for each arm its answers to the same items, in the same order.
    """
    others = [name for name in graded if name != arm]
    found = [
        _contrast((arm, graded[arm]), (name, graded[name]), families, metric, seed)
        for name in others
    ]
    adjusted = statistics.holm([each.chance for each in found])
    held = (replace(each, adjusted=p) for each, p in zip(found, adjusted, strict=True))
    return tuple(sorted(held, key=lambda each: -each.other))


def _contrast(
    arm: tuple[str, Sequence[Scored]],
    other: tuple[str, Sequence[Scored]],
    families: Sequence[str],
    metric: Metric,
    seed: int,
) -> Contrast:
    pairs = list(zip(arm[1], other[1], strict=True))
    score, total = SCORES[metric], len(pairs)
    gains = [score(ours) - score(theirs) for ours, theirs in pairs]
    chance = statistics.sign_flip(gains, families, seed=seed)
    flips = [(ours.exact, theirs.exact) for ours, theirs in pairs]
    return Contrast(
        arm=arm[0],
        against=other[0],
        metric=metric,
        total=total,
        families=len(set(families)),
        score=sum(map(score, arm[1])) / total,
        other=sum(map(score, other[1])) / total,
        interval=statistics.paired(gains, families, seed=seed),
        chance=chance,
        adjusted=chance,
        detectable=_detectable(gains, families, metric),
        needed=_needed(gains, families, metric),
        fixed=flips.count((True, False)),
        broken=flips.count((False, True)),
        both_right=flips.count((True, True)),
        both_wrong=flips.count((False, False)),
    )


def _detectable(gains: Sequence[float], families: Sequence[str], metric: Metric) -> float:
    if metric == "chrf":
        spread = statistics.standard_error(gains, families)
        return (statistics.Z_95 + statistics.Z_POWER) * spread
    design = statistics.design_effect(gains, families)
    return statistics.detectable(_discordant(gains), len(gains), design)


def _needed(gains: Sequence[float], families: Sequence[str], metric: Metric) -> int | None:
    difference = sum(gains) / len(gains)
    if not difference:
        return None
    if metric == "chrf":
        return max(2, round(len(gains) * (_detectable(gains, families, metric) / difference) ** 2))
    design = statistics.design_effect(gains, families)
    return statistics.needed(_discordant(gains), difference, design)


def _discordant(gains: Sequence[float]) -> float:
    """Share of items on which the arms differ; one more than seen, for none seen is not none."""
    return (sum(gain != 0 for gain in gains) + 1) / (len(gains) + 2)
