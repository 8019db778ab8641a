"""How well conversations outside threads are told apart, on chats that people annotated.

A file holds conversations between lines of dashes, each message as `[time] <author> text`.
All of a file are put back into one channel. A link leads from a message to the one before it
in its conversation.
"""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from curation.sources import disentangle, threads
from curation.sources.threads import Said

_RULE = re.compile(r"^-{20,}$", re.MULTILINE)
_LINE = re.compile(r"^(?:\d+ )?\[+(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)\] <([^>]+)> ?", re.MULTILINE)
Talk = tuple[str, ...]
"""The times of its messages, each of which occurs once in its channel."""


def measure() -> dict[str, float]:
    """Figures for the folder that `GRISTMILL_CHAT_FOLDER` names; none where it names none."""
    named = os.environ.get("GRISTMILL_CHAT_FOLDER")
    if not named:
        return {}
    links, talks = [0, 0, 0], [0, 0, 0]
    for path in sorted(Path(named).glob("*.txt")):
        gold = list(_annotated(path.read_text(encoding="utf-8")))
        spoken = sorted((each for talk in gold for each in talk), key=lambda each: each.time)
        guessed = list(_guessed(spoken))
        true = [tuple(each.time for each in talk) for talk in gold]
        _count(links, set(_links(guessed)), set(_links(true)))
        _count(talks, {x for x in guessed if len(x) > 1}, {x for x in true if len(x) > 1})
    right, found, wanted = links
    return {
        "disentangle_link_precision": round(right / max(found, 1), 3),
        "disentangle_link_recall": round(right / max(wanted, 1), 3),
        "disentangle_link_f1": round(_f1(links), 3),
        "disentangle_exact_f1": round(_f1(talks), 3),
    }


def _annotated(text: str) -> Iterator[list[Said]]:
    """The conversations of a file; a time that was there before gets a later fraction."""
    number = 0
    for piece in _RULE.split(text):
        _, *told = _LINE.split(piece)
        talk: list[Said] = []
        for when, author, words in zip(told[::3], told[1::3], told[2::3], strict=True):
            number += 1
            seconds = int(datetime.fromisoformat(f"{when}+00:00").timestamp())
            time = f"{seconds}.{number:06}"
            talk.append(Said(time, time, author, words.strip(), f"chat#{time}"))
        yield sorted(talk, key=lambda each: each.time)


def _guessed(said: Iterable[Said]) -> Iterator[Talk]:
    for talk in disentangle.join(threads.build(said), lambda author: author):
        yield tuple(each.time for each in talk.said)


def _links(talks: Iterable[Talk]) -> Iterator[tuple[str, str]]:
    for talk in talks:
        yield from pairwise(talk)


def _count(counts: list[int], found: set[Talk], wanted: set[Talk]) -> None:
    for place, each in enumerate((found & wanted, found, wanted)):
        counts[place] += len(each)


def _f1(counts: list[int]) -> float:
    right, found, wanted = counts
    return 2 * right / max(found + wanted, 1)
