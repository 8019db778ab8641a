"""What an element of a web page is for: navigation, links, layout, code of some language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from lxml.etree import _Element as Element

from curation.sources import titles, webtext

_CHROME = frozenset(
    "sphinxsidebar sphinxsidebarwrapper sidebar side-bar breadcrumb breadcrumbs navbar navigation "
    "site-header site-footer footer page-footer related clearer searchbox cookie-banner headerlink "
    "wy-nav-side wy-breadcrumbs rst-footer-buttons md-sidebar md-header md-footer md-tabs skip-link "
    "skiplink toc-backref toc table-of-contents tableofcontents toctree-wrapper pagination "
    "mw-navigation mw-head mw-panel jump-to-nav sitesub contentsub navheader navfooter page-metadata sharedaddy edit-page theme-doc-sidebar-container theme-doc-breadcrumbs "
    "theme-doc-footer catlinks printfooter mw-editsection noprint comments-area".split()
)
_AROUND = re.compile(
    r"(?:(?:site|page|main|left|right|top|global|primary|secondary|nav)[-_]?)*"
    r"(?:side-?bars?|footers?|nav-?bars?|side-?nav|bread-?crumbs?)"
    r"(?:[-_](?:area|wrap|wrapper|inner|section|widgets?|top|bottom|left|right|menu|nav|links))*[-_]?\d*"
)
"""How sites call what stands around their text."""
_CHROME_ROLES = frozenset(
    "navigation search contentinfo banner complementary dialog alertdialog".split()
)
_TURNS = frozenset("next prev previous up start top home contents index first last".split())
LONGEST_PAGER = 400
"""Characters of a line that turns pages."""
PART = re.compile(r"\s*\d{1,3}(?:\.\d{1,3})+\.?\s+(?=\S)")
"""The number of a section: `2.1`."""
_LABEL = re.compile(r"\w{0,12}\W{0,3}\d*\s?[:.)]*")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def is_chrome(element: Element) -> bool:
    """Navigation and the like, unless it holds what a page has once: it is no chrome then."""
    chrome = (
        element.tag in ("nav", "aside", "footer")
        or element.get("role") in _CHROME_ROLES
        or _names_chrome(element.get("id") or "")
        or _names_chrome(element.get("class") or "")
    )
    return chrome and not _is_roof(element)


@lru_cache(10_000)
def _names_chrome(names: str) -> bool:
    return any(each in _CHROME or bool(_AROUND.fullmatch(each)) for each in names.lower().split())


def is_path(element: Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('aria-label') or ''}".lower()
    return "breadcrumb" in names


def pagers(root: Element) -> frozenset[Element]:
    """What holds nothing but links to the pages before, behind and above this one."""
    parents = {each.getparent() for each in root.iter("a") if _turns(each)}
    return frozenset(each for each in parents if each is not None and _is_pager(each))


def _is_pager(element: Element) -> bool:
    return len(webtext.words(element)) <= LONGEST_PAGER and all(map(_turns, element.iter("a")))


def _turns(link: Element) -> bool:
    rel = (link.get("rel") or "").lower()
    return rel in _TURNS or (link.get("accesskey") or "").lower() in tuple("npuh")


def _is_roof(element: Element) -> bool:
    return next(element.iter("main", "article", "h1", "details"), None) is not None


def item_hrefs(item: Element) -> tuple[str, ...]:
    """Where an item leads, if its own words are one link and no more than a number before it."""
    if next(item.iter("a"), None) is None:
        return ()
    links = [x for x in item.iter("a") if not any(a.tag in ("ul", "ol") for a in _up(x, item))]
    # Old pages name a place by an element that links nowhere: `<a name="toc1">1.</a>`.
    links = [each for each in links if each.get("href")]
    if len(links) != 1:
        return ()
    said = titles.plain(webtext.words(item))
    for nested in item.iter("ul", "ol"):
        said = said.removesuffix(titles.plain(webtext.words(nested))).strip()
    linked = titles.plain(webtext.words(links[0]))
    if not linked or not said.endswith(linked) or len(said) > len(linked) + 6:
        return ()
    return (str(links[0].get("href")),)


def _up(element: Element, root: Element) -> Iterator[Element]:
    for each in element.iterancestors():
        if each is root:
            return
        yield each


def hrefs(element: Element) -> tuple[str, ...]:
    """Where it leads, if all its words are links."""
    links = [each for each in element.iter("a") if each.get("href")]
    return _leading(links, webtext.words(element)) if links else ()


def run_hrefs(before: str, inline: Iterable[Element]) -> tuple[str, ...]:
    """Where a run of text leads, if all its words are links."""
    inside = [each for each in inline if each.tag == "a" or len(each)]
    links = [link for each in inside for link in each.iter("a") if link.get("href")]
    if not links:
        return ()
    said = before + " ".join(f"{webtext.words(each)} {each.tail or ''}" for each in inline)
    return _leading(links, said)


def _leading(links: Sequence[Element], said: str) -> tuple[str, ...]:
    linked = " ".join(map(webtext.words, links))
    if len(linked) < 0.4 * len(said):
        return ()  # with so few words in links, no numbers or bars between them matter
    if _letters(linked) < 0.9 * _letters(said):
        return ()
    return tuple(str(each.get("href")) for each in links)


def _letters(text: str) -> int:
    return len(re.sub(r"[\W\d_]+", "", text))


def is_data(table: Element) -> bool:
    """Whether it is a table and not a layout: cells without blocks, two columns and more."""
    if table.get("role") == "presentation" or next(table.iter(*_HEADINGS, "dl"), None) is not None:
        return False
    if next(table.iterdescendants("table"), None) is not None:
        return False
    widths = [sum(map(_says, row.iterchildren("td", "th"))) for row in table.iter("tr")]
    return len(widths) > 1 and max(widths) > 1


def _says(cell: Element) -> bool:
    """Whether a cell is more than a margin."""
    said = any(not str(text).isspace() for text in cell.itertext())
    return said or any(each.get("alt") for each in cell.iter("img"))


def are_numbered(root: Element, tag: str) -> bool:
    """Whether headings of this kind are numbered through, as chapters of a book are."""
    found = list(root.iter(tag))
    return (
        len(found) > 2 and sum(bool(PART.match(webtext.words(x))) for x in found) > len(found) / 2
    )


def unlabelled(row: Element) -> list[Element]:
    """The cells of a row of questions or answers, without the one that only says which it is."""
    cells = [each for each in row if each.tag in ("td", "th")]
    if len(cells) > 1 and _LABEL.fullmatch(webtext.words(cells[0])):
        return cells[1:]
    return cells or [row]


def language(element: Element) -> str:
    """Of a code block, from its own class or those around it."""
    around = [element, *element.iter("code"), *list(element.iterancestors())[:2]]
    for each in around:
        for name in webtext.classes(each):
            found = re.fullmatch(r"(?:language|lang|highlight|brush:?)-(?:source-)?(\w+)", name)
            if found and found[1] not in ("default", "none", "text"):
                return found[1].removesuffix("3") if found[1] == "python3" else found[1]
    return ""
