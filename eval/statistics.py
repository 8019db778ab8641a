"""Intervals and tests for small, paired samples; no normal approximation of a rate near 0 or 1.

Wordings of one fact succeed and fail together, so it is facts (families) that are drawn, flipped
and counted, never single questions.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import ceil, hypot, lgamma, sqrt

import numpy as np
import numpy.typing as npt
from scipy import special  # `scipy.stats` would take a second to load, for the same functions.

Z_95 = 1.959963984540054
Z_POWER = 0.8416212335729143
"""Of a power of 80 %."""
RESAMPLES, AT_ONCE = 2_000, 100
FLIPS = 10_000
Numbers = npt.NDArray[np.float64]


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


@dataclass(frozen=True)
class Rate:
    """So many of so many."""

    count: int
    total: int

    @property
    def rate(self) -> float:
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> Interval:
        return wilson(self.count, self.total)


def above_chance(right: int, chances: Sequence[float]) -> float:
    """One-sided p: so many right or more, were each right by its own chance alone.

    The Poisson binomial distribution, exact: items of equal chance are one binomial, and these
    are convolved.
    """
    spread: Numbers = np.ones(1)
    for chance, items in Counter(chances).items():
        spread = np.convolve(spread, _binomial(items, chance))
    return float(min(1.0, spread[right:].sum()))


def _binomial(items: int, chance: float) -> Numbers:
    """The probability of each count from none to all."""
    right = np.arange(items + 1)
    ways = (
        special.gammaln(items + 1)
        - special.gammaln(right + 1)
        - special.gammaln(items - right + 1)
    )
    logs = ways + special.xlogy(right, chance) + special.xlog1py(items - right, -chance)
    return np.asarray(np.exp(logs), dtype=np.float64)


def gap(one: float, around: Interval, other: float, around_other: Interval) -> Interval:
    """The interval of the difference of two independent figures, from their own intervals.

    The sides are added in squares, each where it matters: Zou and Donner, Statistics in Medicine
    27 (2008) 1693-1702.
    """
    difference = one - other
    low = hypot(one - around.low, around_other.high - other)
    high = hypot(around.high - one, other - around_other.low)
    return Interval(difference - low, difference + high)


def bootstrap_mean(
    values: Sequence[float], groups: Sequence[Hashable], *, seed: int
) -> Interval | None:
    """The expanded percentile interval of a mean, whole groups drawn together.

    The plain percentiles are too narrow for few groups (90 % instead of 95 for 15); those of
    Hesterberg, The American Statistician 69 (2015) 371-386, make up for it. None if there is
    only one group: nothing can be said of others.
    """
    sums, sizes = _by_group(values, groups)
    count = len(sums)
    if count < 2:
        return None
    both = np.stack((sums, sizes), axis=1)
    drawn = np.concatenate([some.astype(np.float64) @ both for some in draws(count, seed)])
    tail = tail_of(count)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [tail, 1 - tail])
    return Interval(float(low), float(high))


def paired(
    differences: Sequence[float], groups: Sequence[Hashable], *, seed: int
) -> Interval | None:
    """The interval of a mean difference between two arms on the same items, each -1 to 1.

    Where all items differ alike, or none does, the bootstrap would claim certainty. Then at most
    3 in n facts are otherwise: Hanley and Lippman-Hand, JAMA 249 (1983) 1743.
    """
    alike = len(set(differences)) == 1
    found = bootstrap_mean(differences, groups, seed=seed)
    if found is None or not alike:
        return found
    reach, seen = 3 / len(set(groups)), differences[0]
    return Interval(max(-1.0, seen - reach), min(1.0, seen + reach))


def sign_flip(differences: Sequence[float], groups: Sequence[Hashable], *, seed: int) -> float:
    """Two-sided mid-p: how often would swapping the arms, fact by fact, differ as much?

    Exact for whole differences, where it is McNemar's mid-p if every fact is asked once (Fagerland,
    Lydersen and Laake, BMC Medical Research Methodology 13 (2013) 91); drawn 10,000 times for others.
    """
    sums, _ = _by_group(differences, groups)
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    if np.all(sums == np.rint(sums)):
        return _exact_flips(np.rint(np.abs(sums)).astype(int), abs(round(float(sums.sum()))))
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(FLIPS, len(sums)))
    totals = np.abs(signs @ sums)
    reached = abs(float(sums.sum()))
    return float((1 + np.sum(totals >= reached - 1e-9)) / (1 + FLIPS))


def _exact_flips(steps: npt.NDArray[np.int64], reached: int) -> float:
    """The distribution of the sum of all steps, each up or down with even odds."""
    chances: Numbers = np.ones(1)
    for step in steps:
        wider = np.zeros(len(chances) + 2 * int(step))
        wider[: len(chances)] += chances / 2
        wider[2 * int(step) :] += chances / 2
        chances = wider
    distance = np.abs(np.arange(len(chances)) - len(chances) // 2)
    beyond = float(chances[distance > reached].sum())
    return min(1.0, beyond + float(chances[distance == reached].sum()) / 2) if reached else 1.0


def holm(chances: Sequence[float]) -> list[float]:
    """p-values adjusted for their number: Holm, Scandinavian Journal of Statistics 6 (1979) 65."""
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    steps = ((len(order) - rank) * chances[place] for rank, place in enumerate(order))
    raised = accumulate(steps, max)
    adjusted = {place: min(1.0, p) for place, p in zip(order, raised, strict=True)}
    return [adjusted[place] for place in range(len(chances))]


def benjamini_yekutieli(chances: Sequence[float]) -> list[float]:
    """p-values adjusted for a rate of false discoveries, however they hang together.

    Benjamini and Yekutieli, Annals of Statistics 29 (2001) 1165-1188.
    """
    count = len(chances)
    penalty = sum(1 / rank for rank in range(1, count + 1))
    order = sorted(range(count), key=lambda place: -chances[place])
    steps = (chances[place] * penalty * count / (count - n) for n, place in enumerate(order))
    lowered = accumulate(steps, min)
    adjusted = {place: min(1.0, p) for place, p in zip(order, lowered, strict=True)}
    return [adjusted[place] for place in range(count)]


def fisher_greater(here: int, inside: int, marked: int, total: int) -> float:
    """Fisher's one-sided p: at least `here` of the `marked` ones among `inside` drawn of `total`."""
    most = min(inside, marked)
    if here <= max(0, inside + marked - total):
        return 1.0
    if here > most:
        return 0.0
    n = np.arange(here, most)
    # Each chance from the one before it: nothing is subtracted, so that small ones stay exact.
    steps = np.log((marked - n) / (n + 1) * ((inside - n) / (total - marked - inside + n + 1)))
    logs = _log_chance(here, inside, marked, total) + np.concatenate(([0.0], np.cumsum(steps)))
    return float(min(1.0, np.exp(logs).sum()))


