"""Lines and beginnings of files that may be packed, read where they lie."""

import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

from curation.sources.files import BROKEN, MAX_RATIO, Tree, UnreadableError

HEAD = 65_536
LONGEST_LINE = 64_000_000
SMALL = 10_000_000
"""What may come out of any packed file, whatever its ratio."""


def head(tree: Tree, name: str) -> bytes:
    """The first bytes of a file, unpacked; b"" where it cannot be read."""
    try:
        with ExitStack() as stack:
            return _opened(tree, name, stack).read(HEAD)
    except (UnreadableError, *BROKEN):
        return b""


def content(tree: Tree, name: str) -> bytes:
    """All of a file, unpacked."""
    return b"".join(lines(tree, name)) if name.endswith(".gz") else tree.read(name)


def lines(tree: Tree, name: str) -> Iterator[bytes]:
    """The lines of a file, unpacked; a gzip that explodes is refused, a cut one is read so far."""
    unpacked = 0
    with ExitStack() as stack:
        raw = stack.enter_context(tree.open(name))
        source = _opened(tree, name, stack, raw)
        try:
            while line := source.readline(LONGEST_LINE):
                unpacked += len(line)
                if source is not raw and unpacked > SMALL + MAX_RATIO * raw.tell():
                    raise UnreadableError(f"{name}: unpacks to more than any export does.")
                yield line
        except BROKEN as error:
            raise UnreadableError(f"{name}: {error}.") from error


def _opened(tree: Tree, name: str, stack: ExitStack, raw: IO[bytes] | None = None) -> IO[bytes]:
    raw = raw or stack.enter_context(tree.open(name))
    if not name.endswith(".gz"):
        return raw
    return io.BufferedReader(stack.enter_context(gzip.GzipFile(fileobj=raw)))
