"""Slack messages as they lie in an export, and what becomes of each."""

import re
from functools import lru_cache
from typing import Literal

import msgspec

Fate = Literal["content", "bot-message", "notice", "deleted"]

_NOTICE = re.compile(
    r"(?:channel|group|mpim)_(?:join|leave|topic|purpose|name|archive|unarchive|tab_added"
    r"|convert_to_p\w+|posting_permissions|canvas_updated|retention\w*)"
    r"|(?:un)?pinned_item|bot_(?:add|remove|enable|disable)|reminder_add|welcome_party"
    r"|huddle_thread|sh_room_\w+|ekm_access_denied|app_conversation_join|assistant_app_thread"
    r"|joiner_notification|message_replied"
)
KNOWN = frozenset(
    ("", "me_message", "thread_broadcast", "reply_broadcast", "file_share", "file_comment")
)
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


class Edited(msgspec.Struct):
    ts: str | int | float | None = None


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
    thread_ts: str | int | float | None = None
    hidden: bool | None = None
    deleted_ts: str | None = None
    edited: Edited | None = None
    blocks: msgspec.Raw = msgspec.Raw()
    reactions: list[Reaction] | None = None
    attachments: msgspec.Raw = msgspec.Raw()
    files: msgspec.Raw = msgspec.Raw()
    comment: Comment | None = None
    replies_inside: list["Message"] | None = msgspec.field(
        default=None, name="slackdump_thread_replies"
    )
    inner: "Message | None" = msgspec.field(default=None, name="message")
    """Of an edit as the API tells it: what the message now is."""

    @property
    def time(self) -> str:
        """Slack's clock and the message's id in its channel; "" where there is none."""
        return _time(self.ts)

    @property
    def author(self) -> str:
        """The id of the user; of a comment on a file, the commenter's."""
        return self.user or (self.comment.user if self.comment else None) or ""

    @property
    def thread(self) -> str:
        """The time of the thread's first message; that of the message itself if it has none."""
        return _time(self.thread_ts) or self.time

    @property
    def version(self) -> tuple[tuple[int, str], int, str]:
        """A key that is greater the newer the message's words are."""
        edited = _time(self.edited.ts) if self.edited else ""
        given = sum(len(each.users or ()) for each in self.reactions or ())
        return clock(edited or "0"), given, self.text or ""


@lru_cache(maxsize=4096)  # asked several times of each message
def _time(ts: str | float | None) -> str:
    text = f"{ts:.6f}" if isinstance(ts, float) else str(ts)
    return text if _TS.fullmatch(text) else ""


def clock(time: str) -> tuple[int, str]:
    """A key that sorts times without losing a digit."""
    seconds, _, fraction = time.partition(".")
    return int(seconds), fraction.ljust(6, "0")


def is_bot(message: Message, bots: frozenset[str]) -> bool:
    """A person who posts through an app still has the client's own message id."""
    if message.subtype == "bot_message":
        return True
    author = message.author
    if author in bots or author == "USLACKBOT":
        return True
    return message.bot_id is not None and not message.client_msg_id


def fate(message: Message, bots: frozenset[str]) -> Fate:
    """What becomes of a message, apart from its text."""
    if message.hidden or message.subtype in ("tombstone", "message_deleted"):
        return "deleted"
    if message.subtype and _NOTICE.fullmatch(message.subtype):
        return "notice"
    return "bot-message" if is_bot(message, bots) else "content"
