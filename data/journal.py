"""What a long stage has done so far, so that a killed one goes on where it stopped.

One record a line, appended as it comes. A journal belongs to a key, the hash of all that decides
what is asked; under another key it begins anew. The last line of a killed run may be torn: it is
left out.
"""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Generic, Self, TypeVar

import msgspec

from data.records import Record

R = TypeVar("R", bound=Record)


class _Key(Record, frozen=True):
    key: str


class Journal(Generic[R]):
    """An open journal. Leaving the `with` block without an error removes it."""

    def __init__(self, path: Path, key: str, kind: type[R]) -> None:
        self._path = path
        self._key = key
        self._kind = kind
        self.known: list[R] = []
        """What a former run has left."""

    def __enter__(self) -> Self:
        self.known = self._left() if self._path.exists() else []
        self._out: BinaryIO = self._path.open("wb")
        self._write([_Key(self._key), *self.known])
        return self

    def add(self, record: R) -> None:
        self._write([record])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._out.close()
        if kind is None:
            self._path.unlink(missing_ok=True)

    def _left(self) -> list[R]:
        first, *lines = self._path.read_bytes().split(b"\n")
        if first != msgspec.json.encode(_Key(self._key)):
            return []
        decode = msgspec.json.Decoder(self._kind).decode
        # Behind the last line end stands nothing, or what a killed run could not finish.
        return [decode(line) for line in lines[:-1]]

    def _write(self, records: Iterable[Record]) -> None:
        for record in records:
            self._out.write(msgspec.json.encode(record) + b"\n")
        self._out.flush()
