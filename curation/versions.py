"""A thread that grew or was edited: a new passage, of the same family and on the same side.

A thread is known by its channel, the time of its first message and who wrote that, in
whichever export it lies. What earlier runs knew is looked up in a private database of SQLite,
so that a large workspace need not fit into memory.
"""

import re
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import IO, NamedTuple

import msgspec

from data.records import Drop, Passage, Side

_DAY_FILE = re.compile(r"/\d{4}-\d\d-\d\d\.json$")
"""As locators had it once."""
_passage = msgspec.json.Decoder(Passage).decode
_drop = msgspec.json.Decoder(Drop).decode


class Known(NamedTuple):
    """What was decided about a passage, or about an earlier version of it."""

    id: str
    family: str
    side: Side
    parents: tuple[str, ...]


class Index:
    """The passages of earlier runs, by id and by what they are versions of."""

    def __init__(self, passages: Iterable[Passage] = ()) -> None:
        self._sql = sqlite3.connect("")
        weakref.finalize(self, self._sql.close)
        self._sql.execute("CREATE TABLE known (id TEXT PRIMARY KEY, thread TEXT, row TEXT)")
        for each in passages:
            told = Known(each.id, each.family, each.side, each.origin.parents)
            row = (each.id, key(each), msgspec.json.encode(told).decode())
            self._sql.execute("INSERT OR IGNORE INTO known VALUES (?, ?, ?)", row)
        self._sql.execute("CREATE INDEX by_thread ON known (thread)")
        self._any = self._sql.execute("SELECT 1 FROM known LIMIT 1").fetchone() is not None

    def settled(self, passage: Passage) -> Passage:
        """The passage as it is known already, or as the new version of one that is."""
        if not self._any:
            return passage
        same = self._find("id", passage.id)
        if same is not None:
            return _related(passage, same, same.parents)
        older = self._find("thread", key(passage))
        return passage if older is None else _related(passage, older, (older.id,))

    def _find(self, column: str, value: str) -> Known | None:
        asked = f"SELECT row FROM known WHERE {column} = ? ORDER BY rowid LIMIT 1"
        row = self._sql.execute(asked, (value,)).fetchone() if value else None
        return None if row is None else msgspec.json.decode(row[0], type=Known)


def key(passage: Passage) -> str:
    """What all versions of a thread share; "" for what is none."""
    if not passage.turns:
        return ""
    channel = passage.origin.locator.removeprefix(f"{passage.origin.source}/").rpartition("#")[0]
    first = passage.turns[0]
    return f"{_DAY_FILE.sub('', channel)}#{first.at}#{first.speaker}"


def once(units: Iterable[Passage | Drop]) -> Iterator[Passage | Drop]:
    """Each passage once; a later one with the same words is dropped and names the first."""
    with closing(sqlite3.connect("")) as first:
        first.execute("CREATE TABLE first (id TEXT PRIMARY KEY, locator TEXT) WITHOUT ROWID")
        for each in units:
            yield each if isinstance(each, Drop) else _unless_known(first, each)


def _unless_known(first: sqlite3.Connection, passage: Passage) -> Passage | Drop:
    where = passage.origin.locator
    if first.execute("INSERT OR IGNORE INTO first VALUES (?, ?)", (passage.id, where)).rowcount:
        return passage
    (earlier,) = first.execute("SELECT locator FROM first WHERE id = ?", (passage.id,)).fetchone()
    return Drop("repeated", where, passage=passage, twin=passage.id, evidence=earlier)


def newest(found: Iterable[Passage | Drop]) -> Iterator[Passage | Drop]:
    """Of the versions of a thread in several exports the newest; the others are dropped."""
    best: dict[str, tuple[tuple[tuple[str, ...], int, str], str]] = {}
    with tempfile.TemporaryFile() as spool:
        for each in found:
            _put(spool, each)
            if isinstance(each, Passage) and (thread := key(each)):
                best[thread] = max(best.get(thread, (_age(each), each.id)), (_age(each), each.id))
        spool.seek(0)
        for each in map(_taken, spool):
            stands = best.get(key(each)) if isinstance(each, Passage) else None
            if isinstance(each, Drop) or stands is None or stands[1] == each.id:
                yield each
            else:
                where = each.origin.locator
                yield Drop("superseded", where, passage=each, twin=stands[1])


def _related(passage: Passage, known: Known, parents: tuple[str, ...]) -> Passage:
    origin = msgspec.structs.replace(passage.origin, parents=parents)
    return msgspec.structs.replace(passage, family=known.family, side=known.side, origin=origin)


def _age(passage: Passage) -> tuple[tuple[str, ...], int, str]:
    """Greater the newer a version is: by its last message, then by what was edited."""
    edits = sum("edited" in turn.signals for turn in passage.turns)
    return (passage.turns[-1].at, str(len(passage.turns))), edits, passage.id


def _put(spool: IO[bytes], outcome: Passage | Drop) -> None:
    mark = b"P" if isinstance(outcome, Passage) else b"D"
    spool.write(mark + msgspec.json.encode(outcome) + b"\n")


def _taken(line: bytes) -> Passage | Drop:
    return _passage(line[1:]) if line.startswith(b"P") else _drop(line[1:])
