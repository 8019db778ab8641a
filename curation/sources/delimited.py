"""Rows of delimited text, also of a file in which a quote is opened and never closed.

One lost quote makes a reader of CSV take all the following rows for one cell. So a text that
is not sound is read again, row by row, and a cell that swallows rows ends with its line.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from curation.sources.columns import Cells
from curation.sources.files import UnreadableError

LONGEST_CELL = 100_000
"""Characters in which a quote must be closed, in a text that is not sound."""
MOST_BROKEN = 200
"""Lost quotes in one file; more are no slips, and each costs time."""


@dataclass(frozen=True)
class Row:
    line: int
    """Where it begins in the file, from 1."""
    cells: Cells


def read(text: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows as they stand; a stray quote is taken as the csv module takes it."""
    yield from _read(text, delimiter, strict=False)


def mended(text: str, delimiter: str, name: str) -> tuple[list[Row], list[int]]:
    """The rows, and the lines at which a quote was opened that nothing closes."""
    try:
        return list(_read(text, delimiter, strict=True)), []
    except csv.Error:
        broken: list[int] = []
        return list(_Scan(text, delimiter, name).rows(broken)), broken


def _read(text: str, delimiter: str, *, strict: bool) -> Iterator[Row]:
    # A cell may hold a whole page; the limit of the library is 128 KB, and is never lowered:
    # others in this process read tables too.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=strict
    )
    line = 1
    for cells in reader:
        if cells:
            yield Row(line, tuple(cells))
        line = reader.line_num + 1


@dataclass(frozen=True)
class _Record:
    cells: Cells
    end: int
    closed: bool
    """Whether every quote that opens a cell is followed by one that ends it."""


class _Scan:
    """A text that is not sound CSV, read with patience."""

    def __init__(self, text: str, delimiter: str, name: str) -> None:
        self._text = text
        self._name = name
        mark = re.escape(delimiter)
        # A quote ends a cell only where the cell can end, so that 5" stays what it is.
        ends = rf"[ ]*+(?:{mark}|\n|\Z)"
        inside = rf'[^"]*+(?:(?:""|"(?!"|{ends}))[^"]*+)*'
        self._quoted = re.compile(rf'[ ]*"({inside})"(?={ends})[ ]*')
        self._plain = re.compile(rf"[^{mark}\n]*")

    def rows(self, broken: list[int]) -> Iterator[Row]:
        at, line = 0, 1
        while at < len(self._text):
            record = self._record(at)
            restart = self._swallowed(at, record) if "\n" in self._text[at : record.end] else 0
            if restart or not record.closed:
                broken.append(line)
                if len(broken) > MOST_BROKEN:
                    raise UnreadableError(
                        f"{self._name}: more than {MOST_BROKEN} quotes are opened and never "
                        f"closed, the first on line {broken[0]}; save it as CSV again."
                    )
            if restart:
                record = self._record(at, restart - 1)
            if any(record.cells):
                yield Row(line, record.cells)
            line += self._text.count("\n", at, record.end) + 1
            at = record.end + 1

    def _record(self, at: int, end: int | None = None) -> _Record:
        """The record that begins here; one that must end at `end` has its quote closed there."""
        cells: list[str] = []
        closed = True
        stop = len(self._text) if end is None else end
        while True:
            quoted = self._quoted.match(self._text, at, min(stop, at + LONGEST_CELL))
            if quoted:
                cells.append(quoted[1].replace('""', '"'))
                at = quoted.end()
            elif end is not None and self._text[at:stop].lstrip().startswith('"'):
                cells.append(self._text[at:stop].strip().removeprefix('"').replace('""', '"'))
                at = stop
            else:
                plain = self._plain.match(self._text, at, stop)
                said = plain[0].strip() if plain else ""
                closed = closed and not said.startswith('"')
                cells.append(said.removeprefix('"'))
                at = plain.end() if plain else stop
            if at >= stop or self._text[at] == "\n":
                return _Record(tuple(cells), at, closed)
            at += 1

    def _swallowed(self, at: int, record: _Record) -> int:
        """Where the first line begins that is a row of its own inside this record; else 0."""
        if len(record.cells) == self._width and not self._is_suspect(record):
            return 0
        following = self._text.find("\n", at) + 1
        while 0 < following <= record.end:
            if self._is_row(following):
                return following
            following = self._text.find("\n", following) + 1
        return 0

    def _is_suspect(self, record: _Record) -> bool:
        """Whether a cell over several lines has a quote at the beginning of a line or cell."""
        return any("\n" in each and '"' in each for each in record.cells)

    def _is_row(self, at: int) -> bool:
        end = self._text.find("\n", at)
        line = self._text[at : end if end >= 0 else len(self._text)]
        if self._rows_are_quoted and not line.startswith('"'):
            return False
        record = self._record(at)
        return record.closed and record.end == at + len(line) and len(record.cells) == self._width

    @cached_property
    def _alone(self) -> list[tuple[str, int]]:
        """Lines that are records by themselves, with how many cells they have."""
        found: list[tuple[str, int]] = []
        at = 0
        for line in self._text.split("\n")[:2000]:
            record = self._record(at)
            if line.strip() and record.closed and record.end == at + len(line):
                found.append((line, len(record.cells)))
            at += len(line) + 1
        return found

    @cached_property
    def _width(self) -> int:
        counts = Counter(width for _, width in self._alone if width > 1)
        return counts.most_common(1)[0][0] if counts else 0

    @cached_property
    def _rows_are_quoted(self) -> bool:
        quoted = sum(line.startswith('"') for line, _ in self._alone)
        return 2 * quoted > len(self._alone)
