"""Which texts say the same: by their letters (MinHash, then exactly), by their meaning.

MinHash only proposes; every pair is verified by exact Jaccard overlap, because unverified
buckets merge texts that have nothing in common. The bands are 20 of 6 rows, which find 99.8 %
of the pairs at an overlap of .8; datasketch's own choice would find 40 % of them.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from data.embed import Vectors

SHINGLE = 5
PERMUTATIONS = 128
BANDS = (20, 6)
BLOCK = 2048

Pair = tuple[int, int, float]
"""Two positions, the smaller first, and how alike they are."""


def normalise(text: str) -> str:
    """Fold case, white space and the punctuation at the end."""
    return " ".join(text.casefold().split()).rstrip(".!?…")


def shingles(text: str) -> frozenset[str]:
    """Character 5-grams: one changed word of eight still leaves .7, of word 3-grams .5.

    A text shorter than that is one shingle; an empty one has none and matches nothing.
    """
    plain = normalise(text)
    if len(plain) <= SHINGLE:
        return frozenset({plain} if plain else ())
    return frozenset(plain[i : i + SHINGLE] for i in range(len(plain) - SHINGLE + 1))


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def alike_by_letters(texts: Sequence[str], threshold: float) -> Iterator[Pair]:
    """All pairs whose exact overlap reaches the threshold, as far as MinHash proposes them."""
    from datasketch import MinHash, MinHashLSH  # Slow to load, and wanted only here.

    sets = [shingles(text) for text in texts]
    index = MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)
    for here, parts in enumerate(sets):
        if not parts:
            continue
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([part.encode("utf-8", "surrogatepass") for part in parts])
        for there in sorted(index.query(sketch)):
            overlap = jaccard(sets[there], parts)
            if overlap >= threshold:
                yield there, here, overlap
        index.insert(here, sketch)


def alike_by_meaning(vectors: Vectors, threshold: float) -> Iterator[Pair]:
    """All pairs of unit vectors whose cosine reaches the threshold, by exact products."""
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        cosines = block @ vectors[: start + len(block)].T
        for row, there in zip(*np.nonzero(cosines >= threshold), strict=True):
            here = start + int(row)
            if there < here:
                yield int(there), here, float(cosines[row, there])
