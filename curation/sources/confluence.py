"""Pages of Confluence: a space exported as XML, or what its API returns.

Its storage format is XHTML with macros; those that hold text become what they look like on the
page, and each page is then read like any web page.
"""

import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from lxml import etree
from lxml.etree import _Element as Element

from curation.sources import faq, webpage
from curation.sources.files import UnreadableError
from curation.sources.units import Found, Notes, Unit

_AC = "{ac}"
_RI = "{ri}"
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)\w+;")
_SILENT = (f"{_AC}parameter", f"{_AC}image", f"{_AC}emoticon", f"{_AC}placeholder", f"{_AC}task-id",
           f"{_AC}task-status")  # fmt: skip
_RENAMED = {f"{_AC}task-list": "ul", f"{_AC}task": "li"}


@dataclass(frozen=True)
class Page:
    title: str
    body: str
    """In storage format."""
    updated: str = ""


def read(pages: Sequence[Page], name: str, notes: Notes, style: str = "") -> Iterator[Found]:
    """Yield the entries of each page, as if it were a file below the export."""
    notes.counts["pages"] += len(pages)
    for page in pages:
        document = webpage.parse(
            f"<html><head><title>{html.escape(page.title)}</title></head><body>"
            f"<h1>{html.escape(page.title)}</h1>{to_html(page.body)}</body></html>"
        )
        updated = (f"updated:{page.updated}",) if page.updated else ()
        for found in faq.read(document, f"{name}/{page.title}", notes, style):
            told = (*found.signals, *updated) if isinstance(found, Unit) else ()
            yield msgspec.structs.replace(found, signals=told) if told else found


def of_api(value: object) -> Iterator[Page]:
    """The pages in an answer of the API: `{"title": …, "body": {"storage": {"value": …}}}`."""
    if isinstance(value, list):
        for each in value:
            yield from of_api(each)
    elif isinstance(value, dict):
        body, title = value.get("body"), value.get("title")
        if isinstance(body, dict) and isinstance(title, str):
            shown = body.get("storage") or body.get("view") or body.get("export_view")
            if isinstance(shown, dict) and isinstance(shown.get("value"), str):
                yield Page(title, shown["value"])
        else:
            for each in value.values():
                yield from of_api(each)


def of_export(content: bytes, name: str, notes: Notes) -> list[Page]:
    """The current pages of `entities.xml`, in its order; older versions and drafts are counted."""
    titles: dict[str, tuple[str, str]] = {}
    bodies: dict[str, str] = {}
    try:
        for found in _objects(content):
            properties = {str(each.get("name")): each for each in found.iter("property")}
            key = (found.findtext("id") or "").strip()
            if found.get("class") == "BodyContent":
                page = properties.get("content")
                owner = "" if page is None else (page.findtext("id") or "").strip()
                bodies[owner] = _said(properties, "body")
            elif found.get("class") in ("Page", "BlogPost"):
                is_old = "originalVersion" in properties
                if is_old or _said(properties, "contentStatus") not in ("current", ""):
                    notes.counts["old versions and drafts skipped"] += 1
                else:
                    when = _said(properties, "lastModificationDate")[:10]
                    titles[key] = (_said(properties, "title"), when)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"{name}: not XML that can be read: {error}.") from error
    return [
        Page(title, bodies[key], updated)
        for key, (title, updated) in titles.items()
        if bodies.get(key)
    ]


def is_export(content: bytes) -> bool:
    return b"<hibernate-generic" in content[:2000]


def to_html(storage: str) -> str:
    """Storage format as the HTML that its macros stand for."""
    whole = _ENTITY.sub(lambda found: html.escape(html.unescape(found[0])), storage)
    parser = etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False)
    root = etree.fromstring(f'<div xmlns:ac="ac" xmlns:ri="ri">{whole}</div>'.encode(), parser)
    return "" if root is None else "".join(_written(root))


def _objects(content: bytes) -> Iterator[Element]:
    """Each object that a file lists; it is emptied when the next one is asked for."""
    events = etree.iterparse(
        io.BytesIO(content), tag="object", recover=True, huge_tree=True, resolve_entities=False
    )
    for _, found in events:
        yield found
        found.clear()


def _said(properties: dict[str, Element], name: str) -> str:
    found = properties.get(name)
    return "" if found is None else (found.text or "").strip("\n")


def _written(element: Element) -> Iterator[str]:
    """The inside of an element; macros are replaced on the way."""
    yield html.escape(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            yield from _child(child)
        yield html.escape(child.tail or "")


def _child(child: Element) -> Iterator[str]:
    tag = str(child.tag)
    macro = child.get(f"{_AC}name", "") if tag.startswith(_AC) else ""
    if tag in _SILENT:
        return
    if macro in ("code", "noformat"):
        language = f' class="language-{_parameter(child, "language")}"'
        body = child.findtext(f"{_AC}plain-text-body") or ""
        yield f"<pre><code{language}>{html.escape(body)}</code></pre>"
    elif macro == "expand":
        title = html.escape(_parameter(child, "title"))
        yield f"<details><summary>{title}</summary>{''.join(_written(child))}</details>"
    elif tag == f"{_AC}link":
        yield _link(child)
    elif tag.startswith(("{", "ac:", "ri:")) and tag not in _RENAMED:
        yield from _written(child)
    else:
        name = _RENAMED.get(tag, tag)
        kept = {str(k): str(v) for k, v in child.attrib.items() if str(k)[0] != "{"}
        told = "".join(f' {key}="{html.escape(said)}"' for key, said in kept.items())
        yield f"<{name}{told}>{''.join(_written(child))}</{name}>"


def _parameter(macro: Element, name: str) -> str:
    found = (x for x in macro.iterfind(f"{_AC}parameter") if x.get(f"{_AC}name") == name)
    return next(("".join(map(str, x.itertext())) for x in found), "")


def _link(link: Element) -> str:
    body = link.find(f"{_AC}link-body")
    if body is not None:
        return "".join(_written(body))
    page = link.find(f"{_RI}page")
    title = page.get(f"{_RI}content-title", "") if page is not None else ""
    return html.escape(link.findtext(f"{_AC}plain-text-link-body") or title)
