"""Passages to examples: found by a second process while this one reads on."""

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection

import msgspec

from curation import pairs
from data import store
from data.records import Passage
from data.store import Lines

Find = Callable[[list[bytes]], Lines]
_passage = msgspec.json.Decoder(Passage).decode


def examples(pieces: Iterable[list[bytes]], *, multi_turn: bool) -> Iterator[Lines]:
    """What is found in each piece of passages, as lines to write; order in is order out."""
    find = partial(_found, multi_turn=multi_turn)
    if _can_fork():
        yield from _found_by_another(find, iter(pieces))
    else:
        yield from map(find, pieces)


def _found(passages: list[bytes], *, multi_turn: bool) -> Lines:
    read = map(_passage, passages)
    return store.encoded(each for one in read for each in pairs.of(one, multi_turn=multi_turn))


def _can_fork() -> bool:
    """A process with threads cannot be copied safely, nor can most on other systems."""
    return sys.platform == "linux" and threading.active_count() == 1


def _found_by_another(find: Find, pieces: Iterator[list[bytes]]) -> Iterator[Lines]:
    """One piece is always with the other process while the next is made ready here.

    That process starts before the first piece is read, so it holds nothing of the sources.
    """
    with _helper(find) as line:
        line.send(next(pieces, []))
        for piece in pieces:
            found = _answer(line)
            line.send(piece)
            yield found
        yield _answer(line)


def _answer(line: Connection) -> Lines:
    try:
        found: Lines = line.recv()
    except EOFError as error:
        raise RuntimeError("The process that finds examples died; is the memory full?") from error
    return found


@contextmanager
def _helper(find: Find) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    fork = multiprocessing.get_context("fork")
    helper = fork.Process(target=_help, args=(find, theirs, ours), daemon=True)
    helper.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        helper.join()


def _help(find: Find, line: Connection, other_end: Connection) -> None:
    """Answer until nobody is there any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that reads
    other_end.close()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            line.send(find(line.recv()))
