"""Where the errors are: groups of questions that fail more often than the rest.

Slices are looked for in one half of the families and believed only if they hold in the other, and
then the other way round; so a figure is never made from the items that it was chosen by.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from eval import clusters, statistics
from eval.arms import TUNED
from eval.clusters import Vectors
from eval.comparison import Result
from eval.statistics import Z_95, Interval

LEAST = 30
"""Items in a slice; half of them in each half."""
LEVEL = 0.05
"""Of false slices among those found (Benjamini and Yekutieli), and of the check on the other half."""
FINER = 1.25
"""A conjunction must raise the lower bound of its wider slice by so much to be told instead."""
MOST = 10

_FIGURE = re.compile(r"\d")

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Slice:
    """A group of questions, and how often the tuned model fails on it, from the half not searched."""

    key: str
    name: str
    items: tuple[int, ...]
    """Numbers of its items among the results, those of both halves."""
    wrong: int
    total: int
    rest_rate: float
    lift: float
    """Its rate of wrong answers over that of the rest."""
    lift_interval: Interval
    chance: float
    """Adjusted p of the half that was searched."""

    @property
    def excess(self) -> float:
        """Wrong answers beyond the rest's, by the square root of the size."""
        return (self.rate - self.rest_rate) * sqrt(self.total)

    @property
    def rate(self) -> float:
        return self.wrong / self.total

    @cached_property
    def interval(self) -> Interval:
        return statistics.wilson(self.wrong, self.total)


@dataclass(frozen=True)
class Search:
    """What was looked for and what was found."""

    found: tuple[Slice, ...] = ()
    items: int = 0
    candidates: int = 0
    refuted: int = 0
    """Slices of one half that did not hold in the other."""


@dataclass(frozen=True)
class _Literal:
    """One thing that is true of some items."""

    subject: str
    name: str
    mask: Mask


@dataclass(frozen=True)
class _Candidate:
    literals: tuple[int, ...]
    mask: Mask
    chance: float


def find(results: Sequence[Result], vectors: Vectors | None, seed: int) -> Search:
    """Slices of the foremost set of questions; `vectors` are those of its questions, in order."""
    foremost = searched(results)
    if len(foremost) < 2 * LEAST:
        return Search(items=len(foremost))
    questions = [each.item.example.question for each in foremost]
    wrong = np.array([not each.grades[TUNED].exact for each in foremost])
    words = [clusters.telling(question) for question in questions]
    places = clusters.lexical(words) if vectors is None else vectors
    meanings = {
        "meaning": _meanings(words, clusters.cluster(places, seed)),
        "finer meaning": _meanings(words, clusters.cluster(places, seed, finer=2)),
    }
    literals = _literals(foremost, questions, meanings)
    first = _half([each.item.example.family for each in foremost], seed)
    found: dict[tuple[int, ...], Slice] = {}
    candidates = refuted = 0
    for half in (first, ~first):
        tried = _candidates(literals, wrong, half)
        chosen = _cover(tried, wrong & half, half)
        held = [each for each in chosen if _chance(each.mask & ~half, wrong, ~half) < LEVEL]
        candidates, refuted = len(tried), refuted + len(chosen) - len(held)
        for each in held:
            found.setdefault(each.literals, _slice(each, literals, wrong, ~half))
    told = _different(sorted(found.values(), key=lambda each: -each.excess))
    return Search(told, len(foremost), candidates, refuted)


def _different(found: Sequence[Slice]) -> tuple[Slice, ...]:
    """The strongest first; one that mostly repeats a stronger one is left out."""
    told: list[Slice] = []
    for each in found:
        items = set(each.items)
        if all(len(items & set(other.items)) < len(items) / 2 for other in told):
            told.append(replace(each, key=f"s{len(told) + 1}"))
    return tuple(told)


def searched(results: Sequence[Result]) -> list[Result]:
    """Those of the set that tells most, which comes first."""
    return [r for r in results if r.item.question_set == results[0].item.question_set]


