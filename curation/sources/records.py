"""The records in a file of a Slack tool: messages, people and channels, each as its own JSON.

What a file is, is told by its records alone, one by one, so no tool or version need be known.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal, NamedTuple

import msgspec

from curation.sources import decoding, streams
from curation.sources.files import Tree

Kind = Literal["message", "user", "channel"]
Raw = msgspec.Raw

_ENDING = re.compile(r"\.(?:json|jsonl|ndjson)(?:\.gz)?$", re.IGNORECASE)
_PAGE = re.compile(r"(?:(?:^|[._-]+)(?:page|part|p))?[._-]*\d+$", re.IGNORECASE)
_NO_NAME = frozenset(("", "messages", "message", "history", "conversations.history", "response"))
_ID = re.compile(r"([CDG][A-Z0-9]{7,})(?:-\d+\.\d+)?")
"""Also of the file of one thread: `C024BE91L-1700000000.000100`."""


class Record(NamedTuple):
    kind: Kind
    body: bytes
    channel: str = ""


class Named(msgspec.Struct):
    """A channel as a message may name it."""

    id: str = ""
    name: str = ""


class Shape(msgspec.Struct):
    """The keys by which one JSON object tells what it is."""

    ok: bool | None = None
    """Pages of the API say that all went well."""
    ts: str | int | float | None = None
    type: str | None = None
    id: str | None = None
    name: str | None = None
    real_name: str | None = None
    profile: Raw = Raw()
    channel: str | Named | None = None
    channel_id: str | None = None
    channel_name: str | None = None
    messages: list[Raw] | None = None
    users: list[Raw] | None = None
    members: list[Raw] | None = None
    channels: list[Raw] | None = None
    user: Raw = Raw()
    text: Raw = Raw()
    # A chunk of a crawl: its kind, messages, the parent of a thread, people, channels.
    t: int | None = None
    m: list[Raw] | None = None
    p: Raw = Raw()
    u: list[Raw] | None = None
    ch: list[Raw] | None = None
    ci: Raw = Raw()

    @property
    def where(self) -> str:
        """The channel that it tells of itself, if it does."""
        if isinstance(self.channel, Named):
            return self.channel.name or self.channel.id
        return self.channel_name or self.channel_id or self.channel or ""


_shape = msgspec.json.Decoder(Shape).decode
_list = msgspec.json.Decoder(list[Raw]).decode
_by_id = msgspec.json.Decoder(dict[str, Raw]).decode


def may_be_in(name: str) -> bool:
    return bool(_ENDING.search(name))


def read(tree: Tree, name: str) -> Iterator[Record]:
    """Every record of a file; ValueError where it is none that is known here."""
    channel = channel_of(name)
    if _ENDING.search(name) and not re.search(r"\.json$", name, re.IGNORECASE):
        for line in streams.lines(tree, name):
            if line.strip():
                yield from _object(line, channel)
        return
    content = decoding.utf8(streams.content(tree, name))
    for bodies in (content, decoding.mended(content)):
        with suppress(*decoding.UNREADABLE):
            for each in _list(bodies):
                yield from _object(bytes(each), channel)
            return
    yield from _whole(decoding.mended(content), channel)


def channel_of(name: str) -> str:
    """The channel that a file is named after; where it is only numbered, its folder is."""
    stem = _ENDING.sub("", name.rpartition("/")[2])
    if found := _ID.fullmatch(stem):
        return found[1]
    bare = _PAGE.sub("", stem)
    if bare.lower() not in _NO_NAME:
        return stem if not stem.isdigit() else bare
    folders = [each for each in name.split("/")[:-1] if each.lower() not in _NO_NAME]
    return folders[-1] if folders else "messages"


def _whole(content: bytes, channel: str) -> Iterator[Record]:
    """A file that is no list: one object, people by id, a list that was cut, or lines."""
    lines = content.splitlines()
    if len(lines) > 1 and lines[0].rstrip().endswith(b"}") and lines[1].lstrip()[:1] == b"{":
        for line in filter(bytes.strip, lines):
            yield from _object(line, channel)
        return
    with suppress(*decoding.UNREADABLE):
        shape = _shape(content)
        found = list(_of(shape, content, channel))
        if not found:
            found = [each for raw in _by_id(content).values() for each in _object(raw, channel)]
        yield from found
        return
    for item in decoding.before_the_cut(content):
        yield from _object(msgspec.json.encode(item), channel)
    raise ValueError("cut off, or not JSON")


def _object(body: bytes | Raw, channel: str) -> Iterator[Record]:
    for each in (bytes(body), decoding.mended(bytes(body))):
        with suppress(*decoding.UNREADABLE):
            shape = _shape(each)
            yield from _of(shape, each, channel)
            return
    yield Record("message", bytes(body), channel)  # if it is none, its own reader will say so


def _of(shape: Shape, body: bytes, channel: str) -> Iterator[Record]:
    where = shape.where or channel
    if shape.t is not None:
        yield from _chunk(shape, shape.id or where)
        return
    if shape.messages is not None:
        if shape.ok and not shape.where:
            where = _PAGE.sub("", channel) or channel
        if shape.channel_id and shape.name:
            listed = msgspec.json.encode({"id": shape.channel_id, "name": shape.name})
            yield Record("channel", listed)
        yield from (Record("message", bytes(each), where) for each in shape.messages)
        return
    for kind, listed_here in _lists(shape):
        yield from (Record(kind, body) for body in map(bytes, listed_here) if body[:1] == b"{")
    if kind_of := _single(shape):
        yield Record(kind_of, body, where if kind_of == "message" else "")


def _chunk(shape: Shape, channel: str) -> Iterator[Record]:
    told: tuple[tuple[Kind, list[Raw]], ...] = (
        ("message", [shape.p, *(shape.m or ())]),
        ("user", shape.u or []),
        ("channel", [shape.ci, *(shape.ch or ())]),
    )
    for kind, listed in told:
        bodies = (body for body in map(bytes, listed) if body[:1] == b"{")
        yield from (Record(kind, body, channel) for body in bodies)


def _lists(shape: Shape) -> Iterator[tuple[Kind, list[Raw]]]:
    if shape.ts is None:
        yield "user", [*(shape.users or ()), *(shape.members or ())]
        yield "channel", shape.channels or []


def _single(shape: Shape) -> Kind | None:
    if shape.ts is not None or shape.type == "message" or shape.text:
        return "message"
    if shape.id and (shape.profile or shape.id[0] in "UW"):
        return "user"
    return "channel" if shape.id and shape.name else None
