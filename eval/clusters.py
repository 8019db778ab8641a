"""Questions that are about the same, and the words that name them."""

import re
from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2, vq
from scipy.sparse import csr_array

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

FEWEST, MOST = 2, 60
"""Clusters; between them the square root of a sixth of the texts."""
STARTS, LEARNT_FROM = 3, 2_000
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
    different = np.unique(some, axis=0)
    centres = different if len(different) <= count else _centres(some, count, chance)
    return np.asarray(vq(places, centres)[0], dtype=np.int64)


def _centres(
    some: npt.NDArray[np.float64], count: int, chance: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Of k-means, which divides by zero where there are fewer different texts than centres."""
    made = [kmeans2(some, count, minit="++", rng=chance, missing="warn") for _ in range(STARTS)]
    best = min(made, key=lambda one: float(((some - one[0][one[1]]) ** 2).sum()))
    return np.asarray(best[0], dtype=np.float64)


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


def _strongest(table: csr_array) -> npt.NDArray[np.float64]:
    """The rows along the first singular directions, by random projection and one power step.

    Halko, Martinsson and Tropp, SIAM Review 53 (2011) 217-288.
    """
    wanted = min(DIMENSIONS, *table.shape)
    guess = np.random.default_rng(0).normal(size=(table.shape[1], wanted))
    basis, _ = np.linalg.qr(table @ guess)
    basis, _ = np.linalg.qr(table @ (table.T @ basis))
    _, _, directions = np.linalg.svd((table.T @ basis).T, full_matrices=False)
    return np.asarray(table @ directions.T, dtype=np.float64)


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
