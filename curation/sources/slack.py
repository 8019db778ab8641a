"""A Slack archive of any shape, turned into conversations.

One item or time that cannot be read never stops the rest. Every item becomes a turn of a unit
or a drop of its own. A message is known by its channel and its time, wherever it lies: day
files, their order and their number make no difference.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import NamedTuple

from curation.sources import (
    attached,
    blocks,
    disentangle,
    exports,
    forms,
    messages,
    mrkdwn,
    threads,
)
from curation.sources.archives import Archive, Part
from curation.sources.messages import Message
from curation.sources.mrkdwn import Names
from curation.sources.threads import Conversation, Said
from curation.sources.units import Found, Notes, Unit
from data.records import Drop, Turn

_DAY = re.compile(r"/(\d{4}-\d\d-\d\d)\.json$", re.IGNORECASE)
_MENTION = re.compile(r"<@([UW][A-Z0-9]{4,})(?:\|[^<>\n]*)?>")


_MENTIONED = re.compile(r'(?:<@|"user_id": ?")([UW][A-Z0-9]{4,})')
_UPLOADED = re.compile(
    r"<@\w+(?:\|[^<>\n]*)?> (?:uploaded|shared) a file: (?:<[^<>\n]*>|.*?) and commented: "
)
"""How a file and its comment were told before 2017."""


class Told(NamedTuple):
    """What an archive is read with."""

    pseudonym: Callable[[str], str]
    is_forgotten: Callable[[str], bool] = lambda _: False
    disentangle: bool = False
    """Whether to guess what belongs together outside threads."""


def read(archive: Archive, told: Told, notes: Notes) -> Iterator[Found]:
    """Yield the conversations of every channel, and a drop for each message in none."""
    bots = frozenset(user.id for user in archive.users() if user.is_bot)
    channels = archive.names()
    names = Names(
        cache(_namer(told.pseudonym)),
        lambda key: exports.safe(channels.get(key, "channel")),
        cache(lambda user: told.is_forgotten(f"slack:{user}")),
    )
    for channel in archive.channels(notes):
        notes.counts["channels"] += 1
        if not channel.listed:
            notes.names["channels missing from channels.json"].append(channel.name)
        reading = _Channel(archive.name, channel.name, names, bots, notes)
        yield from reading.read(channel.parts, disentangled=told.disentangle)


class _Channel:
    """One channel while it is read: its messages are held, those of others are not."""

    def __init__(
        self, source: str, name: str, names: Names, bots: frozenset[str], notes: Notes
    ) -> None:
        self._source = source
        self._where = f"{source}/{name}"
        self._names = names
        self._bots = bots
        self._notes = notes
        self._newest: dict[str, Message] = {}
        self._deleted: set[str] = set()
        self._dropped: set[str] = set()
        self._elsewhen = 0
        """How many messages lie in the file of another day, in UTC."""

    def read(self, parts: Iterable[Part], *, disentangled: bool) -> Iterator[Found]:
        for part in parts:
            for drop in self._read_part(part):
                self._notes.counts[drop.reason] += 1
                yield drop
        self._notes.counts["messages of another day than their file"] += self._elsewhen
        said: list[Said] = []
        for time in sorted(self._newest, key=messages.clock):
            taken = self._take(self._newest.pop(time), time)
            if isinstance(taken, Said):
                said.append(taken)
            else:
                self._notes.counts[taken.reason] += 1
                self._dropped.add(time)
                yield taken
        built = threads.build(said)
        for each in disentangle.join(built, self._names.user) if disentangled else built:
            yield self._unit(each)

    def _read_part(self, part: Part) -> Iterator[Drop]:
        """Keep the newest version of each message; what has no time or is none leaves."""
        where = f"{self._source}/{part.place}"
        if part.broken:
            what = "truncated" if part.found else "unreadable"
            self._notes.names[f"{what} files"].append(part.place)
            yield Drop(f"{what}-file", where, evidence=part.broken)
        elif not any(part.found):
            self._notes.names["files without messages"].append(part.place)
        self._notes.counts["messages"] += len(part.found)
        self._notes.counts["files with broken characters"] += part.mended
        begins, ends = _bounds(part.place)
        for number, message in enumerate(part.found, start=1):
            if message is None:
                yield Drop("not-a-message", f"{where}#item{number}")
            elif not (time := message.time):
                yield Drop("no-timestamp", f"{where}#item{number}", evidence=message.subtype or "")
            else:
                self._elsewhen += not begins <= time < ends
                if repeat := self._keep_newest(message, time):
                    yield repeat

    def _keep_newest(self, message: Message, time: str) -> Drop | None:
        if message.subtype == "message_deleted" and message.deleted_ts:
            self._deleted.add(message.deleted_ts)
        known = self._newest.get(time)
        if known is None or message.version > known.version:
            self._newest[time] = message
        if known is None:
            return None
        return Drop("repeated", f"{self._where}#{time}", evidence="same channel and time")

    def _take(self, message: Message, time: str) -> Said | Drop:
        """What somebody said, or why it is nothing of that kind."""
        locator = f"{self._where}#{time}"
        subtype = message.subtype or ""
        fate = messages.fate(message, self._bots)
        if time in self._deleted:
            fate = "deleted"
        asked = self._form(message) if fate == "bot-message" else None
        if fate != "content" and asked is None:
            return Drop(fate, locator, evidence=subtype)
        author = asked[0] if asked else message.author
        if self._names.is_forgotten(author):
            return Drop("forgotten", locator)
        text = asked[1] if asked else _text(message, self._names)
        if not text:
            return Drop("empty", locator, evidence=subtype)
        if subtype in ("thread_broadcast", "reply_broadcast"):
            self._notes.counts["broadcasts"] += 1
        self._notes.counts["edited messages"] += message.edited is not None
        if subtype not in messages.KNOWN:
            self._notes.counts[f"unknown subtype {subtype}, kept"] += 1
        return Said(
            time=time,
            thread=message.thread,
            author=author,
            text=text,
            where=locator,
            reactions=_reactions(message) if message.reactions else (),
            edited=message.edited is not None,
        )

    def _form(self, message: Message) -> tuple[str, str] | None:
        """Who filled in the form that an app posted above its thread, and what they ask."""
        if message.thread != message.time or not message.thread_ts:
            return None
        users = dict.fromkeys(_MENTIONED.findall(f"{message.text}{bytes(message.blocks)!r}"))
        people = {self._names.user(user): user for user in users}
        form = forms.read(_text(message, self._names), tuple(people)) if people else None
        if form is None:
            return None
        self._notes.counts["forms posted by apps"] += 1
        return people[form.asker], form.question

    def _unit(self, conversation: Conversation) -> Unit:
        said = conversation.said
        self._notes.counts["messages in units"] += len(said)
        self._notes.counts[self._shape(conversation)] += 1
        signals = ("orphan",) if conversation.orphan else ()
        if conversation.disentangled:
            signals = (*signals, "disentangled")
        turns = tuple([self._turn(each, asker=said[0].author) for each in said])
        return Unit("thread", said[0].text, said[0].where, turns=turns, signals=signals)

    def _shape(self, conversation: Conversation) -> str:
        said = conversation.said
        if conversation.orphan:
            dropped = said[0].thread in self._dropped
            return "threads whose first message was dropped" if dropped else "orphan threads"
        if conversation.disentangled:
            return "guessed conversations"
        return "threads" if any(each.thread != each.time for each in said) else "single posts"

    def _turn(self, said: Said, *, asker: str) -> Turn:
        signals = [
            f"reaction:{name}" + (":asker" if asker in users else "")
            for name, users in said.reactions
        ]
        if said.edited:
            signals.append("edited")
        return Turn(self._names.user(said.author), said.text, said.time, tuple(signals))


def _bounds(place: str) -> tuple[str, str]:
    """From which time to which the day lasts, in UTC, that a file is named after."""
    named = _DAY.search(place)
    try:
        start = int(datetime.fromisoformat(f"{named[1]}+00:00").timestamp()) if named else 0
    except ValueError:
        start = 0
    return (str(start), str(start + 86_400)) if start else ("", "~")


def _text(message: Message, names: Names) -> str:
    """Blocks first: they are exact. Then `text`, then what is attached."""
    said = blocks.decode(message.blocks, names) if message.blocks else ""
    comment = message.comment.comment if message.comment else None
    said = said or mrkdwn.decode(comment or _without_upload(message.text or ""), names)
    if message.attachments or message.files:
        of_card = attached.tables if said else attached.cards
        beside = (of_card(message.attachments, names), attached.snippets(message.files))
        said = "\n\n".join(filter(None, (said, *beside)))
    if "<@" in said:  # typed by hand, or escaped by an app
        said = _MENTION.sub(lambda found: f"@{names.user(found[1])}", said)
    return said


def _without_upload(text: str) -> str:
    return _UPLOADED.sub("", text, count=1) if " a file: " in text else text


def _reactions(message: Message) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (re.sub(r"::.*|[^\w+-]", "", each.name), tuple(each.users or ()))
        for each in message.reactions or ()
    )


def _namer(pseudonym: Callable[[str], str]) -> Callable[[str], str]:
    def name(user: str) -> str:
        if user == "USLACKBOT":
            return "Slackbot"
        return pseudonym(f"slack:{user}") if user else "Somebody"

    return name
