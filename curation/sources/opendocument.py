"""Texts of LibreOffice and OpenOffice (`.odt`) as documents, by way of HTML."""

import html
import io
import zipfile
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from curation.sources import webpage
from curation.sources.document import Document
from curation.sources.files import BROKEN, MAX_RATIO, UnreadableError

_LEFT_OUT = frozenset(
    "tracked-changes note annotation table-of-content alphabetical-index sequence-decls "
    "illustration-index frame-image bookmark-ref".split()
)
"""What is no part of the running text, or repeats it."""
_CONTAINERS = frozenset("section text-box frame index-body table-header-rows".split())
_SIGNS = {"tab": "\t", "line-break": "<br>"}
_HEADED = ("heading", "title", "überschrift", "titre", "titolo", "título")


def parse(content: bytes, name: str) -> Document:
    """The text of a file: headings, bold, lists, tables and links."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            styles = _Styles([_xml(packed, each) for each in ("styles.xml", "content.xml")])
            root = _xml(packed, "content.xml")
    except (*BROKEN, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise UnreadableError(
            f"{name}: not an OpenDocument text that can be read: {error}."
        ) from error
    body = next((each for each in root.iter() if _name(each) == "text"), None)
    if body is None:
        raise UnreadableError(f"{name}: holds no text; is it a drawing or a presentation?")
    return webpage.parse(f"<html><body>{''.join(_blocks(body, styles))}</body></html>")


def _xml(packed: zipfile.ZipFile, entry: str) -> Element:
    listed = packed.getinfo(entry)
    if listed.file_size > max(1_000_000, MAX_RATIO * listed.compress_size):
        raise zipfile.BadZipFile(f"{entry} is packed too tightly")
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
    return etree.fromstring(packed.read(entry), parser)


class _Styles:
    """What the names of styles stand for, also through the styles they build on."""

    def __init__(self, roots: list[Element]) -> None:
        self._styles: dict[str, Element] = {}
        self._numbered: dict[str, bool] = {}
        for element in (each for root in roots for each in root.iter()):
            if _name(element) == "style":
                self._styles[_said(element, "name")] = element
            elif _name(element) == "list-style":
                levels = {_name(each) for each in element}
                self._numbered[_said(element, "name")] = "list-level-style-number" in levels

    def is_bold(self, element: Element) -> bool:
        for style in self._built_on(_said(element, "style-name")):
            for each in style:
                if _name(each) == "text-properties" and _said(each, "font-weight"):
                    return _said(each, "font-weight") in ("bold", "600", "700", "800", "900")
        return False

    def is_numbered(self, element: Element) -> bool:
        return self._numbered.get(_said(element, "style-name"), False)

    def level(self, element: Element) -> int:
        """Of a paragraph in the style of a heading; 0 of any other."""
        for style in self._built_on(_said(element, "style-name")):
            called = (_said(style, "display-name") or _said(style, "name")).replace("_20_", " ")
            word, _, number = called.lower().partition(" ")
            if word in _HEADED:
                return int(number) if number.isdigit() else 1
        return 0

    def _built_on(self, name: str) -> Iterator[Element]:
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[name]
            name = _said(self._styles[name], "parent-style-name")


def _blocks(parent: Element, styles: _Styles) -> Iterator[str]:
    for each in parent:
        match _name(each):
            case "h":
                yield _heading(_inline(each, styles), _said(each, "outline-level"))
            case "p":
                yield _paragraph(each, styles)
            case "list":
                yield _list(each, styles)
            case "table":
                yield f"<table>{''.join(_rows(each, styles))}</table>"
            case name if name in _CONTAINERS:
                yield from _blocks(each, styles)


def _heading(said: str, level: str) -> str:
    number = min(6, int(level)) if level.isdigit() and level != "0" else 1
    return f"<h{number}>{said}</h{number}>"


def _paragraph(element: Element, styles: _Styles) -> str:
    boxes = "".join(each for frame in element for each in _framed(frame, styles))
    said = _inline(element, styles)
    if level := styles.level(element):
        return _heading(said, str(level)) + boxes
    if styles.is_bold(element) and said.strip():
        said = f"<b>{said}</b>"
    return f"<p>{said}</p>{boxes}"


def _framed(element: Element, styles: _Styles) -> Iterator[str]:
    """The text boxes that are anchored in a paragraph."""
    if _name(element) in ("frame", "text-box"):
        yield from _blocks(element, styles)


def _list(element: Element, styles: _Styles) -> str:
    tag = "ol" if styles.is_numbered(element) else "ul"
    items = (each for each in element if _name(each) in ("list-item", "list-header"))
    told = "".join(f"<li>{''.join(_blocks(each, styles))}</li>" for each in items)
    return f"<{tag}>{told}</{tag}>"


def _rows(table: Element, styles: _Styles) -> Iterator[str]:
    for row in table.iter():
        if _name(row) == "table-row":
            cells = (each for each in row if _name(each) == "table-cell")
            told = "".join(f"<td>{''.join(_blocks(each, styles))}</td>" for each in cells)
            yield f"<tr>{told}</tr>"


def _inline(element: Element, styles: _Styles) -> str:
    said = html.escape(element.text or "", quote=False)
    for each in element:
        said += _piece(each, styles) + html.escape(each.tail or "", quote=False)
    return said


def _piece(element: Element, styles: _Styles) -> str:
    name = _name(element)
    if name == "s":
        return " "
    if name in _SIGNS:
        return _SIGNS[name]
    if name in _LEFT_OUT or name in _CONTAINERS:
        return ""
    said = _inline(element, styles)
    if name == "a":
        return f'<a href="{html.escape(_said(element, "href"))}">{said}</a>'
    bold = name == "span" and said.strip() and styles.is_bold(element)
    return f"<b>{said}</b>" if bold else said


def _name(element: Element) -> str:
    """The name without its namespace; "" of a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _said(element: Element, attribute: str) -> str:
    found = (value for key, value in element.attrib.items() if str(key).endswith("}" + attribute))
    return str(next(found, ""))
