"""XML files: exports of Confluence, of help centres, and lists of questions of any other make."""

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from curation.sources import confluence, nested
from curation.sources.files import UnreadableError
from curation.sources.units import Found, Notes

_HTML = frozenset(
    "a abbr b blockquote br code div em font h1 h2 h3 h4 h5 h6 hr i img ol p pre span strong sub sup "
    "table u ul".split()
)
"""An element that holds only these is a text."""


def read(content: bytes, name: str, notes: Notes, style: str = "") -> Iterator[Found]:
    """Yield the entries of an XML file; its elements are read as the keys of JSON are."""
    if confluence.is_export(content):
        pages = confluence.of_export(content, name, notes)
        yield from confluence.read(pages, name, notes, style)
        return
    # No entity is looked up, on disk or on the network.
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"{name}: not XML that can be read: {error}.") from error
    yield from nested.read_value(_value(root), name, notes)


def _value(element: Element) -> object:
    """Text, or an object of what is inside; names that come several times hold lists."""
    children = [each for each in element if isinstance(each.tag, str)]
    if not children:
        return element.text or ""
    if all(each.tag in _HTML for each in children):
        return (element.text or "") + "".join(
            etree.tostring(each, encoding="unicode") for each in children
        )
    found: dict[str, list[object]] = {}
    for each in children:
        name = etree.QName(each).localname.replace("-", "_")
        found.setdefault(name, []).append(_value(each))
    return {name: each[0] if len(each) == 1 else each for name, each in found.items()}
