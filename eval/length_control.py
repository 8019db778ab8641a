"""Preferences with the length of the answers taken out.

Judges like long answers. As in AlpacaEval 2 (Dubois and others, COLM 2024, arXiv 2404.04475) a
logistic regression explains each preference by the difference in length, and the win rate is what
it predicts for answers of equal length:

    logit P(wins) = theta + phi * tanh(difference / its standard deviation)

Where one side is nearly always the longer one, that is an extrapolation, which over-corrects. Then
the raw win rates by length are given instead, and no controlled one.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import norm, t

from eval import statistics
from eval.contrast import State
from eval.statistics import Interval, Numbers

PENALTY = 1.0
"""Ridge on phi alone, so that length is never blamed for what a few pairs show."""
LEAST_SHARE = 0.15
"""Of pairs on each side of equal length, below which nothing is said of equal length."""
STEPS, STEPS_FROM_NEAR = 25, 6
FARTHEST = 10.0
"""Bound of both coefficients: all wins have no finite one."""
TINY = 1e-9
EVEN = 0.5


@dataclass(frozen=True)
class Bin:
    """Pairs in which the arm's answer was shorter, about as long, or longer."""

    name: str
    pairs: int
    rate: float


@dataclass(frozen=True)
class WinRate:
    """How often an arm is preferred, a tie counting half."""

    pairs: int
    raw: float
    raw_interval: Interval | None
    controlled: float | None
    """At equal length; None where the pairs do not say."""
    controlled_interval: Interval | None
    bins: tuple[Bin, ...]

    @property
    def state(self) -> State:
        """At equal length where that can be said, else of all pairs as they are."""
        is_controlled = self.controlled is not None
        around = self.controlled_interval if is_controlled else self.raw_interval
        if around is None or around.low <= EVEN <= around.high:
            return "NOT PROVEN"
        return "IMPROVED" if around.low > EVEN else "REGRESSED"


def win_rate(
    wins: Sequence[float], longer: Sequence[float], families: Sequence[Hashable], *, seed: int
) -> WinRate:
    """Of preferences (1 won, 0 lost, .5 tie) and how much longer the arm's answers are."""
    preferred, apart = np.asarray(wins, dtype=float), np.asarray(longer, dtype=float)
    alike = len(set(wins)) == 1
    raw = (
        _of_alike(wins, families)
        if alike
        else statistics.bootstrap_mean(wins, families, seed=seed)
    )
    tells = len(wins) and min(np.mean(apart < 0), np.mean(apart > 0)) >= LEAST_SHARE
    return WinRate(
        pairs=len(wins),
        raw=float(preferred.mean()) if len(wins) else EVEN,
        raw_interval=raw,
        controlled=controlled(wins, longer) if tells else None,
        controlled_interval=(
            (raw if alike else _interval(preferred, _steered(apart), families, seed))
            if tells
            else None
        ),
        bins=tuple(_bins(preferred, apart)),
    )


def controlled(wins: Sequence[float], longer: Sequence[float]) -> float:
    """The win rate at equal length, however far that is from what was seen."""
    preferred, apart = np.asarray(wins, dtype=float), np.asarray(longer, dtype=float)
    [theta], _ = _fit(preferred, _steered(apart), np.ones((1, len(apart))))
    return float(_logistic(theta))


def _of_alike(wins: Sequence[float], families: Sequence[Hashable]) -> Interval | None:
    """All won, lost or even: the bootstrap would claim certainty; at most 3 in n are otherwise."""
    found = statistics.paired([2 * won - 1 for won in wins], families, seed=0)
    return found and Interval((found.low + 1) / 2, (found.high + 1) / 2)


def _interval(
    preferred: Numbers, steered: Numbers, families: Sequence[Hashable], seed: int
) -> Interval | None:
    """Whole families drawn together, percentiles widened as those of a mean are."""
    numbers = {family: place for place, family in enumerate(dict.fromkeys(families))}
    count = len(numbers)
    if count < 2:
        return None
    of = np.asarray([numbers[family] for family in families])
    drawn = np.random.default_rng(seed).multinomial(
        count, np.full(count, 1 / count), size=statistics.RESAMPLES
    )
    start = _fit(preferred, steered, np.ones((1, len(preferred))))
    theta, _ = _fit(preferred, steered, drawn[:, of].astype(float), start, STEPS_FROM_NEAR)
    found = _logistic(theta)
    tail = float(norm.cdf(sqrt(count / (count - 1)) * t.ppf(0.025, count - 1)))
    low, high = np.quantile(found, [tail, 1 - tail])
    return Interval(float(low), float(high))


def _fit(
    preferred: Numbers,
    steered: Numbers,
    weights: Numbers,
    start: tuple[Numbers, Numbers] = (np.zeros(1), np.zeros(1)),
    steps: int = STEPS,
) -> tuple[Numbers, Numbers]:
    """theta and phi for each row of weights, by Newton's method."""
    theta, phi = (np.full(len(weights), each[0]) for each in start)
    for _ in range(steps):
        chance = _logistic(theta[:, None] + phi[:, None] * steered)
        off, bend = weights * (preferred - chance), weights * chance * (1 - chance)
        up, along = off.sum(axis=1), off @ steered - PENALTY * phi
        a, b = bend.sum(axis=1) + TINY, bend @ steered
        d = bend @ steered**2 + PENALTY
        theta = theta + np.clip((d * up - b * along) / (a * d - b * b), -1, 1)
        phi = phi + np.clip((a * along - b * up) / (a * d - b * b), -1, 1)
        theta, phi = np.clip(theta, -FARTHEST, FARTHEST), np.clip(phi, -FARTHEST, FARTHEST)
    return theta, phi


def _logistic(value: Numbers) -> Numbers:
    chance: Numbers = 1 / (1 + np.exp(-value))
    return chance


def _steered(apart: Numbers) -> Numbers:
    """Differences in length as the regression takes them: beyond two deviations more is the same."""
    steered: Numbers = np.tanh(apart / apart.std(ddof=1))
    return steered


def _bins(preferred: Numbers, apart: Numbers) -> list[Bin]:
    """By whether the answer is shorter, equally long or longer."""
    sides = (("shorter", apart < 0), ("as long", apart == 0), ("longer", apart > 0))
    return [
        Bin(name, int(chosen.sum()), float(preferred[chosen].mean()))
        for name, chosen in sides
        if chosen.any()
    ]
