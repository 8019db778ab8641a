"""A web page as a document: what is text of its own, without navigation, chrome and pilcrows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml.etree import _Element as Element

from curation.sources import accordions, declared, titles, weblooks, webtext, webtree
from curation.sources.accordions import Toggles
from curation.sources.document import Block, BlockKind, Document, join
from curation.sources.webtext import BLOCKS

LINE_MARK = "source-line-"
LINE_ID = re.compile(rf"{LINE_MARK}(\d{{1,9}})(?:-\d+)?")
"""An id by which a format that is read by way of HTML says where its own line was."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class _Page:
    """What is known of a whole page while its elements are walked."""

    toggles: Toggles
    pagers: frozenset[Element] = frozenset()
    offset: int = 0
    """Lines before it, where it is a piece of a larger file."""
    marked: bool = False
    """Whether its elements say by their ids where their own lines were."""
    numbered: frozenset[str] = frozenset()
    """Tags of headings that are numbered through: `2.1 error while loading`."""


def parse(text: str, offset: int = 0) -> Document:
    """The blocks of a page or of a fragment of one."""
    root = webtree.parse(text)
    if root is None:
        return Document(())
    page = _Page(
        accordions.find(root),
        weblooks.pagers(root),
        offset,
        marked=LINE_MARK in text,
        numbered=frozenset(each for each in _HEADINGS if weblooks.are_numbered(root, each)),
    )
    return Document(
        blocks=tuple(_walk(webtree.main(root), page)),
        title=webtree.title(root),
        within=webtree.within(root),
        declared=tuple(declared.find(root, to_markdown)),
    )


_HTML = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]\w*;")
_INLINE = re.compile(
    r"<(/?)(?:a|abbr|b|code|del|em|font|i|kbd|mark|s|small|span|strong|sub|sup|u)\b[^<>]*>"
)


def to_markdown(fragment: str) -> str:
    """A fragment of HTML as Markdown; text without any tags stays as it is, and so do its lines."""
    if not _HTML.search(fragment):
        return fragment.strip()
    if _is_lines(fragment):
        return "\n".join(map(_marked_line, fragment.strip().split("\n")))
    root = webtree.parse(fragment)
    return "" if root is None else join(_walk(root, _Page(Toggles()))).strip()


def _is_lines(fragment: str) -> bool:
    """Whether it is lines of text or Markdown, with no tags but some within a line."""
    lines = fragment.strip().split("\n")
    if len(lines) < 2 or re.search(r"<[a-zA-Z/!]", _INLINE.sub("", fragment)):
        return False
    opened = ([bool(each[1]) for each in _INLINE.finditer(line)] for line in lines)
    return all(2 * sum(each) == len(each) for each in opened)


def _marked_line(line: str) -> str:
    if not _HTML.search(line):
        return line.rstrip()
    begun = re.match(r"\s*(?:[-*+>]\s+|\d+[.)]\s+|#{1,6}\s+)?", line)
    lead = begun[0] if begun else ""
    return lead + to_markdown(line[len(lead) :])


def _walk(element: Element, page: _Page) -> Iterator[Block]:
    """The blocks inside an element; runs of text between them are blocks too."""
    run = [webtext.spaced(element.text)]
    inline: list[Element] = []
    begun = element
    for child in element:
        if _is_left_out(child, page):
            run.append(webtext.spaced(child.tail))
            continue
        if not _is_block(child, page):
            run.append(webtext.piece(child))
            inline.append(child)
            run.append(webtext.spaced(child.tail))
            continue
        yield from _texts(run, inline, begun, page)
        yield from _block(child, page)
        run, inline, begun = [webtext.spaced(child.tail)], [], child
    yield from _texts(run, inline, begun, page)


def _is_left_out(element: Element, page: _Page) -> bool:
    return (
        webtext.is_silent(element)
        or element.tag == "summary"
        or element in page.toggles.shown
        or element in page.toggles.tabs
        or element in page.pagers
        or weblooks.is_chrome(element)
    )