def _log_chance(here: int, inside: int, marked: int, total: int) -> float:
    """Of exactly so many: logarithm of the hypergeometric probability."""
    return (
        _log_comb(marked, here)
        + _log_comb(total - marked, inside - here)
        - _log_comb(total, inside)
    )


def _log_comb(total: int, chosen: int) -> float:
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)


def standard_error(values: Sequence[float], groups: Sequence[Hashable]) -> float:
    """Of a mean, robust to groups that vary together (CR1); 0 for one group."""
    sums, sizes = _by_group(values, groups)
    count = len(sums)
    if count < 2:
        return 0.0
    off = sums - sizes * (sums.sum() / sizes.sum())
    return float(sqrt(count / (count - 1) * float((off**2).sum())) / sizes.sum())


def design_effect(values: Sequence[float], groups: Sequence[Hashable]) -> float:
    """How many questions weigh as much as one that stands alone; at least 1."""
    alone = standard_error(values, range(len(values)))
    return max(1.0, (standard_error(values, groups) / alone) ** 2) if alone else 1.0


def needed(discordant: float, difference: float, design: float = 1.0) -> int:
    """Items from which McNemar's test finds this difference of shares with a power of 80 %.

    `discordant` is the share of items on which the arms differ: Connor, Biometrics 43 (1987)
    207-211.
    """
    gap = abs(difference)
    discordant = max(discordant, gap)
    reach = Z_95 * sqrt(discordant) + Z_POWER * sqrt(discordant - gap**2)
    return ceil(design * (reach / gap) ** 2)


def detectable(discordant: float, total: int, design: float = 1.0) -> float:
    """The smallest true difference of shares that so many items find with a power of 80 %."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (
            (low, middle) if needed(discordant, middle, design) <= total else (middle, high)
        )
    return high


def _by_group(values: Sequence[float], groups: Sequence[Hashable]) -> tuple[Numbers, Numbers]:
    """Sum and size of each group, in the order in which they appear."""
    numbers = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    sums, sizes = np.zeros(len(numbers)), np.zeros(len(numbers))
    for value, group in zip(values, groups, strict=True):
        sums[numbers[group]] += value
        sizes[numbers[group]] += 1
    return sums, sizes


def tail_of(groups: int) -> float:
    """The share of resamples beyond each end of an expanded percentile interval; `groups` >= 2."""
    return float(special.ndtr(sqrt(groups / (groups - 1)) * special.stdtrit(groups - 1, 0.025)))


@lru_cache(maxsize=2)
def draws(groups: int, seed: int) -> list[npt.NDArray[np.uint16]]:
    """How often each group is drawn in each resample, in pieces that are small as floats too.

    A report asks for the same draws for each arm and figure, and drawing is what takes time.
    """
    chance = np.random.default_rng(seed)
    return [_counted(chance, groups) for _ in range(RESAMPLES // AT_ONCE)]


def _counted(chance: np.random.Generator, groups: int) -> npt.NDArray[np.uint16]:
    """Single draws that are counted: a tenth of the time of numbers drawn as a multinomial."""
    drawn = chance.integers(groups, size=(AT_ONCE, groups), dtype=np.uint32)
    apart = drawn + np.arange(AT_ONCE)[:, np.newaxis] * groups
    counts = np.bincount(apart.ravel(), minlength=AT_ONCE * groups)
    return counts.reshape(AT_ONCE, groups).astype(np.uint16)
