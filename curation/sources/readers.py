"""From a file to units: which format it is, by its ending and then by what it holds."""

import re
from collections.abc import Callable, Iterator

from curation.sources import (
    asciidoc,
    charset,
    columns,
    equals,
    faq,
    files,
    markdown,
    markup,
    mojibake,
    nested,
    office,
    opendocument,
    pdf,
    plaintext,
    pod,
    table,
    webpage,
    yaml_text,
)
from curation.sources.document import Document
from curation.sources.files import UnreadableError
from curation.sources.units import Found, Notes
from curation.sources.walk import Source

WORKBOOKS = (".xlsx", ".xls", ".ods", ".xlsm", ".xlsb")
RECORDS = (".json", ".jsonl", ".ndjson")
YAML = (".yml", ".yaml")
PARSERS: dict[str, Callable[[bytes, str], Document]] = {
    ".docx": office.parse_docx,
    ".odt": opendocument.parse,
    ".pdf": pdf.parse,
}


def read(source: Source, notes: Notes, style: str = "") -> Iterator[Found]:
    """Yield what a file holds; `UnreadableError` where it is not what its ending says."""
    try:
        yield from _read(source, notes, style)
    except RecursionError as error:
        raise UnreadableError(
            f"{source.name}: nested too deeply; was it made by a program that went wrong?"
        ) from error


def _read(source: Source, notes: Notes, style: str) -> Iterator[Found]:
    content = source.tree.read(source.entry)
    ending = walk_ending(source.entry)
    if ending in WORKBOOKS:
        yield from table.read_workbook(content, source.name, notes)
    elif ending == ".xml":
        yield from markup.read(content, source.name, notes, style)
    elif ending in PARSERS:
        parse = PARSERS[ending]
        yield from faq.read(parse(content, source.name), source.name, notes, style)
    else:
        text, repaired = mojibake.repair(_decoded(content, source.name, ending))
        notes.counts["double-encoded characters repaired"] += repaired
        yield from _of_text(text, source, ending, notes, style)


def _of_text(text: str, source: Source, ending: str, notes: Notes, style: str) -> Iterator[Found]:
    if ending in RECORDS:
        yield from nested.read(text, source.name, notes)
    elif ending in YAML:
        yield from nested.read_value(yaml_text.parse(text, source.name), source.name, notes)
    elif source.kind == "table" or (ending == ".txt" and _is_table(text)):
        yield from table.read(text, source.name, notes)
    else:
        yield from faq.read(_parser(text, ending)(text), source.name, notes, style)


def _is_table(text: str) -> bool:
    """Whether a text file is a table with tabs below a header, as Excel saves `Text (*.txt)`."""
    header, *rows = [line.split("\t") for line in text.split("\n") if line.strip()][:200] or [[]]
    alike = sum(len(row) == len(header) for row in rows)
    return len(header) > 1 and 2 * alike > len(rows) and columns.is_header(tuple(header))


def walk_ending(entry: str) -> str:
    """`.rst` of `general.rst.txt`, as Sphinx names its sources; "" of `FAQ`."""
    found = re.search(r"(\.[a-z]+)(?:\.txt)?$", entry.lower())
    return found[1] if found else ""


def _decoded(content: bytes, name: str, ending: str) -> str:
    if "htm" in ending or ending == ".xml":
        return charset.decode(content, name)
    return files.decode(content, name)


def _parser(text: str, ending: str) -> Callable[[str], Document]:
    known: dict[str, Callable[[str], Document]] = {
        ".md": markdown.parse,
        ".markdown": markdown.parse,
        ".mdx": markdown.parse,
        ".mkd": markdown.parse,
        ".qmd": markdown.parse,
        ".html": webpage.parse,
        ".htm": webpage.parse,
        ".xhtml": webpage.parse,
        ".pod": pod.parse,
        ".adoc": asciidoc.parse,
        ".asciidoc": asciidoc.parse,
        ".rst": _restructured,
        ".rest": _restructured,
    }
    return known.get(ending) or _sniffed(text)


def _sniffed(text: str) -> Callable[[str], Document]:
    """What a file without a telling ending is written in."""
    looks: tuple[tuple[Callable[[str], bool], Callable[[str], Document]], ...] = (
        (_looks_like_a_web_page, webpage.parse),
        (lambda text: _count(r"^=head1 ", text) > 0, pod.parse),
        # Before AsciiDoc: `Like this::` opens a literal block here, a description there.
        (_looks_restructured, _restructured),
        (lambda text: _count(r"^\S.*::$|^\+$|^\[\[[\w-]+\]\]$", text) >= 4, asciidoc.parse),
        (lambda text: _count(r"^#{1,6} \S", text) >= 2, markdown.parse),
        (equals.is_marked, equals.parse),
    )
    return next((parse for fits, parse in looks if fits(text)), plaintext.parse)


def _looks_like_a_web_page(text: str) -> bool:
    return bool(re.match(r"\s*(?:<\?xml|<!doctype html|<html)", text, re.IGNORECASE))


def _looks_restructured(text: str) -> bool:
    """Sphinx has its sources in `.txt` too: directives, labels or roles, and underlined titles."""
    marks = _count(r"^\.\. (?:[\w:-]+::|_[^:\n]+:)|:[a-z:]+:`[^`\n]+`", text)
    return marks >= 2 and _count(r"^([=~^-])\1{3,}$", text) > 0


def _count(pattern: str, text: str) -> int:
    return len(re.findall(pattern, text, re.MULTILINE))


def _restructured(text: str) -> Document:
    # Its library takes a fifth of a second to load.
    from curation.sources import restructured

    return restructured.parse(text)
