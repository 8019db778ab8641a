"""Slack messages as they lie in an export: read with patience, sorted by what they are."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Literal, TypeVar

import msgspec

Fate = Literal[
    "content", "bot-message", "notice", "deleted", "empty", "no-timestamp", "not-a-message"
]

T = TypeVar("T", bound=msgspec.Struct)

_NOTICE = re.compile(
    r"(?:channel|group|mpim)_(?:join|leave|topic|purpose|name|archive|unarchive|tab_added"
    r"|convert_to_p\w+|posting_permissions|canvas_updated|retention\w*)"
    r"|(?:un)?pinned_item|bot_(?:add|remove|enable|disable)|reminder_add|welcome_party"
    r"|huddle_thread|sh_room_\w+|ekm_access_denied|app_conversation_join|assistant_app_thread"
    r"|joiner_notification"
)
KNOWN = frozenset(
    ("", "me_message", "thread_broadcast", "reply_broadcast", "file_share", "file_comment")
)
_HALF_EMOJI = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2}"
)
"""A lone surrogate, as exports have them where a message was cut; it can never be written."""
_TS = re.compile(r"\d{1,12}(?:\.\d+)?")


class Profile(msgspec.Struct):
    """The part of a profile that names a person."""

    real_name: str | None = None
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None


class User(msgspec.Struct):
    """An entry of users.json."""

    id: str
    name: str | None = None
    real_name: str | None = None
    is_bot: bool | None = None
    profile: Profile | None = None


class Reaction(msgspec.Struct):
    name: str = ""
    users: list[str] | None = None


class Attachment(msgspec.Struct):
    pretext: str | None = None
    text: str | None = None
    fallback: str | None = None


class Comment(msgspec.Struct):
    user: str | None = None
    comment: str | None = None


class Speaker(msgspec.Struct):
    """The part of a message that tells who somebody is who is not in users.json."""

    user: str | None = None
    user_profile: Profile | None = None


class Message(msgspec.Struct):
    """A message; what is not named here is never looked at, file URLs above all."""

    ts: str | int | float | None = None
    type: str | None = None
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    client_msg_id: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    hidden: bool | None = None
    edited: object = None
    blocks: msgspec.Raw = msgspec.Raw()
    reactions: list[Reaction] | None = None
    attachments: list[Attachment] | None = None
    comment: Comment | None = None
    user_profile: Profile | None = None

    @property
    def time(self) -> str:
        """Slack's clock and the message's id in its channel; "" where there is none."""
        return _time(str(self.ts))

    @property
    def author(self) -> str:
        """The id of the user; of a comment on a file, the commenter's."""
        return self.user or (self.comment.user if self.comment else None) or ""

    @property
    def thread(self) -> str:
        """The time of the thread's first message; that of the message itself if it has none."""
        return _time(self.thread_ts or "") or self.time


@lru_cache(maxsize=4096)  # asked several times of each message
def _time(text: str) -> str:
    return text if _TS.fullmatch(text) else ""


_messages = msgspec.json.Decoder(list[Message]).decode
_message = msgspec.json.Decoder(Message).decode
_speakers = msgspec.json.Decoder(list[Speaker]).decode


def parse(content: bytes) -> list[Message | None]:
    """The messages of a file, None for an item that is none; ValueError where it is no list."""
    try:
        return [_of_a_person(each) for each in _messages(content.removeprefix(codecs.BOM_UTF8))]
    except msgspec.DecodeError:
        return [_typed(each) for each in items(content)]


def speakers(content: bytes) -> Iterator[Speaker]:
    """Who spoke, with the profiles that stand in the messages themselves."""
    if b'"user_profile"' not in content:
        return
    try:
        yield from _speakers(content.removeprefix(codecs.BOM_UTF8))
    except msgspec.DecodeError:
        yield from converted(items(content), Speaker)


def items(content: bytes) -> list[object]:
    """What stands in a file that is a list or a page of the API, read with patience."""
    found: object = json.loads(mended(content).decode("utf-8-sig"))
    if isinstance(found, dict) and isinstance(found.get("messages"), list):
        found = found["messages"]  # a page of the API, saved as it came
    if not isinstance(found, list):
        raise ValueError("not a list of messages")
    return found


def mended(content: bytes) -> bytes:
    """JSON without halves of emoji."""
    return _HALF_EMOJI.sub(rb"\\ufffd", content)


def converted(found: Iterable[object], kind: type[T]) -> Iterator[T]:
    """The items that are of a kind."""
    for each in found:
        with suppress(msgspec.ValidationError):
            yield msgspec.convert(each, kind)


def _typed(item: object) -> Message | None:
    try:
        return _of_a_person(_message(msgspec.json.encode(item)))
    except msgspec.ValidationError:
        return None


def _of_a_person(message: Message) -> Message | None:
    return message if message.type in (None, "message") else None


def clock(time: str) -> tuple[int, str]:
    """A key that sorts times without losing a digit."""
    seconds, _, fraction = time.partition(".")
    return int(seconds), fraction.ljust(6, "0")


def is_bot(message: Message, bots: frozenset[str]) -> bool:
    """A person who posts through an app still has the client's own message id."""
    if message.subtype == "bot_message":
        return True
    if message.author in bots or message.author == "USLACKBOT":
        return True
    return message.bot_id is not None and not message.client_msg_id


def fate(message: Message, bots: frozenset[str]) -> Fate:
    """What becomes of a message, apart from its text."""
    subtype = message.subtype or ""
    if not message.time:
        return "no-timestamp"
    if subtype == "tombstone" or message.hidden:
        return "deleted"
    if _NOTICE.fullmatch(subtype):
        return "notice"
    return "bot-message" if is_bot(message, bots) else "content"
