"""Tables with a question in each row: CSV and TSV of any delimiter, and every spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean

from curation.sources import columns, titles, webpage
from curation.sources.columns import Cells, Columns
from curation.sources.files import UnreadableError
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

DELIMITERS = ",;\t|"
LOOKED_AT = 200
"""Rows that decide about delimiter and columns."""
HEADER_WITHIN = 15
"""Rows in which the header stands: titles and notes may come above it."""
_HTML = re.compile(
    r"</?(?:p|br|div|ul|ol|li|a|b|strong|em|i|span|h[1-6]|table|pre|code)\b[^>]*>", re.I
)


@dataclass(frozen=True)
class Row:
    line: int
    """Where it begins in the file, from 1."""
    cells: Cells


def read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    """Yield an entry for each row; the columns are found before the first one is."""
    try:
        yield from _read(text, name, notes)
    except csv.Error as error:
        raise UnreadableError(f"{name}: not a table: {error}; save it as CSV again.") from error


def read_workbook(content: bytes, name: str, notes: Notes) -> Iterator[Found]:
    """Yield the entries of all sheets; one without questions is told, all without are an error."""
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(content))
        sheets = {
            each: list(_sheet(book.get_sheet_by_name(each).to_python()))
            for each in book.sheet_names
        }
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableError(f"{name}: not a spreadsheet that can be read: {error}.") from error
    refused: list[UnreadableError] = []
    for sheet, rows in sheets.items():
        try:
            yield from _entries(rows, f"{name}#{sheet}!", notes, name)
        except UnreadableError as error:
            refused.append(error)
            notes.names["sheets without questions"].append(sheet)
    if refused and len(refused) == len(sheets):
        raise max(refused, key=lambda each: len(str(each)))


def _sheet(rows: Sequence[Sequence[object]]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        cells = tuple(_written(each) for each in row)
        if any(cells):
            yield Row(number, cells)


def _written(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    # A cell may hold a whole page; the limit of the library is 128 KB, and is never lowered:
    # others in this process read tables too.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    text = re.sub(r"\Asep=(.)\n", "\n", text)
    delimiter = _delimiter(text)
    yield from _entries(list(_rows(text, delimiter)), f"{name}#L", notes, name)


def _entries(rows: Sequence[Row], where: str, notes: Notes, name: str) -> Iterator[Found]:
    first = _header(rows)
    looked_at = [row.cells for row in rows[first : first + LOOKED_AT]]
    found = _columns(looked_at, name)
    below = rows[first + int(found.has_header) :]
    html = _is_html(below, found)
    for row in below:
        notes.counts["rows"] += 1
        yield _entry(row, found, f"{where}{row.line}", notes, html=html)


def _entry(row: Row, found: Columns, locator: str, notes: Notes, *, html: bool) -> Found:
    asked, told = columns.pick(row.cells, found)
    asked = titles.unnumbered(titles.clean(asked) if html and "<" in asked else asked)
    told = webpage.to_markdown(told) if html and "<" in told else told
    told = titles.ANSWER.sub("", told, count=1) if re.match(r"A(?:nswer)?\s*:", told) else told
    if asked and told:
        notes.counts["entries"] += 1
        return Unit("faq", asked, locator, told)
    if asked:
        return Drop("no-answer", locator, evidence=asked)
    return Drop("no-question" if told else "empty", locator, evidence=told)


def _header(rows: Sequence[Row]) -> int:
    """The row that names the columns: the first, unless one further down names a question."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        if sum(map(bool, row.cells)) > 1 and columns.is_header(row.cells):
            return number
    return 0


def _is_html(rows: Sequence[Row], found: Columns) -> bool:
    told = [columns.cell(row.cells, found.answer) for row in rows[:LOOKED_AT]]
    return sum(bool(_HTML.search(each)) for each in told) >= max(1, 0.2 * sum(map(bool, told)))


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    line = 1
    for cells in reader:
        if cells:
            yield Row(line, tuple(cells))
        line = reader.line_num + 1


def _delimiter(text: str) -> str:
    """The one that shows a question column, or else cuts most rows alike."""

    def fitness(delimiter: str) -> tuple[bool, float, int]:
        rows = [row.cells for row in islice(_rows(text, delimiter), LOOKED_AT)]
        width = max(map(len, rows), default=0)
        alike = mean(len(row) == width for row in rows) if width > 1 else 0.0
        named = any(len(row) > 1 and columns.is_header(row) for row in rows[:HEADER_WITHIN])
        return named, alike, width

    return max(DELIMITERS, key=fitness)


def _columns(rows: Sequence[Cells], name: str) -> Columns:
    if not rows:
        raise UnreadableError(f"{name}: no rows; was it saved empty?")
    found = columns.named(rows[0], rows[1:])
    if found is None and columns.is_header(rows[0]):
        raise UnreadableError(f"{name}: a question column but no answers beside it; add a column.")
    found = found or columns.by_content(rows)
    if found is None:
        seen = ", ".join(cell.strip() or "(no name)" for cell in rows[0][:12])
        raise UnreadableError(
            f"{name}: no question column among: {seen}; call one `question` (also accepted: "
            f"{', '.join((*columns.QUESTIONS[:8], *columns.QUESTION_FALLBACKS[:2]))} ...)."
        )
    return found
