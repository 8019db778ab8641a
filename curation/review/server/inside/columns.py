"""The filter values of a dataset in memory, for as long as no record or suggestion changes.

A page of a filtered list asks for sets of 100,000 records; read row by row from SQLite each takes
a tenth of a second, from here a few milliseconds. Responses are not held: they change with every
click, and there are never more of them than people have made.
"""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
MOST_HELD = 100
"""Columns in memory; each takes 2 MB at 100,000 records."""


@dataclass(frozen=True)
class Column:
    """Records by one value they have, sorted by it; a record with two values is in it twice."""

    docs: Integers
    places: Integers
    """Counts distinct values from 0: equal values have equal places."""
    distinct: list[str | float]
    """The value at each place: numbers first, then texts, as SQLite sorts them."""
    numbers: int
    """How many of them are numbers."""

    def any_of(self, terms: Sequence[str | float]) -> Integers:
        """Row numbers, sorted, of the records that have one of these values."""
        wanted = set(terms)
        places = [place for place, value in enumerate(self.distinct) if value in wanted]
        return np.unique(self.docs[np.isin(self.places, places)])

    def between(self, low: float | None, high: float | None) -> Integers:
        """The same for the numbers between these, both ends in."""
        values = np.array(self.distinct[: self.numbers], np.float64)
        first = 0 if low is None else int(np.searchsorted(values, low, "left"))
        last = self.numbers if high is None else int(np.searchsorted(values, high, "right"))
        start, stop = np.searchsorted(self.places, [first, max(last, first)])
        return np.unique(self.docs[start:stop])

    def order(self, docs: Integers, *, descending: bool) -> Integers:
        """A sort key for row numbers; those without a value come last in both directions."""
        holders, places = self.docs, self.places
        if descending:  # Of several values the first counts, so the largest comes first now.
            holders, places = holders[::-1], -places[::-1]
        known, first = np.unique(holders, return_index=True)
        missing = np.full(len(docs), np.iinfo(np.int64).max)
        if not len(known):
            return missing
        at = np.searchsorted(known, docs).clip(max=len(known) - 1)
        return np.where(known[at] == docs, places[first][at], missing)


def column(rows: Sequence[tuple[int, str | float]]) -> Column:
    """From row numbers and values, sorted by value."""
    docs = np.fromiter((doc for doc, _ in rows), np.int64, len(rows))
    new = [True, *(here[1] != before[1] for before, here in pairwise(rows))] if rows else []
    places = np.fromiter(accumulate(chain([-1], new)), np.int64, len(rows) + 1)[1:]
    distinct = [value for (_, value), is_new in zip(rows, new, strict=True) if is_new]
    numbers = sum(not isinstance(value, str) for value in distinct)
    return Column(docs, places, distinct, numbers)


@dataclass
class Columns:
    """What was read, each with the version of its dataset."""

    held: OrderedDict[str, tuple[int, Column]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(
        self, db: sqlite3.Connection, dataset_id: str, name: str, read: Callable[[], Column]
    ) -> Column:
        """The column of this name; `read` makes it anew where the dataset has changed."""
        asked = "SELECT version FROM search_versions WHERE dataset_id = ?"
        (version,) = db.execute(asked, (dataset_id,)).fetchone() or (0,)
        with self.lock:
            known = self.held.pop(name, None)
            if known is None or known[0] != version:
                known = (version, read())
            self.held[name] = known
            while len(self.held) > MOST_HELD:
                self.held.popitem(last=False)
        return known[1]
