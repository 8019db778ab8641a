"""Questions that are about the same, and the words that name them."""

import re
from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Vectors = npt.NDArray[np.float32]
Places = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

FEWEST, MOST = 2, 60
"""Clusters; between them the square root of a sixth of the texts."""
STARTS, STEPS, LEARNT_FROM = 3, 10, 2_000
"""Of k-means, of which the tightest result is kept; texts that its centres are learnt from."""
DIMENSIONS = 64
NAMING = 3
"""Words in the name of a cluster."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_SHAPE_OF_A_QUESTION = frozenset(
    """about all and any anyone are ask asked bear before been but can cannot could customer did does
    don doesn find for from get goes had has have help hey hello how into just know let like look
    looking me mind more morning my need not now one our out phone please quick really see should so
    some somebody someone sorry sure tell thanks that the their them then there they this through
    trying us use want wants was way what when where which while who why will with would you your
    """.split()
)


def cluster(vectors: Vectors, seed: int, *, finer: int = 1) -> Labels:
    """The number of each text's cluster, `finer` times as many as usual; every text is in one."""
    count = finer * int(np.clip(round(sqrt(len(vectors) / 6)), FEWEST, MOST))
    if len(vectors) <= count:
        return np.zeros(len(vectors), dtype=np.int64)
    chance, places = np.random.default_rng(seed), vectors.astype(np.float64)
    some = places[chance.choice(len(places), min(len(places), LEARNT_FROM), replace=False)]
    made = [_settle(some, _spread(some, count, chance)) for _ in range(STARTS)]
    centres = min(made, key=lambda each: float(_distances(some, each).min(axis=1).sum()))
    return np.asarray(_distances(places, centres).argmin(axis=1), dtype=np.int64)


def _spread(points: Places, count: int, chance: np.random.Generator) -> Places:
    """Points far from one another, to start from: k-means++, Arthur and Vassilvitskii, SODA 2007."""
    chosen = [points[chance.integers(len(points))]]
    nearest = np.full(len(points), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, ((points - chosen[-1]) ** 2).sum(axis=1))
        total = nearest.sum()
        odds = nearest / total if total else None
        chosen.append(points[chance.choice(len(points), p=odds)])
    return np.stack(chosen)


def _settle(points: Places, centres: Places) -> Places:
    """Each centre moves to the mean of the points nearest to it; one without points stays."""
    for _ in range(STEPS):
        nearest = _distances(points, centres).argmin(axis=1)
        own = np.arange(len(centres))[:, np.newaxis] == nearest
        sizes = own.sum(axis=1, keepdims=True)
        centres = np.where(sizes, own.astype(np.float64) @ points / np.maximum(sizes, 1), centres)
    return centres


def _distances(points: Places, centres: Places) -> Places:
    """Squared, but for what all centres have in common: shape (points, centres)."""
    return np.asarray((centres**2).sum(axis=1) - 2 * points @ centres.T, dtype=np.float64)


def lexical(words: Sequence[Sequence[str]]) -> Vectors:
    """Unit vectors without a model: TF-IDF of the words of each text, its strongest directions."""
    counts = [Counter(each) for each in words]
    spread = Counter(word for each in counts for word in each)
    known = {w: i for i, w in enumerate(sorted(w for w, n in spread.items() if n > 1))}
    if len(known) < 3 or len(words) < 3:
        return np.ones((len(words), 1), dtype=np.float32)
    entries = [
        (row, known[word], (1 + log(count)) * log(len(words) / spread[word]))
        for row, each in enumerate(counts)
        for word, count in each.items()
        if word in known
    ]
    rows, columns, values = zip(*entries, strict=True)
    table = csr_array((values, (rows, columns)), shape=(len(words), len(known)))
    places = _strongest(table)
    lengths = np.linalg.norm(places, axis=1, keepdims=True)
    return np.asarray(places / np.maximum(lengths, 1e-9), dtype=np.float32)


def _strongest(table: csr_array) -> Places:
    """The rows along the first singular directions, by random projection and one power step.

    Halko, Martinsson and Tropp, SIAM Review 53 (2011) 217-288. How the directions are turned
    among themselves does not matter: only distances are read.
    """
    wanted = min(DIMENSIONS, *table.shape)
    guess = np.random.default_rng(0).normal(size=(table.shape[1], wanted))
    basis = _orthonormal(table @ guess)
    basis = _orthonormal(table @ (table.T @ basis))
    return np.asarray(table @ _orthonormal(table.T @ basis), dtype=np.float64)


def _orthonormal(columns: Places) -> Places:
    """Unit vectors at right angles that span the same, by way of the small table of products."""
    sizes, turned = np.linalg.eigh(columns.T @ columns)
    kept = sizes > sizes[-1] * 1e-12
    return np.asarray(columns @ (turned[:, kept] / np.sqrt(sizes[kept])), dtype=np.float64)


def names(words: Sequence[Sequence[str]], labels: Labels) -> dict[int, str]:
    """Each cluster by its most telling words: class-based TF-IDF, tf(t, c) ln(1 + A / tf(t))."""
    own: dict[int, Counter[str]] = {int(label): Counter() for label in labels}
    for text, label in zip(words, labels, strict=True):
        own[int(label)].update(text)
    total = Counter(word for text in words for word in text)
    average = total.total() / max(1, len(own))
    return {label: _name(count, total, average) for label, count in own.items()}


def _name(words: Counter[str], total: Counter[str], average: float) -> str:
    weights = {word: count * log(1 + average / total[word]) for word, count in words.items()}
    best = sorted(weights, key=lambda word: (-weights[word], word))[:NAMING]
    return "about " + ", ".join(f"“{word}”" for word in best) if best else "about nothing in words"


def telling(text: str) -> list[str]:
    """The words of a question that tell what it is about."""
    return [word for word in _WORD.findall(text.casefold()) if word not in _SHAPE_OF_A_QUESTION]