def _texts(
    run: Sequence[str], inline: Sequence[Element], begun: Element, page: _Page
) -> Iterator[Block]:
    """A run of text; two line breaks in a row are the paragraph that its writer meant."""
    said = "".join(run)
    if said.isspace() or not said:
        return
    line = _line(inline[0] if inline else begun, page)
    hrefs = weblooks.run_hrefs(run[0], inline)
    for part in re.split(r"\n[ \t]*(?:\n[ \t]*)+", said) if "\n" in said else (said,):
        if text := webtext.tidy(part):
            yield Block("text", text, line, hrefs=hrefs)


def _is_block(element: Element, page: _Page) -> bool:
    if element.tag in BLOCKS or element in page.toggles.opens:
        return True
    if not len(element):
        return False
    return webtext.holds_blocks(element) or (
        bool(page.toggles.opens)
        and any(each in page.toggles.opens for each in element.iterdescendants())
    )


def _line(element: Element, page: _Page) -> int:
    for each in (element, element.getparent()) if page.marked else ():
        name = each.get("id") if each is not None else None
        marked = LINE_ID.fullmatch(name) if name else None
        if marked:
            return int(marked[1])
    return webtext.line(element) + page.offset


def _block(element: Element, page: _Page) -> Iterator[Block]:
    tag = str(element.tag)
    if element in page.toggles.opens:
        yield _toggle(element, page)
    elif level := _heading_level(element, page):
        yield _heading(element, level, page)
    elif tag in ("ul", "ol"):
        yield _list(element, page)
    elif tag == "table" and weblooks.is_data(element):
        yield from _table(element, page)
    else:
        known = {"details": _details, "dl": _terms, "pre": _code, "blockquote": _quote}
        yield from known.get(tag, _container)(element, page)


def _toggle(element: Element, page: _Page) -> Block:
    panels = page.toggles.opens[element]
    if element.tag == "tr":
        panels = [cell for row in panels for cell in weblooks.unlabelled(row)]
        asked = weblooks.unlabelled(element)
    else:
        asked = [element]
    inside = tuple(b for each in panels for b in _panel(each, page))
    title = titles.clean_text(" ".join(map(webtext.words_with_code, asked)))
    return _pair("toggle", title, inside, _line(element, page))


def _code(element: Element, page: _Page) -> Iterator[Block]:
    body = webtext.said(element).strip("\n").rstrip()
    if body.strip():
        yield Block("code", webtext.fence(body, weblooks.language(element)), _line(element, page))


def _panel(panel: Element, page: _Page) -> Iterator[Block]:
    if panel.tag in BLOCKS and panel.tag not in ("div", "p", "section", "article"):
        yield from _block(panel, page)
    else:
        yield from _container(panel, page)


def _container(element: Element, page: _Page) -> Iterator[Block]:
    hrefs = weblooks.hrefs(element) if element.tag in ("div", "td", "center") else ()
    found = list(_walk(element, page))
    if hrefs and all(each.kind == "text" for each in found):
        found = [replace(each, hrefs=hrefs) for each in found]
    yield from found


def _heading_level(element: Element, page: _Page) -> int:
    if element.tag in _HEADINGS:
        inside = any(each in page.toggles.opens for each in element.iterdescendants())
        return 0 if inside else int(str(element.tag)[1])
    if element.get("role") == "heading" and not webtext.holds_blocks(element):
        level = element.get("aria-level") or "2"
        return int(level) if level in tuple("123456") else 2
    return 0


def _heading(element: Element, level: int, page: _Page) -> Block:
    said = webtext.words_with_code(element)
    if element.tag in page.numbered:
        said = weblooks.PART.sub("", said)
    title = titles.clean_text(said)
    hrefs = weblooks.hrefs(element)
    line = _line(element, page)
    return Block("heading", f"{'#' * level} {title}", line, title, level, hrefs=hrefs)


def _pair(kind: BlockKind, title: str, inside: tuple[Block, ...], line: int) -> Block:
    body = join(inside)
    text = f"**{title}**\n\n{body}" if body else f"**{title}**"
    return Block(kind, text, line, title, inside=inside)


