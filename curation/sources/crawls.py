"""The databases that slackdump crawls into: tables of messages, channels and people as JSON.

Several crawls may lie in one file, so most messages stand there more than once.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from curation.sources import decoding
from curation.sources.archives import Channel, Part
from curation.sources.exports import Listed, Listing, without_text
from curation.sources.files import Tree, UnreadableError
from curation.sources.messages import Message, Speaker, User
from curation.sources.units import Notes

T = TypeVar("T", bound=msgspec.Struct)
AT_ONCE = 2000


class Crawl:
    def __init__(self, tree: Tree, files: Sequence[str], name: str) -> None:
        self.name = name
        self._tree = tree
        self._files = files

    @property
    def is_known(self) -> bool:
        """Whether it has the tables of a crawl."""
        try:
            return not list(self._rows("SELECT CHANNEL_ID, DATA FROM MESSAGE LIMIT 0"))
        except UnreadableError:
            return False

    def users(self) -> list[User]:
        return list(self._converted("SELECT DATA FROM S_USER", User))

    def speakers(self) -> Iterator[Speaker]:
        profiles = "SELECT DATA FROM MESSAGE WHERE instr(DATA, '\"user_profile\"')"
        yield from self._converted(profiles, Speaker)

    def names(self) -> dict[str, str]:
        listed = self._converted("SELECT DATA FROM CHANNEL", Listed)
        return {each.id: each.name or each.id for each in listed if each.id}

    def channels(self, notes: Notes) -> Iterator[Channel]:
        notes.counts["databases"] += len(self._files)
        listed = Listing(self.names())
        found = {str(row[0]) for row in self._rows("SELECT DISTINCT CHANNEL_ID FROM MESSAGE")}
        named: dict[str, list[str]] = {}
        for key in sorted(found):
            named.setdefault(listed.name(key), []).append(key)
        for name, keys in sorted(named.items()):
            parts = (part for key in keys for part in self._parts(name, key))
            yield Channel(name, parts, listed=listed.has(name))

    def _parts(self, name: str, key: str) -> Iterator[Part]:
        asked = "SELECT DATA FROM MESSAGE WHERE CHANNEL_ID = ? ORDER BY ID, CHUNK_ID"
        found: list[Message | None] = []
        try:
            for (content,) in self._rows(asked, key):
                found += decoding.one(_bytes(content))
        except UnreadableError as error:
            yield Part(name, found, without_text(error))
            return
        yield Part(name, found)

    def _converted(self, asked: str, kind: type[T]) -> Iterator[T]:
        with suppress(UnreadableError):  # tables of names may be missing
            for (content,) in self._rows(asked):
                with suppress(*decoding.UNREADABLE):
                    yield msgspec.json.decode(decoding.mended(_bytes(content)), type=kind)

    def _rows(self, asked: str, *given: str) -> Iterator[tuple[object, ...]]:
        for file in self._files:
            try:
                with _connected(self._tree, file) as database:
                    yield from database.execute(asked, given)
            # The names of a damaged table may be no text, and then nor is the error about them.
            except (sqlite3.Error, UnicodeDecodeError) as error:
                raise UnreadableError(f"{file}: {error}.") from error


def _bytes(content: object) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode()


@contextmanager
def _connected(tree: Tree, file: str) -> Iterator[sqlite3.Connection]:
    """The database, read only; one inside a zip is unpacked where only its owner can read."""
    path = tree.origin(file)
    if path.suffix.lower() != ".zip":
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as it:
            yield it
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "crawl.sqlite"
        with tree.open(file) as packed, copy.open("wb") as out:
            while piece := packed.read(1 << 20):
                out.write(piece)
        with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as it:
            yield it
