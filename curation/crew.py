"""Passages to examples on every core, where there are so many that it pays."""

import multiprocessing
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from curation import pairs
from data.records import Drop, Passage
from data.store import Lines

WORTH_IT = 16_000_000
PIECE = 500_000
_passage = msgspec.json.Decoder(Passage).decode


def examples(passages: Path, *, multi_turn: bool) -> Iterator[Lines]:
    """What is found in each passage of a file, in its order, as the lines to write."""
    find = partial(_found, passages, multi_turn=multi_turn)
    if passages.stat().st_size < WORTH_IT or not _can_fork():
        yield from map(find, _pieces(passages))
        return
    with multiprocessing.get_context("fork").Pool(min(4, os.cpu_count() or 1)) as crew:
        yield from crew.imap(find, _pieces(passages))


def _can_fork() -> bool:
    """A process with threads cannot be copied safely, nor can most on other systems."""
    return sys.platform == "linux" and threading.active_count() == 1


def _pieces(path: Path) -> Iterator[tuple[int, int]]:
    """Where pieces of whole lines begin and end; only places travel, never the text."""
    end, size = 0, path.stat().st_size
    with path.open("rb") as lines:
        while end < size:
            start = end
            lines.seek(min(start + PIECE, size))
            lines.readline()
            end = lines.tell()
            yield start, end


def _found(passages: Path, piece: tuple[int, int], *, multi_turn: bool) -> Lines:
    start, end = piece
    with passages.open("rb") as source:
        source.seek(start)
        lines = source.read(end - start).splitlines()
    kept: list[bytes] = []
    dropped: list[bytes] = []
    reasons: Counter[str] = Counter()
    for line in lines:
        for each in pairs.of(_passage(line), multi_turn=multi_turn):
            if isinstance(each, Drop):
                reasons[each.reason] += 1
                dropped.append(msgspec.json.encode(each))
            else:
                kept.append(msgspec.json.encode(each))
    return Lines(kept, dropped, reasons)