def _details(element: Element, page: _Page) -> Iterator[Block]:
    summary = element.find("summary")
    inside = tuple(_walk(element, page))
    if summary is None:
        yield from inside
        return
    title = titles.clean_text(webtext.words_with_code(summary))
    said = titles.plain(title)
    if inside and titles.plain(inside[0].title or inside[0].text) == said:
        inside = inside[1:]
    yield _pair("details", title, inside, _line(element, page))


def _list(element: Element, page: _Page) -> Block:
    items: list[Block] = []
    for number, child in enumerate(element):
        if child.tag in ("ul", "ol"):
            items.append(_list(child, page))
        elif isinstance(child.tag, str) and not webtext.is_silent(child):
            mark = f"{number + 1}. " if element.tag == "ol" else "- "
            items.append(_item(child, mark, page))
    items = [replace(each, close=True) if each.kind == "list" else each for each in items]
    items = [each for each in items if each.text.strip("-1234567890. ")]
    return Block("list", join(items), _line(element, page), inside=tuple(items))


def _item(element: Element, mark: str, page: _Page) -> Block:
    blocks = list(_walk(element, page))
    blocks = [replace(b, close=True) if b.kind == "list" else b for b in blocks]
    first = blocks[0] if blocks else None
    said = first.title or first.text if first else ""
    text = webtext.indent(join(blocks), mark)
    own = (first.inside if first and first.title else ()) + tuple(blocks[1:])
    line = _line(element, page)
    hrefs = weblooks.item_hrefs(element)
    return Block("item", text, line, said, inside=own, hrefs=hrefs, close=True)


def _terms(element: Element, page: _Page) -> Iterator[Block]:
    asked: list[Element] = []
    told: list[Block] = []
    for child in element.iterdescendants("dt", "dd"):
        if next(child.iterancestors("dl"), None) is not element:
            continue
        if child.tag == "dd":
            told += _walk(child, page)
            continue
        if told:
            yield from _term(asked, told, page)
            asked, told = [], []
        asked.append(child)
    if asked:
        yield from _term(asked, told, page)


def _term(asked: list[Element], told: list[Block], page: _Page) -> Iterator[Block]:
    if len(asked) > bool(told) and all(map(weblooks.item_hrefs, asked)):
        # Terms without definitions that each lead somewhere are a table of contents.
        items = tuple(_item(each, "- ", page) for each in asked)
        yield Block("list", join(items), _line(asked[0], page), inside=items)
        yield from told
        return
    title = titles.clean_text(" ".join(webtext.words_with_code(each) for each in asked))
    yield _pair("term", title, tuple(told), _line(asked[0], page) if asked else 1)


def _quote(element: Element, page: _Page) -> Iterator[Block]:
    inside = tuple(_walk(element, page))
    if inside:
        text = "\n".join(f"> {line}".rstrip() for line in join(inside).split("\n"))
        yield Block("text", text, _line(element, page), inside=inside)


def _table(element: Element, page: _Page) -> Iterator[Block]:
    line = _line(element, page)
    cells = [
        (row, tuple(join(_walk(cell, page)) for cell in row if cell.tag in ("td", "th")))
        for row in element.iter("tr")
    ]
    cells = [(row, said) for row, said in cells if any(said)]
    if 2 * sum(bool(_sign(*each)) for each in cells) > len(cells):
        for row, said in cells:
            sign = _sign(row, said)
            text = "\n\n".join(filter(None, said[1:] if sign and len(said) > 1 else said))
            yield Block("text", sign + text, line)
        return
    rows = tuple(said for _, said in cells)
    yield Block("table", webtext.table(rows), line, rows=rows)


def _sign(row: Element, said: Sequence[str]) -> str:
    """`Q: ` or `A: ` of a row that has it in a column of its own, or in its class."""
    for each in ("question", "answer"):
        if each in webtext.classes(row):
            return f"{each[0].upper()}: "
    marked = len(said) > 1 and webtext.MARKER.fullmatch(said[0].strip("*"))
    return f"{said[0].strip(' .:*')}: " if marked else ""
