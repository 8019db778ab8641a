"""Tables with a question in each row: CSV and TSV of any delimiter, and every spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from statistics import mean

import msgspec

from curation.sources import columns, delimited, languages, titles, webpage
from curation.sources.columns import Cells, Columns
from curation.sources.delimited import Row
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
_ESCAPED_LINE = re.compile(r"(?:\\r)?\\n(?![a-z])|(?<=[.!?;)])(?:\\r)?\\n")
"""A line break as programs write it that allow none in a cell; no part of `C:\\new`."""


def read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    """Yield an entry for each row; the columns are found before the first one is."""
    text = re.sub(r"\Asep=(.)\n", "\n", text)
    try:
        rows, broken = delimited.mended(text, _delimiter(text), name)
    except csv.Error as error:
        raise UnreadableError(f"{name}: not a table: {error}; save it as CSV again.") from error
    if broken:
        shown = [f"{name}:{line}" for line in broken]
        notes.names["quotes opened and never closed, ended with their line"] += shown
        notes.counts["quotes never closed"] += len(broken)
    yield from _entries(rows, f"{name}#L", notes, name)


def read_workbook(content: bytes, name: str, notes: Notes) -> Iterator[Found]:
    """Yield the entries of all sheets; one without questions is told, all without are an error."""
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(content))
        sheets = {
            each: list(_sheet(book.get_sheet_by_name(each).to_python(skip_empty_area=False)))
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


@dataclass(frozen=True)
class _Layout:
    """Which columns of a table are read, and what their cells are written in."""

    pairs: tuple[Columns, ...]
    spoken: int | None
    """The column that names the language of each row."""
    html: bool = False
    escaped: bool = False
    """Whether line breaks are written as `\\n`."""


def _entries(rows: Sequence[Row], where: str, notes: Notes, name: str) -> Iterator[Found]:
    first = _header(rows)
    main = _columns([row.cells for row in rows[first : first + LOOKED_AT]], name)
    layout = _Layout((main,), None)
    if main.has_header:
        names, above = rows[first].cells, rows[first - 1].cells if first else ()
        pairs = columns.translations(names, above, main)
        layout = _Layout(tuple(pairs), columns.language_column(names))
    below = list(rows[first + int(main.has_header) :])
    if main.has_header and len(layout.pairs) == 1:
        below = [_whole(row, rows[first].cells, main, notes) for row in below]
    below = _continued(below, layout.pairs, notes)
    header = columns.pick(rows[first].cells, main) if main.has_header else None
    layout = _looked_at(layout, below[:LOOKED_AT])
    # A title with a text beside it is an entry where most titles ask, else a page.
    is_faq = main.sure or columns.mostly_asks([row.cells for row in below], main.question)
    notes.counts["rows"] += len(below)
    for row in below:
        place = f"{where}{row.line}"
        if columns.pick(row.cells, main) == header:
            yield Drop("header-again", place, evidence=" ".join(row.cells))
            continue
        found = list(_of_row(row, layout, place))
        notes.counts["entries" if is_faq else "sections"] += sum(
            isinstance(each, Unit) for each in found
        )
        notes.counts["further languages of a row"] += len(found) - 1
        yield from found if is_faq else map(_as_page, found)


def _as_page(found: Found) -> Found:
    return msgspec.structs.replace(found, kind="page") if isinstance(found, Unit) else found


def _of_row(row: Row, layout: _Layout, locator: str) -> Iterator[Found]:
    """The entry of a row, or one for each language in which it is complete."""
    found = [_entry(row, each, layout, locator) for each in layout.pairs]
    units = [each for each in found if isinstance(each, Unit)]
    drops = [each for each in found if isinstance(each, Drop)]
    yield from units[:1]
    for number, each in enumerate(units[1:], 2):
        translated = each.language != units[0].language
        place = f"{locator}:{each.language if translated else number}"
        root = units[0].locator if translated else ""
        yield msgspec.structs.replace(each, locator=place, translates=root)
    # What a row leaves empty in one language is no loss: it was not translated yet.
    half = [each for each in drops if each.reason != "empty"]
    yield from half if units or half else drops[:1]


def _entry(row: Row, pair: Columns, layout: _Layout, locator: str) -> Found:
    asked, told = columns.pick(row.cells, pair)
    if told and not asked and not pair.has_header:
        asked = columns.other_question(row.cells, pair)
    asked = titles.unnumbered(titles.clean(asked) if layout.html and "<" in asked else asked)
    told = _ESCAPED_LINE.sub("\n", told) if layout.escaped else told
    told = webpage.to_markdown(told) if layout.html and "<" in told else told
    told = titles.ANSWER.sub("", told, count=1) if re.match(r"A(?:nswer)?\s*:", told) else told
    if asked and told:
        spoken = columns.cell(row.cells, layout.spoken) if layout.spoken is not None else ""
        return Unit("faq", asked, locator, told, language=_language(spoken, pair))
    if asked:
        return Drop("no-answer", locator, evidence=asked)
    return Drop("no-question" if told else "empty", locator, evidence=told)


def _language(spoken: str, pair: Columns) -> str:
    found = languages.code(spoken)
    return pair.language if found == languages.UNKNOWN else found


def _whole(row: Row, header: Cells, main: Columns, notes: Notes) -> Row:
    """A row in which the answer stands last and was cut at its own commas, put together again."""
    last = len(header) - 1
    over = [each.strip() for each in row.cells[last + 1 :]]
    if main.answer != last or not header[last].strip() or not any(over):
        return row
    notes.counts["answers cut at unquoted commas, mended"] += 1
    told = ", ".join((row.cells[last].strip(), *over)).rstrip(", ")
    return Row(row.line, (*row.cells[:last], told))


def _continued(rows: Sequence[Row], pairs: Sequence[Columns], notes: Notes) -> list[Row]:
    """The rows; one that holds nothing but more of an answer goes on the one above it."""
    told = {each.answer for each in pairs}
    done: list[Row] = []
    for row in rows:
        filled = {i for i, each in enumerate(row.cells) if each.strip()}
        whole = done and any(all(columns.pick(done[-1].cells, pair)) for pair in pairs)
        if not (whole and filled and filled <= told):
            done.append(row)
            continue
        above = list(done[-1].cells) + [""] * (len(row.cells) - len(done[-1].cells))
        for i in filled:
            above[i] = f"{above[i]}\n{row.cells[i].strip()}"
        done[-1] = Row(done[-1].line, tuple(above))
        notes.counts["rows that continue an answer"] += 1
    return done


def _header(rows: Sequence[Row]) -> int:
    """The row that names the columns: the first, unless one further down names a question."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        if sum(map(bool, row.cells)) > 1 and columns.is_header(row.cells):
            return number
    return 0


def _looked_at(layout: _Layout, rows: Sequence[Row]) -> _Layout:
    told = [columns.cell(row.cells, each.answer) for row in rows for each in layout.pairs]
    html = sum(bool(_HTML.search(each)) for each in told) >= max(1, 0.2 * sum(map(bool, told)))
    broken = any("\n" in each for each in told)
    escaped = not broken and any(_ESCAPED_LINE.search(each) for each in told)
    return replace(layout, html=html, escaped=escaped)


def _delimiter(text: str) -> str:
    """The one that shows a question column, or else cuts most rows alike."""

    def fitness(delimiter: str) -> tuple[bool, float, int]:
        rows = [row.cells for row in islice(delimited.read(text, delimiter), LOOKED_AT)]
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
        accepted = ", ".join((*languages.QUESTIONS[:5], *columns.QUESTION_FALLBACKS[:2]))
        raise UnreadableError(
            f"{name}: no question column among: {seen}; call one `question` (also accepted: "
            f"{accepted} ...)."
        )
    return found
