"""Exports as Slack makes them, and tools that imitate it: folders of days, lists beside them.

The lists are often incomplete and are never relied on: they give names, nothing else.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

import msgspec

from curation.sources import decoding
from curation.sources.archives import Channel, Part
from curation.sources.files import Tree, UnreadableError
from curation.sources.messages import Speaker, User
from curation.sources.units import Notes
from data.records import content_id

T = TypeVar("T", bound=msgspec.Struct)

DAY = re.compile(r"(?P<channel>[^/]+)/\d{4}-\d\d-\d\d\.json", re.IGNORECASE)
_USERS = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json", "mpims.json", "dms.json")
LISTS = (*_USERS, *_CHANNELS)
DEEPEST_ROOT = 3
_BYTES = re.compile(r"b'(.*)'")
"""A folder name that a tool wrote as Python shows bytes."""


class Listed(msgspec.Struct):
    """An entry of channels.json and its kin."""

    id: str = ""
    name: str | None = None


class Export:
    def __init__(self, tree: Tree, root: str, name: str) -> None:
        """`root` is where in the tree it begins: "" or `wrapper/`."""
        self.tree = tree
        self.root = root
        self.name = name

    @cached_property
    def files(self) -> list[str]:
        """What lies in it, named from its root."""
        below = (each for each in self.tree.names if each.startswith(self.root))
        return [each.removeprefix(self.root) for each in below]

    def users(self) -> list[User]:
        return [each for file in _USERS for each in self._entries(file, User)]

    def speakers(self) -> Iterator[Speaker]:
        for file in filter(DAY.fullmatch, self.files):
            with suppress(UnreadableError, ValueError):  # days are reported when they are read
                yield from decoding.speakers(self.tree.read(self.root + file))

    def names(self) -> dict[str, str]:
        return {
            each.id: each.name or each.id
            for file in _CHANNELS
            for each in self._entries(file, Listed)
        }

    def channels(self, notes: Notes) -> Iterator[Channel]:
        notes.counts["names without the UTF-8 flag"] += self.tree.renamed
        listed = Listing(self.names())
        folders: dict[str, list[str]] = {}
        for file in self.files:
            if day := DAY.fullmatch(file):
                folders.setdefault(listed.name(day["channel"]), []).append(file)
            elif file not in LISTS:
                _note_ignored(file, notes)
        for name, files in sorted(folders.items()):
            yield Channel(name, map(self._day, sorted(files)), listed=listed.has(name))

    def _day(self, file: str) -> Part:
        try:
            return decoding.part(place(file), self.tree.read(self.root + file))
        except (UnreadableError, ValueError, RecursionError) as error:
            return Part(place(file), [], without_text(error))

    def _entries(self, file: str, kind: type[T]) -> Iterator[T]:
        """The entries of a list, which may lie beside the folder; a broken one costs names only."""
        for folder in (self.root, *_above(self.root)):
            if folder + file in self._all:
                with suppress(UnreadableError, ValueError):
                    listed = decoding.items(self.tree.read(folder + file))
                    yield from decoding.converted(listed, kind)

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(self.tree.names)


class Listing:
    """The names that lists give; folders are called by name or by id, in any form of Unicode."""

    def __init__(self, by_id: dict[str, str]) -> None:
        self._by_id = by_id
        self._by_look = {unicodedata.normalize("NFKC", each): each for each in by_id.values()}
        self._names = set(map(safe, by_id.values()))

    def has(self, name: str) -> bool:
        """Whether it is listed; where nothing is, nothing is missing."""
        return not self._names or name in self._names

    def name(self, folder: str) -> str:
        folder = _BYTES.sub(r"\1", folder)
        alike = self._by_look.get(unicodedata.normalize("NFKC", folder), folder)
        return safe(self._by_id.get(folder, alike))


def roots(names: tuple[str, ...]) -> list[str]:
    """The folders that are exports: lists of users or channels beside folders of days."""
    found: list[str] = []
    for name in sorted(names, key=lambda each: each.count("/")):
        folder, _, file = name.rpartition("/")
        root = f"{folder}/" if folder else ""
        if file not in LISTS or root.count("/") > DEEPEST_ROOT:
            continue
        inside = any(root.startswith(each) for each in found)
        if not inside and _has_days(names, root):
            found.append(root)
    return found


def is_day(name: str) -> bool:
    """Whether a file, at any depth, is named as a day of a channel."""
    return bool(DAY.fullmatch("/".join(name.split("/")[-2:])))


def is_list_above(name: str, roots: Iterable[str]) -> bool:
    """Whether a file is a list that stands in a folder above an export, for all of them."""
    folder, _, file = name.rpartition("/")
    return file in LISTS and any(f"{folder}/".lstrip("/") in ("", *_above(each)) for each in roots)


def forced_root(names: tuple[str, ...]) -> str | None:
    """Where an export without any list begins; None where there is no day file at all."""
    days = [each for each in names if re.search(rf"(?:^|/){DAY.pattern}$", each, re.IGNORECASE)]
    if not days:
        return None
    parents = [PurePosixPath(each).parent.parent.as_posix() for each in days]
    shallowest = min(parents, key=lambda each: each.count("/") if each != "." else -1)
    return "" if shallowest == "." else f"{shallowest}/"


def place(file: str) -> str:
    """A file as it may be named in public."""
    channel, _, day = file.rpartition("/")
    return f"{safe(channel)}/{day}" if channel else day


def safe(channel: str) -> str:
    """A channel's name; that of a group message is made of its members' names."""
    if channel.startswith("mpdm-"):
        return f"mpdm-{content_id(channel)[:8]}"
    return unicodedata.normalize("NFC", channel)


def without_text(error: Exception) -> str:
    """What went wrong, without any of the file's own words."""
    return re.sub(r"'.*'|\".*\"", "...", str(error).partition(": ")[0])[:120]


def _has_days(names: Iterable[str], root: str) -> bool:
    below = {each.removeprefix(root) for each in names if each.startswith(root)}
    return any(map(DAY.fullmatch, below)) or {"users.json", "channels.json"} <= below


def _above(root: str) -> list[str]:
    parts = root.split("/")[:-1]
    return ["/".join((*parts[:i], "")) if i else "" for i in range(len(parts))]


def _note_ignored(file: str, notes: Notes) -> None:
    if "/" in file and file.endswith(".json"):
        notes.names["files without messages"].append(place(file))
    else:
        notes.counts[f"ignored {PurePosixPath(file).suffix or 'without ending'}"] += 1
