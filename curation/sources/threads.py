"""Messages of one channel as conversations.

A thread is what shares a `thread_ts`, over all day files: the other hints in an export are
incomplete. What somebody posts in several messages within minutes is one conversation.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from curation.sources import messages

BURST_SECONDS = 300


class Said(NamedTuple):
    """A message of a person, its text already Markdown."""

    time: str
    thread: str
    author: str
    text: str
    where: str
    """Locator."""
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Name, and the users who gave it."""
    edited: bool = False


class Conversation(NamedTuple):
    said: tuple[Said, ...]
    orphan: bool = False
    """Whether the message it answers is missing."""
    disentangled: bool = False
    """Whether it was joined by a guess."""


def build(ordered: Iterable[Said]) -> list[Conversation]:
    """The conversations in what a channel said, by the time of their first message."""
    replies: dict[str, list[Said]] = defaultdict(list)
    roots: list[Said] = []
    for each in ordered:
        if each.thread == each.time:
            roots.append(each)
        else:
            replies[each.thread].append(each)
    whole = [
        Conversation((*burst, *replies.pop(burst[-1].time, ())))
        for burst in _bursts(roots, replies)
    ]
    if not replies:
        return whole
    orphans = [Conversation(tuple(each), orphan=True) for each in replies.values()]
    return sorted(whole + orphans, key=lambda each: messages.clock(each.said[0].time))


def _bursts(roots: Sequence[Said], replies: dict[str, list[Said]]) -> list[list[Said]]:
    """Runs of messages by one author; one that was replied to ends its run."""
    bursts = [[roots[0]]] if roots else []
    for before, after in pairwise(roots):
        goes_on = (
            before.author == after.author
            and before.time not in replies
            and _seconds(after) - _seconds(before) <= BURST_SECONDS
        )
        if goes_on:
            bursts[-1].append(after)
        else:
            bursts.append([after])
    return bursts


def _seconds(said: Said) -> int:
    return messages.clock(said.time)[0]
