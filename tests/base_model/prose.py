"""A page of documentation as the text a model learns from: prose first, without page chrome."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from curation.sources import webtext

LARGEST_PAGE = 1_500_000
"""Bytes; what is larger is an index or a table."""
LONGEST_CODE = 500
SHORTEST = {"p": 40, "li": 25, "dd": 40, "div": 60}
"""Characters that a paragraph or an item of a list must have to say something."""
LETTERS = 0.8
"""Share of letters and spaces from which a line is prose and no table, formula or signature."""
ENGLISH = 0.15
"""Share of common words from which a line is an English sentence, and no menu and no list of names."""
_COMMON = frozenset("the of to and a in is that for it as with be this on are or by an if".split())

_LEFT_OUT = re.compile(
    r"(?:^|/)(?:genindex|search|py-modindex|modindex|index-all|allclasses\w*|overview-tree|package-tree|"
    r"doc-index|allpackages\w*|constant-values|serialized-form|deprecated-list|help-doc|package-use|"
    r"changelogs?|changes)[^/]*\.html?|"
    r"/(?:_modules|_sources|class-use|src|source|_static|generated|libraries|gapi|"
    r"core|alloc|std/arch|std/os)/|"
    r"\.(?:de|es|fr|ja|ko|tr|pt-br|zh-cn|ru|da)\.|_8h_source|_source\.html|-members\.html|"
    r"/(?:de|es|fr|ja|ko|tr|pt_BR|zh_CN|ru|zh|id|it|pl|pt-br|zh-cn)/"
)
"""Indexes, sources, what is generated from signatures alone, and translations."""

_HEADINGS = ("h1", "h2", "h3", "h4")
_SAYS = (*_HEADINGS, "p", "li", "dd", "div", "pre")
_NUMBER = re.compile(r"(?:chapter )?\d+(?:\.\d+)*[.:]?\s+", re.IGNORECASE)
_BLOCKS = frozenset(
    ("p", "li", "dd", "pre", "div", "dl", "ul", "ol", "table", "section", *_HEADINGS)
)
_CHROME_TAGS = ("script", "style", "nav", "aside", "footer")
_MAY_BE_CHROME = (*_CHROME_TAGS, "div", "section", "ul", "ol", "table", "p", "span", "a", "h3")
_CHROME_CLASSES = frozenset(
    "sphinxsidebar related toc sidebar contents topic headerlink navheader navfooter toctree-wrapper "
    "wy-nav-side breadcrumbs out-of-band sub-nav top-nav linenos sphx-glr-footer".split()
)
_CHROME_ROLES = frozenset(("navigation", "search", "contentinfo", "banner"))


def pages(folder: Path) -> Iterator[Path]:
    """The pages of a package that may hold prose, in a fixed order."""
    found = sorted(
        path for kind in ("*.html", "*.htm", "*.html.en") for path in folder.rglob(kind)
    )
    for path in found:
        unread = not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST_PAGE
        if not unread and not _LEFT_OUT.search(f"/{path.relative_to(folder).as_posix()}"):
            yield path


def paragraphs(html: bytes) -> list[str]:
    """The lines of a page: headings after two hashes, paragraphs, items, code that a sentence leads to."""
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    root = etree.fromstring(html, parser) if html.strip() else None
    if root is None:
        return []
    for element in list(root.iter(*_MAY_BE_CHROME)):
        if _is_chrome(element):
            _remove(element)
    return list(with_body(_lines(root)))


def is_heading(line: str) -> bool:
    return line.startswith("## ")


def with_body(lines: Iterable[str]) -> Iterator[str]:
    """Without headings under which nothing is left, and without code that no sentence leads to."""
    heading, before = "", ""
    for line in lines:
        if is_heading(line):
            heading = line
        elif not line.startswith("```") or before.endswith(":"):
            if heading.strip("# "):
                yield heading
            yield line
            heading = ""
        before = line


def _is_chrome(element: Element) -> bool:
    return (
        element.tag in _CHROME_TAGS
        or not _CHROME_CLASSES.isdisjoint((element.get("class") or "").split())
        or element.get("role") in _CHROME_ROLES
    )


def _remove(element: Element) -> None:
    """Take an element out; what follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail or "", element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _lines(root: Element) -> Iterator[str]:
    for element in root.iter(*_SAYS):
        tag = str(element.tag)
        if tag == "pre":
            code = webtext.said(element).strip("\n").rstrip()
            if 0 < len(code) <= LONGEST_CODE:
                yield f"```\n{code}\n```"
            continue
        said = " ".join(_own(element).replace("¶", "").split())
        if tag in _HEADINGS:
            yield f"## {_NUMBER.sub('', said)}"
        elif len(said) >= SHORTEST[tag] and _is_prose(said):
            yield f"- {said}" if tag == "li" else said


def _own(element: Element) -> str:
    """What an element says before the first block inside it, which speaks for itself."""
    said = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS:
            break
        said += [webtext.said(child), child.tail or ""]
    return "".join(said)


def _is_prose(text: str) -> bool:
    letters = sum(map(str.isalpha, text)) + text.count(" ")
    words = text.lower().split()
    common = sum(word in _COMMON for word in words)
    return letters >= LETTERS * len(text) and common >= ENGLISH * len(words)
