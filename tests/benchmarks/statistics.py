"""Whether our statistics agree with others', and whether 95 % intervals hold in 95 of 100 cases."""

import math
from itertools import combinations

import numpy as np
import numpy.typing as npt
import scipy.stats

from eval import bradley_terry, length_control, statistics
from eval.bradley_terry import Meeting
from eval.judge.calibration import Calibration
from eval.length_control import WinRate

CASES = 2_000
"""Simulated evaluations of each kind."""
KINDS = ((15, 0.1), (30, 0.02), (60, 0.1), (120, 0.3))
"""Facts that are asked, and the true gain of training."""

# statsmodels 0.15.0: mcnemar(exact=True).pvalue less binom.pmf(min(b, c), b + c, .5)
MCNEMAR = {
    (4, 1): 0.21875, (6, 0): 0.015625, (15, 5): 0.026603698730468753, (40, 22): 0.022574972673257195,
}  # fmt: skip
# statsmodels 0.15.0: multipletests(method="holm")
HOLM = ((0.01, 0.04, 0.03, 0.005, 0.2), (0.04, 0.09, 0.09, 0.025, 0.2))
# statsmodels 0.15.0: OLS on a constant, cov_type="cluster"
CLUSTERED = (
    (1, 0, -1, 1, 1, 0, 0, 1, -1, 0, 1, 1), (0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 5), 0.2317405957179358,
)  # fmt: skip
# Connor's formula, as tabled for a power of 80 % and p < .05: share that differs, gain, items.
NEEDED = (
    (0.1, 0.05, 312),
    (0.2, 0.1, 155),
    (0.2, 0.05, 626),
    (0.3, 0.02, 5885),
    (0.4, 0.01, 31394),
)
# Win rates at equal length of the pairs that `_compared` makes: by statsmodels 0.15.0 (a binomial GLM without
# penalty), and by alpaca_eval 0.6.6 (`fit_LogisticRegressionCV` on the features of its
# `length_controlled_minimal`). The two part where length decides nearly all, as in the last case: there
# AlpacaEval's cross-validation chooses a penalty that draws the win rate itself to a half.
EQUAL_LENGTH = {
    (805, -0.5, 1.2, -60): (0.410181, 0.413997),
    (805, 0.8, 0.4, 200): (0.645579, 0.643332),
    (400, 0.3, 0.8, 50): (0.56071, 0.559805),
    (805, 1.5, 2.0, 0): (0.733342, 0.688276),
}
JUDGED = 200
"""Simulated judgings."""
# Agresti, Categorical Data Analysis, 2nd ed. (2002), 10.6: baseball of 1987, and who cites whom in
# statistics (Stigler); wins of the row against the column, and the strengths fitted there.
BRADLEY_TERRY = (
    (
        ((0, 7, 9, 7, 7, 9, 11), (6, 0, 7, 5, 11, 9, 9), (4, 6, 0, 7, 7, 8, 12), (6, 8, 6, 0, 6, 7, 10),
         (6, 2, 6, 7, 0, 7, 12), (4, 4, 5, 6, 6, 0, 6), (2, 4, 1, 3, 1, 7, 0)),
        (1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0.0),
    ),
    (
        ((0, 730, 498, 221), (33, 0, 68, 17), (320, 813, 0, 142), (284, 276, 325, 0)),
        (0.0, -2.9491, -0.4796, 0.2690),
    ),
)  # fmt: skip
PREFERRED = ((2, 15, 1.0), (2, 40, 0.5), (4, 40, 0.5))
"""Models that people compare, facts that are asked, share of the comparisons that was answered."""
COMPARED = 1_000
"""Simulated comparisons of each kind."""


def measure() -> dict[str, float]:
    coverage = {kind: _coverage(*kind) for kind in KINDS}
    return {
        "worst_difference_from_references": max(_differences()),
        "permutation_difference_from_scipy": _from_scipy(),
        **{f"coverage_{facts}_facts": found for (facts, _), found in coverage.items()},
        "coverage_min": min(coverage.values()),
        "coverage_max": max(coverage.values()),
        "false_verdicts_of_no_gain": _false_verdicts(),
        **_equal_length(),
        "coverage_equal_length": _coverage_of_equal_length(),
        "kappa_difference_from_reference": _kappa_difference(),
        **_coverage_of_judge(),
        "bradley_terry_difference_from_published": _from_published(),
        **{
            f"coverage_preferred_{models}_models_{facts}_facts": _coverage_of_people(
                models, facts, share
            )
            for models, facts, share in PREFERRED
        },
    }