def _half(families: Sequence[str], seed: int) -> Mask:
    """True for the items of one half of the families."""
    names = sorted(set(families))
    chosen = set(random.Random(seed).sample(names, len(names) // 2))
    return np.array([family in chosen for family in families])


def _literals(
    results: Sequence[Result], questions: Sequence[str], meanings: Mapping[str, Sequence[str]]
) -> list[_Literal]:
    """What can be said of a question before anybody has answered it."""
    told: dict[str, Sequence[str]] = {
        **meanings,
        "source": [f"from {each.item.example.origin.source}" for each in results],
        "writer": [_writer(each) for each in results],
        "question": _fifths([len(question.split()) for question in questions], "questions"),
        "answer": _fifths([len(r.item.expected.split()) for r in results], "expected answers"),
        "number": [
            "with figures in the expected answer"
            if _FIGURE.search(each.item.expected)
            else "without figures in the expected answer"
            for each in results
        ],
    }
    return [
        _Literal(subject, str(value), numbers == number)
        for subject, values in told.items()
        for found, numbers in (np.unique(values, return_inverse=True),)
        for number, value in enumerate(found)
        if len(found) > 1
    ]


def _meanings(words: Sequence[Sequence[str]], labels: clusters.Labels) -> list[str]:
    named = clusters.names(words, labels)
    return [named[int(label)] for label in labels]


def _writer(result: Result) -> str:
    recipe = result.item.example.origin.recipe.partition("@")[0]
    teacher = result.item.example.origin.teacher
    return f"worded by {teacher} ({recipe})" if teacher else "worded by people"


def _fifths(lengths: Sequence[int], what: str) -> list[str]:
    edges = np.quantile(lengths, [0.2, 0.4, 0.6, 0.8])
    words = ("shortest", "shorter", "middling", "longer", "longest")
    return [f"{words[int(np.searchsorted(edges, each, side='left'))]} {what}" for each in lengths]


def _candidates(literals: Sequence[_Literal], wrong: Mask, first: Mask) -> list[_Candidate]:
    """All that hold for enough items of the first half, alone or two together."""
    alone = [((n,), each.mask) for n, each in enumerate(literals)]
    pairs = [
        ((n, m), one.mask & other.mask)
        for n, one in enumerate(literals)
        for m, other in enumerate(literals[n + 1 :], start=n + 1)
        if one.subject.split()[-1] != other.subject.split()[-1]
    ]
    large = [
        (which, mask)
        for which, mask in (*alone, *pairs)
        if LEAST / 2 <= (mask & first).sum() < first.sum() and (mask & ~first).sum() >= LEAST / 2
    ]
    if not large:
        return []
    chances = [_chance(mask & first, wrong, first) for _, mask in large]
    adjusted = statistics.benjamini_yekutieli(chances)
    return [_Candidate(which, mask, p) for (which, mask), p in zip(large, adjusted, strict=True)]


def _chance(inside: Mask, wrong: Mask, half: Mask) -> float:
    """Fisher's one-sided p: so many wrong ones inside, were they spread over the half by chance."""
    here, all_wrong = int((inside & wrong).sum()), int((half & wrong).sum())
    return statistics.fisher_greater(here, int(inside.sum()), all_wrong, int(half.sum()))


def _cover(candidates: Sequence[_Candidate], wrong: Mask, first: Mask) -> list[_Candidate]:
    """The strongest, then the strongest of what it leaves, and so on."""
    by_literals = {each.literals: each for each in candidates if each.chance < LEVEL}
    left = first.copy()
    chosen: list[_Candidate] = []
    while len(chosen) < MOST:
        ranked = [(_excess(each.mask & left, wrong, left), each) for each in by_literals.values()]
        excess, best = max(ranked, key=lambda pair: pair[0], default=(0.0, None))
        if best is None or excess <= 0:
            break
        best = _wider(best, by_literals, wrong, left)
        chosen.append(best)
        left &= ~best.mask
        del by_literals[best.literals]
    return chosen


def _excess(inside: Mask, wrong: Mask, left: Mask) -> float:
    """Wrong answers beyond those of the rest, by the square root of the size; 0 if that is little."""
    total = int(inside.sum())
    if total < LEAST / 2:
        return 0.0
    rest = (wrong & left).sum() / left.sum()
    low = _low(inside, wrong)
    return float(((inside & wrong).sum() / total - rest) * sqrt(total)) if low > rest else 0.0


def _low(inside: Mask, wrong: Mask) -> float:
    return statistics.wilson(int((inside & wrong).sum()), int(inside.sum())).low


def _wider(
    best: _Candidate, others: Mapping[tuple[int, ...], _Candidate], wrong: Mask, left: Mask
) -> _Candidate:
    """One of the two conditions alone, unless both together tell much more."""
    for literal in best.literals if len(best.literals) > 1 else ():
        parent = others.get((literal,))
        if parent and _low(best.mask & left, wrong) < FINER * _low(parent.mask & left, wrong):
            return parent
    return best


def _slice(chosen: _Candidate, literals: Sequence[_Literal], wrong: Mask, half: Mask) -> Slice:
    inside, rest = chosen.mask & half, half & ~chosen.mask
    here, there = int((inside & wrong).sum()), int((rest & wrong).sum())
    total, others = int(inside.sum()), int(rest.sum())
    lift, interval = risk_ratio(here, total, there, others)
    return Slice(
        key="",
        name=", ".join(literals[n].name for n in chosen.literals),
        items=tuple(int(place) for place in np.flatnonzero(chosen.mask)),
        wrong=here,
        total=total,
        rest_rate=there / others if others else 0.0,
        lift=lift,
        lift_interval=interval,
        chance=chosen.chance,
    )


def risk_ratio(here: int, total: int, there: int, others: int) -> tuple[float, Interval]:
    """One rate over another with Katz's logarithmic interval: Biometrics 34 (1978) 469-474.

    Half a case is added to each side where one has none.
    """
    add = 0.5 if not here or not there else 0.0
    one, other = (here + add) / (total + add), (there + add) / (others + add)
    spread = Z_95 * sqrt(
        max(0.0, 1 / (here + add) - 1 / (total + add) + 1 / (there + add) - 1 / (others + add))
    )
    middle = log(one / other)
    return one / other, Interval(exp(middle - spread), exp(middle + spread))
