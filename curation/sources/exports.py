"""Where a Slack export begins, and whom and which channels its lists name.

The lists are often incomplete and are never relied on: they give names, nothing else.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

import msgspec

from curation.sources import messages
from curation.sources.files import Tree, UnreadableError
from curation.sources.messages import Profile, Speaker, User
from data.people import Person

T = TypeVar("T", bound=msgspec.Struct)

DAY = re.compile(r"(?P<channel>[^/]+)/\d{4}-\d\d-\d\d\.json", re.IGNORECASE)
_USERS = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json", "mpims.json", "dms.json")
LISTS = (*_USERS, *_CHANNELS)
DEEPEST_ROOT = 3


@dataclass(frozen=True)
class Export:
    tree: Tree
    root: str
    """Where in the tree it begins: "" or `wrapper/`."""
    name: str
    """Its name as a source; locators begin with it."""

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.tree.names)

    @cached_property
    def files(self) -> list[str]:
        """What lies in it, named from its root."""
        below = (each for each in self.tree.names if each.startswith(self.root))
        return [each.removeprefix(self.root) for each in below]


class Channel(msgspec.Struct):
    id: str = ""
    name: str = ""


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


def forced_root(names: tuple[str, ...]) -> str | None:
    """Where an export without any list begins; None where there is no day file at all."""
    days = [each for each in names if re.search(rf"(?:^|/){DAY.pattern}$", each, re.IGNORECASE)]
    if not days:
        return None
    parents = [PurePosixPath(each).parent.parent.as_posix() for each in days]
    shallowest = min(parents, key=lambda each: each.count("/") if each != "." else -1)
    return "" if shallowest == "." else f"{shallowest}/"


def _has_days(names: tuple[str, ...], root: str) -> bool:
    return any(
        name.startswith(root) and DAY.fullmatch(name.removeprefix(root)) for name in names
    ) or {f"{root}users.json", f"{root}channels.json"} <= set(names)


def people(export: Export) -> Iterator[Person]:
    """Everybody whose names the export tells, bots left out."""
    listed = users(export)
    known = {user.id for user in listed}
    for user in listed:
        if not user.is_bot and user.id != "USLACKBOT":
            yield _person(user.id, user.profile or Profile(), user.real_name, user.name)
    for speaker in _speakers(export):
        if speaker.user and speaker.user_profile and speaker.user not in known:
            known.add(speaker.user)
            yield _person(speaker.user, speaker.user_profile, None, speaker.user_profile.name)


def users(export: Export) -> list[User]:
    return [each for file in _USERS for each in _entries(export, file, User)]


def channels(export: Export) -> dict[str, str]:
    return {
        each.id: each.name or each.id
        for file in _CHANNELS
        for each in _entries(export, file, Channel)
    }


def _speakers(export: Export) -> Iterator[Speaker]:
    for file in filter(DAY.fullmatch, export.files):
        with suppress(UnreadableError, ValueError):  # days are reported when they are read
            yield from messages.speakers(export.tree.read(export.root + file))


def _entries(export: Export, file: str, kind: type[T]) -> Iterator[T]:
    """The entries of a list that can be read; a broken list costs names only."""
    if export.root + file in export.names:
        with suppress(UnreadableError, ValueError):
            yield from messages.converted(
                messages.items(export.tree.read(export.root + file)), kind
            )


def _person(key: str, profile: Profile, real: str | None, handle: str | None) -> Person:
    full = [real, profile.real_name, profile.display_name]
    full.append(f"{profile.first_name or ''} {profile.last_name or ''}")
    called = [re.sub(r"\(.*?\)|\[.*?\]|\s[|,/-]\s.*|,.*", "", each or "").strip() for each in full]
    ends = [word for each in called if " " in each for word in (each.split()[0], each.split()[-1])]
    parts = [*ends, *(each for each in called if " " not in each)]
    parts += [piece for each in ends if "-" in each for piece in each.split("-")]
    return Person(f"slack:{key}", tuple(called), tuple(parts), (handle,) if handle else ())