def _differences() -> list[float]:
    apart = [
        abs(statistics.sign_flip([1] * b + [-1] * c, range(b + c), seed=1) - p)
        for (b, c), p in MCNEMAR.items()
    ]
    apart += [abs(a - b) for a, b in zip(statistics.holm(HOLM[0]), HOLM[1], strict=True)]
    values, groups, error = CLUSTERED
    apart.append(abs(statistics.standard_error(values, groups) - error))
    apart += [abs(statistics.needed(share, gain) - items) for share, gain, items in NEEDED]
    for right, total in ((0, 10), (31, 70), (99, 100), (7, 7)):
        theirs = scipy.stats.binomtest(right, total).proportion_ci(method="wilson")
        ours = statistics.wilson(right, total)
        apart += [abs(ours.low - theirs.low), abs(ours.high - theirs.high)]
    return apart


def _from_scipy() -> float:
    """Ours and scipy's p-values of the same differences of scores."""
    draw = np.random.default_rng(3)
    apart = []
    for shift in (0.0, 0.2, 0.4):
        gains = draw.normal(shift, 1, 60)
        theirs = scipy.stats.permutation_test(
            (gains, np.zeros(60)),
            lambda a, b: float(np.mean(a - b)),
            permutation_type="samples",
            n_resamples=9999,
            rng=np.random.default_rng(5),
        )
        ours = statistics.sign_flip(list(gains), range(60), seed=5)
        apart.append(abs(ours - float(theirs.pvalue)))
    return round(max(apart), 4)


def _coverage(facts: int, gain: float) -> float:
    """How often the interval of a gain holds the true one: facts of one to five wordings."""
    draw = np.random.default_rng(11)
    truth = _gains(np.random.default_rng(12), 400_000, gain).mean()
    held = 0
    for case in range(CASES):
        sizes = draw.integers(1, 6, facts)
        values, groups = _asked(draw, sizes, _pairs(draw, facts, gain))
        found = statistics.paired(values, groups, seed=case)
        held += bool(found and found.low <= truth <= found.high)
    return round(held / CASES, 3)


def _false_verdicts() -> float:
    """How often a training that changes nothing is called a gain or a loss; should be under .05."""
    draw = np.random.default_rng(13)
    called = 0
    for case in range(CASES):
        chances = draw.beta(0.8, 1.2, 40)
        values, groups = _asked(draw, draw.integers(1, 6, 40), (chances, chances))
        called += statistics.sign_flip(values, groups, seed=case) < 0.05
    return round(called / CASES, 3)


def _pairs(
    draw: np.random.Generator, facts: int, gain: float
) -> tuple[statistics.Numbers, statistics.Numbers]:
    """For each fact how likely the base knows it, and the tuned model."""
    base = draw.beta(0.8, 1.2, facts)
    return base, np.clip(base + draw.normal(gain, 0.25, facts), 0, 1)


def _gains(draw: np.random.Generator, facts: int, gain: float) -> statistics.Numbers:
    base, tuned = _pairs(draw, facts, gain)
    return tuned - base


def _asked(
    draw: np.random.Generator,
    sizes: npt.NDArray[np.int64],
    chances: tuple[statistics.Numbers, statistics.Numbers],
) -> tuple[list[float], list[int]]:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    base, tuned = (draw.random(len(groups)) < each[groups] for each in chances)
    return list(tuned.astype(float) - base.astype(float)), list(groups)


def _equal_length() -> dict[str, float]:
    """Points between our win rates at equal length and those of others."""
    ours = [length_control.controlled(*_compared(*case)) for case in EQUAL_LENGTH]
    pairs = list(zip(ours, EQUAL_LENGTH.values(), strict=True))
    return {
        "equal_length_points_from_glm": round(100 * max(abs(a - b[0]) for a, b in pairs), 2),
        "equal_length_points_from_alpaca_eval": round(
            100 * max(abs(a - b[1]) for a, b in pairs), 2
        ),
    }


