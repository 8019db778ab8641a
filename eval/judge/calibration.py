"""How far a judge agrees with people, and what that makes of the rates it gives.

Intervals are of draws from Jeffreys posteriors of the counts (Brown, Cai and DasGupta, Statistical
Science 16 (2001) 101-133): they hold for a few labels and for judges that never erred so far,
where the usual standard error of kappa claims far too much.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eval import statistics
from eval.judge.judgement import Verdict
from eval.judge.labels import Opinion
from eval.statistics import Interval, Numbers

DRAWS = 10_000
SEED = 3407
LABELS = 100
"""From which on a judge can be called calibrated."""
OF_EACH = 20
"""Labels of each kind, pass and fail, that a rate is corrected by."""
GOOD_KAPPA, GOOD_RECALL = 0.6, 0.8


@dataclass(frozen=True)
class Calibration:
    """Counts of what people and the judge said of the same answers."""

    both_pass: int
    missed: int
    """People fail it, the judge passes it."""
    false_alarms: int
    """People pass it, the judge fails it."""
    both_fail: int
    unscored: int = 0
    """Left out of all rates, and told."""

    @property
    def total(self) -> int:
        return self.both_pass + self.missed + self.false_alarms + self.both_fail

    @property
    def passes(self) -> int:
        """Answers that people pass."""
        return self.both_pass + self.false_alarms

    @property
    def fails(self) -> int:
        return self.both_fail + self.missed

    @property
    def kappa(self) -> float | None:
        """Cohen, Educational and Psychological Measurement 20 (1960) 37-46; None where both always
        say the same one thing, or nothing was labelled."""
        if not self.total or max(self.both_pass, self.both_fail) == self.total:
            return None
        return float(_kappa(self._cells))

    @cached_property
    def kappa_interval(self) -> Interval:
        return _interval(_kappa(_chance().dirichlet(self._cells + 0.5, DRAWS)))

    @cached_property
    def precision(self) -> Interval:
        """Of the judge's fails, the share that people fail too."""
        return statistics.wilson(self.both_fail, self.both_fail + self.false_alarms)

    @cached_property
    def recall(self) -> Interval:
        """Of what people fail, the share that the judge fails."""
        return statistics.wilson(self.both_fail, self.fails)

    @cached_property
    def recall_of_passes(self) -> Interval:
        return statistics.wilson(self.both_pass, self.passes)

    @property
    def leniency(self) -> float:
        """Share that the judge passes less the share that people pass."""
        return (self.missed - self.false_alarms) / self.total

    @property
    def trusted(self) -> bool:
        """Whether its verdicts may be believed; they are advice until then."""
        return (
            self.total >= LABELS
            and self.kappa is not None
            and self.kappa >= GOOD_KAPPA
            and min(self.recall.low, self.recall_of_passes.low) >= GOOD_RECALL
        )

    def corrected(self, passed: int, total: int, design: float = 1.0) -> "Corrected | None":
        """The share that people would pass, where the judge passes `passed` of `total`.

        p = (p_judge + TNR - 1) / (TPR + TNR - 1): Rogan and Gladen, American Journal of
        Epidemiology 107 (1978) 71-76. `design` is how many answers weigh as much as one that stands
        alone. None where too little was labelled, or the judge may be no better than chance.
        """
        if not total or self.total < LABELS or min(self.passes, self.fails) < OF_EACH:
            return None
        if self.recall.low + self.recall_of_passes.low <= 1:
            return None
        true_pass, true_fail = self.both_pass / self.passes, self.both_fail / self.fails
        rate = (passed / total + true_fail - 1) / (true_pass + true_fail - 1)
        return Corrected(float(np.clip(rate, 0, 1)), self._reach(passed, total, design))

    def _reach(self, passed: int, total: int, design: float) -> Interval:
        chance = _chance()

        def drawn(right: float, wrong: float) -> Numbers:
            return chance.beta(right + 0.5, wrong + 0.5, DRAWS)

        seen = drawn(passed / design, (total - passed) / design)
        true_pass = drawn(self.both_pass, self.false_alarms)
        true_fail = drawn(self.both_fail, self.missed)
        return _interval(np.clip((seen + true_fail - 1) / (true_pass + true_fail - 1), 0, 1))

    @property
    def _cells(self) -> Numbers:
        cells = (self.both_pass, self.missed, self.false_alarms, self.both_fail)
        return np.asarray(cells, dtype=np.float64)


@dataclass(frozen=True)
class Corrected:
    """A pass rate as people would give it."""

    rate: float
    interval: Interval


def calibrate(pairs: Iterable[tuple[Opinion, Verdict]]) -> Calibration:
    """Count what people and the judge said, in this order."""
    told = list(pairs)
    scored = [pair for pair in told if pair[1] in ("pass", "fail")]
    return Calibration(
        both_pass=scored.count(("pass", "pass")),
        missed=scored.count(("fail", "pass")),
        false_alarms=scored.count(("pass", "fail")),
        both_fail=scored.count(("fail", "fail")),
        unscored=len(told) - len(scored),
    )


def _kappa(cells: Numbers) -> Numbers:
    """Of tables whose last axis is: both pass, missed, false alarms, both fail."""
    shares = cells / cells.sum(axis=-1, keepdims=True)
    both_pass, missed, false_alarms, both_fail = np.moveaxis(shares, -1, 0)
    people, judge = both_pass + false_alarms, both_pass + missed
    by_chance = people * judge + (1 - people) * (1 - judge)
    kappa: Numbers = (both_pass + both_fail - by_chance) / (1 - by_chance)
    return kappa


def _interval(drawn: Numbers) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(float(low), float(high))


def _chance() -> np.random.Generator:
    return np.random.default_rng(SEED)
