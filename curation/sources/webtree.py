"""The tree of a web page, what the page is called, and where in it the text is."""

import re

from lxml import etree
from lxml.etree import _Element as Element

from curation.sources import titles, weblooks, webtext

DEEPEST = 120
"""Elements in one another; a page with more forgot to close them."""


def parse(text: str) -> Element | None:
    parser = etree.HTMLParser(
        remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True
    )
    # What XML says of its encoding was true of the bytes, and is no longer of the text.
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    if not text.strip():
        return None
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is not None:
        _flatten(root)
    return root


def _flatten(root: Element) -> None:
    """What is nested too deeply to be meant gives what it holds to what is around it."""
    etree.strip_tags(root, "font")  # says nothing, and old pages forget to close it
    for element in root.iterfind("/".join(["*"] * DEEPEST)):
        for inner in element.iterdescendants():
            inner.tail = f" {inner.tail or ''}"
        etree.strip_tags(element, "*")


def title(root: Element) -> str:
    found = next(root.iter("title"), None)
    return titles.clean_text(webtext.said(found)) if found is not None else ""


def within(root: Element) -> str:
    """What the page says it is a part of: its parent's title, or the path that leads to it."""
    for link in root.iter("link"):
        if link.get("rel") == "up" and link.get("title"):
            return str(link.get("title"))
    paths = (each for each in root.iter("nav", "ol", "ul", "div") if weblooks.is_path(each))
    return webtext.words(found) if (found := next(paths, None)) is not None else ""


def main(root: Element) -> Element:
    """The one element that says it is the main one, if most of the text is in it."""
    marked = [each for each in root.iter() if each.tag == "main" or each.get("role") == "main"]
    inside = [each for each in marked if each.get("hidden") is None]
    body = root if root.tag == "body" else root.find("body")
    if body is None:
        return root
    if len(inside) == 1 and len(webtext.words(inside[0])) > 0.3 * len(webtext.words(body)):
        return inside[0]
    return body
