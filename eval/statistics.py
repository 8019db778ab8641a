"""Intervals and tests for small, paired samples; no normal approximation of a rate near 0 or 1."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

Z_95 = 1.959963984540054
RESAMPLES = 2_000


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


def wilson(right: int, total: int) -> Interval:
    """The score interval of a rate: Wilson, JASA 22 (1927) 209-212.

    (p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
    """
    if total == 0:
        return Interval(0.0, 1.0)
    rate, z2 = right / total, Z_95**2
    middle = rate + z2 / (2 * total)
    reach = Z_95 * sqrt(rate * (1 - rate) / total + z2 / (4 * total**2))
    scale = 1 + z2 / total
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def mcnemar(fixed: int, broken: int) -> float:
    """Two-sided exact mid-p of McNemar's test: could so lopsided a change be chance?

    Twice the smaller binomial tail, less the probability of the count itself: Fagerland,
    Lydersen and Laake, BMC Medical Research Methodology 13 (2013) 91. Nothing changed, or
    as much fixed as broken, gives 1.
    """
    changed, fewer = fixed + broken, min(fixed, broken)
    if changed == 0:
        return 1.0
    tail = 2 * binom.cdf(fewer, changed, 0.5) - binom.pmf(fewer, changed, 0.5)
    return float(min(1.0, tail))


def bootstrap_mean(
    values: Sequence[float], groups: Sequence[Hashable], *, seed: int
) -> Interval | None:
    """The percentile interval of a mean, whole groups drawn together.

    Wordings of one fact succeed and fail together, so it is facts that are resampled. None
    if there is only one group: nothing can be said of others.
    """
    numbers = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    if len(numbers) < 2:
        return None
    sums, sizes = np.zeros(len(numbers)), np.zeros(len(numbers))
    for value, group in zip(values, groups, strict=True):
        sums[numbers[group]] += value
        sizes[numbers[group]] += 1
    means = [(some @ sums) / (some @ sizes) for some in _draws(len(numbers), seed)]
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return Interval(float(low), float(high))


@lru_cache(maxsize=2)
def _draws(groups: int, seed: int) -> list[npt.NDArray[np.uint16]]:
    """How often each group is drawn in each resample, in pieces that are small as floats too.

    A report asks for the same draws for each arm and figure, and drawing is what takes time.
    """
    chance, even = np.random.default_rng(seed), np.full(groups, 1 / groups)
    pieces = [chance.multinomial(groups, even, size=RESAMPLES // 20) for _ in range(20)]
    return [piece.astype(np.uint16) for piece in pieces]
