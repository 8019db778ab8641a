"""Strengths from comparisons of two: Bradley and Terry, Biometrika 39 (1952) 324-345.

The odds that i wins against j are exp(s_i - s_j). A tie is half a win for each, so that 50 % means
that neither is preferred; Davidson, JASA 65 (1970) 317-328, gives ties a probability of their own,
which is one figure more to estimate, and the same order where all have met equally often.

Items of one family are judged alike, so whole families are drawn for the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log10

import numpy as np

from eval import statistics
from eval.statistics import Interval, Numbers

PRIOR = 0.5
"""Wins that each of two gets besides its own, once they have met: keeps who never lost finite."""
STEPS = 60
LONGEST_STEP = 2.0
NEAR = 1e-9
RIDGE = 1e-9
"""Keeps the equations solvable where some never met others; it moves nobody."""


@dataclass(frozen=True)
class Meeting:
    """Two contestants, by their numbers, on one item."""

    family: str
    one: int
    other: int
    score: float | None
    """1 where `one` is better, 0 where `other` is, 0.5 a tie; None where nobody has said."""
    same: bool = False
    """Both gave the same answer: a tie that nobody has to be asked about."""


@dataclass(frozen=True)
class Standing:
    """A contestant against the first one."""

    probability: float
    """That it is preferred, a tie counting half; of the model, where they never met."""
    interval: Interval | None
    """None where all comparisons are about one family."""

    @property
    def elo(self) -> float:
        return elo(self.probability)

    @property
    def elo_interval(self) -> Interval | None:
        around = self.interval
        return Interval(elo(around.low), elo(around.high)) if around else None


def elo(probability: float) -> float:
    """The difference on Elo's scale with which one wins so often: 400 log10 of the odds."""
    if probability in (0.0, 1.0):
        return inf if probability else -inf
    return 400 * log10(probability / (1 - probability))


def strengths(wins: Numbers, prior: Numbers | float = 0.0) -> Numbers:
    """The most likely strengths, in natural logarithms of the odds, with mean 0.

    `wins[..., i, j]` tells how often i beat j, ties as half; leading axes are problems of their
    own. `prior` is added to it. Newton's method with steps of limited length; without a prior
    nobody may have won, or lost, all.
    """
    wins = wins + prior
    met = wins + np.swapaxes(wins, -1, -2)
    size = wins.shape[-1]
    found = np.zeros(wins.shape[:-1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(found[..., None, :] - found[..., :, None]))
        slope = (wins - met * chance).sum(-1)
        weight = met * chance * (1 - chance)
        curve = weight.sum(-1)[..., None] * np.eye(size) - weight + np.ones((size, size)) / size
        step = np.linalg.solve(curve + RIDGE * np.eye(size), slope[..., None])[..., 0]
        step = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        found = found + step
        found -= found.mean(-1, keepdims=True)
        if np.abs(step).max() < NEAR:
            break
    return found


def chances(meetings: Sequence[Meeting], contestants: int) -> Numbers:
    """`[i, j]`: how likely i is preferred to j, a tie counting half; 0.5 where nothing is known."""
    if not meetings:
        return np.full((contestants, contestants), 0.5)
    whole = _tally(meetings, contestants).sum(axis=0, keepdims=True)
    wins = _wins(whole, whole)
    found = strengths(wins, PRIOR * _met(wins))[0]
    return np.asarray(1 / (1 + np.exp(found[None, :] - found[:, None])))


def standings(
    meetings: Sequence[Meeting], contestants: int, *, seed: int
) -> list[Standing | None]:
    """Each contestant against the first; None where no chain of comparisons leads from it to that.

    Of items on which two answers differ only some were judged, of those on which they are the same
    all are known to be ties; so the latter count at the rate at which the former were judged.
    """
    tally = _tally(meetings, contestants)
    whole = tally.sum(axis=0, keepdims=True)
    met = _met(_wins(whole, whole))[0]
    prior = PRIOR * met
    reached = _reached(met)
    point = _ahead(strengths(_wins(whole, whole), prior))[0]
    families = len(tally)
    resampled = np.concatenate(
        [
            _ahead(strengths(_wins(np.tensordot(some.astype(float), tally, 1), whole), prior))
            for some in statistics.draws(families, seed)
        ]
    )
    return [
        _standing(point[each], resampled[:, each], families) if reached[each] else None
        for each in range(contestants)
    ]


def _tally(meetings: Sequence[Meeting], contestants: int) -> Numbers:
    """By family: wins, and how often two gave different answers, and the same one."""
    numbers = {family: n for n, family in enumerate(dict.fromkeys(m.family for m in meetings))}
    tally = np.zeros((len(numbers), 3, contestants, contestants))
    for each in meetings:
        of_family = tally[numbers[each.family]]
        kind = 2 if each.same else 1
        of_family[kind, each.one, each.other] += 1
        of_family[kind, each.other, each.one] += 1
        if each.score is not None and not each.same:
            of_family[0, each.one, each.other] += each.score
            of_family[0, each.other, each.one] += 1 - each.score
    return tally


def _wins(tally: Numbers, whole: Numbers) -> Numbers:
    """Wins of each problem, same answers as ties at the rate at which others were judged."""
    wins, different, same = (tally[:, kind] for kind in range(3))
    judged = wins + np.swapaxes(wins, -1, -2)
    rate = np.divide(judged, different, out=np.zeros_like(judged), where=different > 0)
    rate = np.where(whole[:, 1] > 0, rate, 1.0)
    return np.asarray(wins + rate * same / 2)


def _met(wins: Numbers) -> Numbers:
    return np.asarray((wins + np.swapaxes(wins, -1, -2) > 0).astype(float))


def _reached(met: Numbers) -> Numbers:
    """Who is tied to the first by a chain of comparisons."""
    near = met + np.eye(len(met))
    return np.asarray(np.linalg.matrix_power(near, len(met))[0] > 0)


def _ahead(found: Numbers) -> Numbers:
    return np.asarray(found - found[..., :1])


def _standing(ahead: float, resampled: Numbers, families: int) -> Standing:
    probability = _chance(ahead)
    if families < 2:
        return Standing(probability, None)
    tail = statistics.tail_of(families)
    low, high = (_chance(each) for each in np.quantile(resampled, [tail, 1 - tail]))
    if high - low < NEAR:  # All alike: at most 3 in n are otherwise, as in `statistics.paired`.
        low, high = max(0.0, low - 3 / families), min(1.0, high + 3 / families)
    return Standing(probability, Interval(low, high))


def _chance(ahead: float) -> float:
    return float(1 / (1 + np.exp(-ahead)))
