"""Similarity by comparing with every vector: exact, and fast enough for a person's screen."""

import sqlite3
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 400_000_000
"""Of vectors held in memory; beyond that the ones asked for longest ago are read again."""
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass
class Matrix:
    """The vectors of one name, one a row, and the row numbers of their records."""

    docs: Integers
    units: Floats
    version: int = 0
    """The newest row of `search_vectors` that is in it."""


@dataclass
class Matrices:
    """What was read of each name, brought up to date whenever it is asked for."""

    held: OrderedDict[str, Matrix] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, connection: sqlite3.Connection, settings_id: str, dimensions: int) -> Matrix:
        with self.lock:
            known = self.held.pop(settings_id, None) or _empty(dimensions)
            fresh = _extended(connection, settings_id, known)
            count = "SELECT count(*) FROM search_vectors WHERE settings_id = ?"
            if connection.execute(count, (settings_id,)).fetchone() != (len(fresh.docs),):
                fresh = _extended(connection, settings_id, _empty(dimensions))
            self.held[settings_id] = fresh
            while (
                len(self.held) > 1 and sum(m.units.nbytes for m in self.held.values()) > MOST_BYTES
            ):
                self.held.popitem(last=False)
            return fresh


def _empty(dimensions: int) -> Matrix:
    return Matrix(np.zeros(0, np.int64), np.zeros((0, dimensions), np.float32))


def _extended(connection: sqlite3.Connection, settings_id: str, known: Matrix) -> Matrix:
    """With the vectors written since; one that was replaced stands there twice, so counts tell."""
    rows = connection.execute(
        "SELECT version, doc, unit FROM search_vectors "
        "WHERE settings_id = ? AND version > ? ORDER BY version",
        (settings_id, known.version),
    ).fetchall()
    if not rows:
        return known
    dimensions = known.units.shape[1]
    units = np.frombuffer(b"".join(row[2] for row in rows), np.float32).reshape(-1, dimensions)
    docs = np.fromiter((row[1] for row in rows), np.int64, len(rows))
    if len(known.docs):
        units, docs = np.concatenate([known.units, units]), np.concatenate([known.docs, docs])
    return Matrix(docs, units, version=rows[-1][0])


def nearest(
    matrix: Matrix, vector: list[float], count: int, allowed: Integers | None
) -> list[tuple[int, float]]:
    """Row number and score of the most similar records, the best first.

    The score is Elasticsearch's for the cosine: 1 for the same direction, 0 for the opposite.
    `allowed` are the row numbers to choose from, sorted; None means all.
    """
    unit = np.asarray(vector, np.float32)
    unit = unit / (np.linalg.norm(unit) or 1.0)
    scores = ((1 + matrix.units @ unit) / 2).astype(np.float32)
    if allowed is not None:
        scores[~np.isin(matrix.docs, allowed)] = -1
    best = (
        np.argsort(-scores, kind="stable")[:count] if len(scores) <= count else _top(scores, count)
    )
    return [(int(matrix.docs[i]), float(scores[i])) for i in best if scores[i] > -0.5]


def _top(scores: Floats, count: int) -> Integers:
    best = np.argpartition(-scores, count)[:count]
    order: Integers = best[np.lexsort((best, -scores[best]))]
    return order
