"""JSON of Slack archives, read fast where it is sound and with patience where it is not."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TypeVar

import msgspec

from curation.sources.archives import Part
from curation.sources.messages import Message, Speaker

T = TypeVar("T", bound=msgspec.Struct)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)
"""What a decoder raises at JSON that is not sound."""
_HALF_EMOJI = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2}"
)
"""A lone surrogate, as exports have them where a message was cut; it can never be written."""
_LIST_BEGINS = re.compile(r'\s*(?:\{.*?"messages"\s*:\s*)?\[', re.DOTALL)
_PAGES = ("messages", "members", "users", "channels")
"""Where a page of the API has its list."""
_BETWEEN = re.compile(r"[\s,]*")
_CORE = frozenset(
    ("type", "subtype", "ts", "user", "bot_id", "username", "client_msg_id", "text", "thread_ts")
)
_messages = msgspec.json.Decoder(list[Message]).decode
_message = msgspec.json.Decoder(Message).decode
_speakers = msgspec.json.Decoder(list[Speaker]).decode
_patient = json.JSONDecoder(strict=False)


def part(place: str, content: bytes) -> Part:
    """The messages of a file; of one that was cut off, those before the cut."""
    content = utf8(content)
    try:
        return Part(place, list(_flat(_messages(content))))
    except (*UNREADABLE, RecursionError):
        pass
    mended = _HALF_EMOJI.search(content) is not None
    try:
        return Part(place, list(_flat(map(_typed, items(content)))), mended=mended)
    except ValueError as error:
        found = list(_flat(map(_typed, before_the_cut(content))))
        return Part(place, found, str(error) or "not a list of messages", mended)


def one(content: bytes | msgspec.Raw) -> list[Message | None]:
    """A message that stands alone, with those inside it."""
    try:
        return list(_flat([_message(content)]))
    except UNREADABLE:
        pass
    try:
        return list(_flat([_typed(_patient.decode(_text(bytes(content))))]))
    except (ValueError, RecursionError):
        return [None]


def speakers(content: bytes) -> Iterator[Speaker]:
    """Who spoke, with the profiles that stand in the messages themselves."""
    if b'"user_profile"' not in content:
        return
    try:
        yield from _speakers(content.removeprefix(codecs.BOM_UTF8))
    except UNREADABLE:
        yield from converted(items(utf8(content)), Speaker)


def items(content: bytes) -> list[object]:
    """What stands in a file that is a list or a page of the API; ValueError where it is none."""
    try:
        found: object = _patient.decode(_text(utf8(content)))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if isinstance(found, dict):
        pages = (found[key] for key in _PAGES if isinstance(found.get(key), list))
        found = next(pages, found)
    if not isinstance(found, list):
        raise ValueError("not a list of messages")
    return found


def converted(found: Iterable[object], kind: type[T]) -> Iterator[T]:
    """The items that are of a kind."""
    for each in found:
        with suppress(msgspec.ValidationError):
            yield msgspec.convert(each, kind)


def mended(content: bytes) -> bytes:
    """JSON without halves of emoji and broken bytes."""
    return _HALF_EMOJI.sub(rb"\\ufffd", content).decode("utf-8", "replace").encode()


def utf8(content: bytes) -> bytes:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace").encode()
    return content.removeprefix(codecs.BOM_UTF8)


def _text(content: bytes) -> str:
    return mended(content).decode()


def before_the_cut(content: bytes) -> Iterator[object]:
    text = _text(content)
    begins = _LIST_BEGINS.match(text)
    at = begins.end() if begins else len(text)
    with suppress(ValueError, RecursionError):
        while at < len(text):
            at = _between(text, at)
            item, at = _patient.raw_decode(text, at)
            yield item


def _between(text: str, at: int) -> int:
    space = _BETWEEN.match(text, at)
    return space.end() if space else at


def _typed(item: object) -> Message | None:
    """An item as a message, if need be without what in it cannot be read."""
    if not isinstance(item, Mapping):
        return None
    try:
        return _message(msgspec.json.encode(item))
    except (msgspec.ValidationError, RecursionError):
        core = {key: value for key, value in item.items() if key in _CORE}
        return msgspec.convert({k: v for k, v in core.items() if isinstance(v, str)}, Message)


def _flat(found: Iterable[Message | None]) -> Iterator[Message | None]:
    """Messages with the replies that some tools put inside them; an edit is its new text."""
    for each in found:
        if each is None or each.type not in (None, "message"):
            yield None
            continue
        inner = each.inner if each.subtype == "message_changed" else None
        yield inner or each
        yield from _flat(each.replies_inside or ())
