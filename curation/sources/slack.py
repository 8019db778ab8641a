"""A Slack export, as a folder or in a zip, wrapped or not, turned into conversations.

Only `<channel>/YYYY-MM-DD.json` holds messages; whatever else lies there is counted and left
alone. One file, item or time that cannot be read never stops the rest. Every item becomes a
turn of a unit or a drop of its own.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from curation.sources import blocks, exports, messages, mrkdwn, threads
from curation.sources.exports import Export
from curation.sources.files import UnreadableError
from curation.sources.messages import Message
from curation.sources.mrkdwn import Names
from curation.sources.threads import Conversation, Said
from curation.sources.units import Found, Notes, Unit
from data.records import Drop, Turn, content_id


def read(export: Export, pseudonym: Callable[[str], str], notes: Notes) -> Iterator[Found]:
    """Yield the conversations of every channel, and a drop for each message in none."""
    bots = frozenset(user.id for user in exports.users(export) if user.is_bot)
    channels = exports.channels(export)
    names = Names(_namer(pseudonym), lambda key: _safe(channels.get(key, "channel")))
    listed = {*channels, *map(_nfc, channels.values())}
    folders: dict[str, list[str]] = {}
    for file in export.files:
        if day := exports.DAY.fullmatch(file):
            folders.setdefault(day["channel"], []).append(file)
        elif file not in exports.LISTS:
            _note_ignored(file, notes)
    notes.counts["channels"] += len(folders)
    for folder in sorted(folders, key=_nfc):
        if channels and _nfc(folder) not in listed:
            notes.names["channels missing from channels.json"].append(_safe(folder))
        yield from _Channel(export, names, bots, notes).read(folders[folder])


class _Channel:
    """One channel while it is read: its messages are held, those of others are not."""

    def __init__(self, export: Export, names: Names, bots: frozenset[str], notes: Notes) -> None:
        self._export = export
        self._names = names
        self._bots = bots
        self._notes = notes
        self._said: dict[str, Said] = {}
        self._dropped: set[str] = set()

    def read(self, files: list[str]) -> Iterator[Found]:
        for file in sorted(files):
            yield from self._read_day(file)
        for each in threads.build(self._said.values()):
            yield self._unit(each)

    def _read_day(self, file: str) -> Iterator[Drop]:
        where = f"{self._export.name}/{_place(file)}"
        try:
            found = messages.parse(self._export.tree.read(self._export.root + file))
        except (UnreadableError, ValueError, RecursionError) as error:
            self._notes.names["unreadable files"].append(_place(file))
            yield Drop("unreadable-file", where, evidence=_no_text(error))
            return
        if not any(found):
            self._notes.names["files without messages"].append(_place(file))
        for number, message in enumerate(found, start=1):
            self._notes.counts["messages"] += 1
            drop = self._take(message, where, number)
            if drop:
                self._notes.counts[drop.reason] += 1
                yield drop

    def _take(self, message: Message | None, where: str, number: int) -> Drop | None:
        """Remember what somebody said, or tell why it is nothing of that kind."""
        if message is None:
            return Drop("not-a-message", f"{where}#item{number}")
        fate = messages.fate(message, self._bots)
        if fate != "content":
            at = message.time or f"item{number}"
            self._dropped.add(at)
            return Drop(fate, f"{where}#{at}", evidence=message.subtype or "")
        locator = f"{where}#{message.time}"
        if message.time in self._said:
            return Drop("repeated", locator, evidence="same channel and time")
        text = _text(message, self._names)
        if not text:
            self._dropped.add(message.time)
            return Drop("empty", locator, evidence=message.subtype or "")
        subtype = message.subtype or ""
        if subtype not in messages.KNOWN:
            self._notes.counts[f"unknown subtype {subtype}, kept"] += 1
        self._said[message.time] = Said(
            time=message.time,
            thread=message.thread,
            author=message.author,
            text=text,
            where=locator,
            reactions=_reactions(message),
            edited=message.edited is not None,
        )
        return None

    def _unit(self, conversation: Conversation) -> Unit:
        said = conversation.said
        self._notes.counts["messages in units"] += len(said)
        self._notes.counts[self._shape(conversation)] += 1
        signals = ("orphan",) if conversation.orphan else ()
        turns = tuple(self._turn(each, asker=said[0].author) for each in said)
        return Unit("thread", said[0].text, said[0].where, turns=turns, signals=signals)

    def _shape(self, conversation: Conversation) -> str:
        said = conversation.said
        if conversation.orphan:
            dropped = said[0].thread in self._dropped
            return "threads whose first message was dropped" if dropped else "orphan threads"
        return "threads" if any(each.thread != each.time for each in said) else "single posts"

    def _turn(self, said: Said, *, asker: str) -> Turn:
        signals = [
            f"reaction:{name}" + (":asker" if asker in users else "")
            for name, users in said.reactions
        ]
        if said.edited:
            signals.append("edited")
        return Turn(self._names.user(said.author), said.text, said.time, tuple(signals))


def _text(message: Message, names: Names) -> str:
    """Blocks first: they are exact. Then `text`, then what is attached."""
    said = blocks.decode(message.blocks, names) if message.blocks else ""
    comment = message.comment.comment if message.comment else None
    said = said or mrkdwn.decode(comment or message.text or "", names)
    if said:
        return said
    attached = (each.text or each.fallback or "" for each in message.attachments or ())
    return "\n\n".join(filter(None, (mrkdwn.decode(each, names) for each in attached)))


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


def _nfc(folder: str) -> str:
    return unicodedata.normalize("NFC", folder)


def _place(file: str) -> str:
    channel, _, day = file.rpartition("/")
    return f"{_safe(channel)}/{day}"


def _safe(channel: str) -> str:
    """A channel's name; that of a group message is made of its members' names."""
    return f"mpdm-{content_id(channel)[:8]}" if channel.startswith("mpdm-") else _nfc(channel)


def _no_text(error: Exception) -> str:
    """What went wrong, without any of the file's own words."""
    return re.sub(r"'.*'|\".*\"", "...", str(error).partition(": ")[0])[:120]


def _note_ignored(file: str, notes: Notes) -> None:
    if "/" in file and file.endswith(".json"):
        notes.names["files without messages"].append(_place(file))
    else:
        notes.counts[f"ignored {PurePosixPath(file).suffix or 'without ending'}"] += 1