def _compared(
    pairs: int, theta: float, phi: float, shift: float
) -> tuple[list[float], list[float]]:
    """Preferences and differences in length, evenly spread and the same on every machine."""
    number = np.arange(1, pairs + 1)
    longer = np.round(shift + 1600 * ((number * 0.6180339887) % 1 - 0.5))
    chance = 1 / (1 + np.exp(-(theta + phi * np.tanh(longer / longer.std(ddof=1)))))
    won = ((number * 0.7548776662) % 1 < chance).astype(float)
    return list(np.where(number % 5 == 0, 0.5, won)), list(longer)


def _coverage_of_equal_length() -> float:
    """How often the interval holds the win rate at equal length."""
    truth = 1 / (1 + math.exp(-0.4))
    found = [_drawn_pairs(case) for case in range(JUDGED)]
    around = [each.controlled_interval for each in found]
    held = sum(a is not None and a.low <= truth <= a.high for a in around)
    return round(held / JUDGED, 3)


def _drawn_pairs(case: int) -> WinRate:
    draw = np.random.default_rng(case)
    longer = np.round(draw.normal(30, 400, 150))
    chance = 1 / (1 + np.exp(-(0.4 + np.tanh(longer / longer.std(ddof=1)))))
    won = (draw.random(150) < chance).astype(float)
    return length_control.win_rate(list(won), list(longer), range(150), seed=case)


def _kappa_difference() -> float:
    """From statsmodels 0.15.0: cohens_kappa([[45, 8], [6, 41]]).kappa."""
    kappa = Calibration(45, 8, 6, 41).kappa
    return 1.0 if kappa is None else abs(kappa - 0.7196635963155786)


def _coverage_of_judge() -> dict[str, float]:
    """How often intervals of kappa and of corrected rates hold: labels 100, answers 200."""
    draw = np.random.default_rng(17)
    cells, rate = (0.72, 0.03, 0.05, 0.2), 0.6
    agree, both = 0.92, 0.77 * 0.75 + 0.23 * 0.25
    kappa = (agree - both) / (1 - both)
    held, corrected = 0, 0
    passes = rate * 0.72 / 0.77 + (1 - rate) * 0.03 / 0.23
    for _ in range(CASES):
        told = Calibration(*map(int, draw.multinomial(150, cells)))
        held += told.kappa_interval.low <= kappa <= told.kappa_interval.high
        found = told.corrected(int(draw.binomial(200, passes)), 200)
        corrected += found is None or found.interval.low <= rate <= found.interval.high
    return {
        "coverage_kappa": round(held / CASES, 3),
        "coverage_corrected_rate": round(corrected / CASES, 3),
    }


def _from_published() -> float:
    apart = []
    for wins, published in BRADLEY_TERRY:
        found = bradley_terry.strengths(np.array(wins, dtype=float))
        apart.append(np.abs(found - found[0] - (np.array(published) - published[0])).max())
    return round(float(max(apart)), 5)


def _coverage_of_people(models: int, facts: int, share: float) -> float:
    """How often the interval holds what all facts there could be would say."""
    whole = _meetings(np.random.default_rng(21), models, 4_000, 1.0)
    truth = bradley_terry.chances(whole, models)[models - 1, 0]
    held = 0
    for case in range(COMPARED):
        met = _meetings(np.random.default_rng(1_000 + case), models, facts, share)
        found = bradley_terry.standings(met, models, seed=case)[models - 1]
        around = found.interval if found else None
        held += around is not None and around.low <= truth <= around.high
    return round(held / COMPARED, 3)


def _meetings(draw: np.random.Generator, models: int, facts: int, share: float) -> list[Meeting]:
    """One to four wordings of each fact; what suits one suits the others of its fact."""
    met = []
    for fact in range(facts):
        liked = np.linspace(0, 0.8, models) + draw.normal(0, 1, models)
        for _ in range(draw.integers(1, 5)):
            met += _of_one_item(draw, f"{fact}", liked + draw.normal(0, 0.5, models), share)
    return met


def _of_one_item(
    draw: np.random.Generator, fact: str, liked: statistics.Numbers, share: float
) -> list[Meeting]:
    """A fifth of the answers are the same, an eighth of the others equally good."""
    met = []
    for one, other in combinations(range(len(liked)), 2):
        if draw.random() < 0.2:
            met.append(Meeting(fact, one, other, None, same=True))
            continue
        chance = 1 / (1 + np.exp(liked[other] - liked[one]))
        score = 0.5 if draw.random() < 0.125 else float(draw.random() < chance)
        met.append(Meeting(fact, one, other, score if draw.random() < share else None))
    return met
