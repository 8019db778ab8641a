"""Slack messages in files of other tools: dumps, pages of the API, one message a line, chunks.

A file may hold messages of many channels, and a channel may lie in many files, so all are
first sorted by channel in a private database of SQLite, which lies in memory or, where that
is not enough, in an unnamed temporary file.
"""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeVar

import msgspec

from curation.sources import decoding, records
from curation.sources.archives import Channel, Part
from curation.sources.exports import Listed, Listing, place, without_text
from curation.sources.files import Tree, UnreadableError
from curation.sources.messages import Message, Speaker, User
from curation.sources.units import Notes

T = TypeVar("T", bound=msgspec.Struct)
_TABLES = """
CREATE TABLE message (channel TEXT, place TEXT, body BLOB);
CREATE TABLE list (kind TEXT, body BLOB);
CREATE TABLE broken (channel TEXT, place TEXT, why TEXT);
"""


class Loose:
    def __init__(self, tree: Tree, root: str, name: str) -> None:
        self.name = name
        self._tree = tree
        self._root = root

    def users(self) -> list[User]:
        return list(self._listed("user", User))

    def speakers(self) -> Iterator[Speaker]:
        asked = "SELECT body FROM message WHERE instr(body, '\"user_profile\"')"
        yield from _decoded(self._sorted.execute(asked), Speaker)

    def names(self) -> dict[str, str]:
        listed = self._listed("channel", Listed)
        return {each.id: each.name or each.id for each in listed if each.id}

    def channels(self, notes: Notes) -> Iterator[Channel]:
        notes.counts["files"] += len(self._tree.names)
        listed = Listing(self.names())
        rows = self._sorted.execute("SELECT channel FROM message UNION SELECT channel FROM broken")
        keys: dict[str, list[str]] = {}
        for (key,) in rows.fetchall():
            keys.setdefault(listed.name(key), []).append(key)
        for name in sorted(keys):
            parts = (part for key in sorted(keys[name]) for part in self._parts(key))
            yield Channel(name, parts, listed=listed.has(name))

    def _parts(self, channel: str) -> Iterator[Part]:
        asked = "SELECT place, body FROM message WHERE channel = ? ORDER BY rowid"
        where, found = "", list[Message | None]()
        for file, body in self._sorted.execute(asked, (channel,)):
            if file != where and found:
                yield Part(where, found)
                found = []
            where = file
            found += decoding.one(body)
        if found:
            yield Part(where, found)
        broken = self._sorted.execute(
            "SELECT place, why FROM broken WHERE channel = ?", (channel,)
        )
        yield from (Part(file, [], why) for file, why in broken)

    def _listed(self, kind: str, of: type[T]) -> Iterator[T]:
        asked = "SELECT body FROM list WHERE kind = ? ORDER BY rowid"
        return _decoded(self._sorted.execute(asked, (kind,)), of)

    @cached_property
    def _sorted(self) -> sqlite3.Connection:
        database = sqlite3.connect("")
        weakref.finalize(self, database.close)
        database.executescript(f"PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;{_TABLES}")
        for name in self._tree.names:
            if name.startswith(self._root) and records.may_be_in(name):
                self._sort(database, name, place(name.removeprefix(self._root)))
        database.execute("CREATE INDEX by_channel ON message (channel)")
        return database

    def _sort(self, database: sqlite3.Connection, name: str, where: str) -> None:
        try:
            for each in records.read(self._tree, name):
                if each.kind == "message":
                    row = (each.channel, where, each.body)
                    database.execute("INSERT INTO message VALUES (?, ?, ?)", row)
                else:
                    database.execute("INSERT INTO list VALUES (?, ?)", (each.kind, each.body))
        except (UnreadableError, ValueError, RecursionError) as error:
            why = (records.channel_of(name), where, without_text(error))
            database.execute("INSERT INTO broken VALUES (?, ?, ?)", why)


def _decoded(rows: Iterable[tuple[bytes]], kind: type[T]) -> Iterator[T]:
    for (body,) in rows:
        try:
            yield msgspec.json.decode(decoding.mended(body), type=kind)
        except decoding.UNREADABLE:
            continue
