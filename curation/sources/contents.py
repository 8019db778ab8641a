"""Tables of contents and indexes: lists that lead to what is said elsewhere."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from curation.sources import titles
from curation.sources.document import PAIRS, Block, every

_LINK = re.compile(r"\[[^\]]*\]\((?![a-z][a-z0-9+.-]*:|//)[^)]*\)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d]\w*")
_COLOPHON = re.compile(
    r"©|\(c\)|copyright\b|all rights reserved|(?:page |document )?last (?:modified|updated?|changed|edited)"
    r"|(?:generated|powered|built|created|maintained) (?:by|with|on)\b|back to (?:top|home)|\[?(?:home|top)\]?\(?"
    r"|available languages|this (?:page|document) (?:was )?last|\$(?:date|id|revision)\b|tous droits|alle rechte",
    re.IGNORECASE,
)
LONGEST_TAIL = 60
"""Words."""
LONGEST_LINE = 300
"""Characters of a paragraph's first line; a longer one is no title."""
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def mark(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks; what is a table of contents has its links as `hrefs`."""
    said = {
        titles.plain(_title(each)) for each in every(blocks) if each.kind not in ("item", "list")
    }
    said.discard("")
    return [_marked(each, said) for each in blocks]


def cut_tail(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block]]:
    """The blocks, and what a page ends on: links elsewhere, dates, who owns it."""
    end = len(blocks)
    while end > 1 and _is_tail(blocks[end - 1]) and blocks[end - 2].kind != "heading":
        end -= 1
    return blocks[:end], blocks[end:]


def _is_tail(block: Block) -> bool:
    if block.kind not in ("text", "list") or len(block.text.split()) > LONGEST_TAIL:
        return False
    return is_list(block) or bool(_COLOPHON.match(block.text.lstrip("*_- \n")))


def is_list(block: Block) -> bool:
    """Whether a marked block is a table of contents, or an index of other pages."""
    return block.kind in ("list", "text") and len(block.hrefs) >= 2


def is_link(answer: str) -> bool:
    """Whether an answer says no more than where in this site it stands; numbers say nothing."""
    left, links = _LINK.subn(" ", answer)
    most = max(3, links)
    return links > 0 and len(list(islice(_WORD.finditer(left), most + 1))) <= most


def within_page(block: Block) -> bool:
    return any(each.startswith("#") for each in block.hrefs)


def _marked(block: Block, said: Collection[str]) -> Block:
    if block.kind in PAIRS and block.inside:
        inside = [_marked(each, said) for each in block.inside]
        hrefs = tuple(href for each in inside for href in each.hrefs)
        return replace(block, kind="list", hrefs=hrefs) if all(map(is_list, inside)) else block
    if block.kind == "text" and block.hrefs:
        here = [each for each in block.hrefs if not ELSEWHERE.match(each)]
        return replace(block, hrefs=tuple(here) if len(here) > 1 else ())
    if block.kind != "list":
        return block
    items = list(_items(block))
    targets = [found for each in items if (found := _target(each, said))]
    listed = len(targets) >= max(2, 0.6 * len(items))
    return replace(block, hrefs=tuple(targets) if listed else ())


def _title(block: Block) -> str:
    """Its title, or the first line of a paragraph, which may be one."""
    first = block.title or block.text[: LONGEST_LINE + 1].split("\n", 1)[0]
    return "" if len(first) > LONGEST_LINE else block.title or titles.clean(first)


def _items(block: Block) -> Iterator[Block]:
    for each in every(block.inside):
        if each.kind != "list":
            yield each


def _target(item: Block, said: Collection[str]) -> str:
    """Where an item leads if it is one link into this site, or a title said again; else ""."""
    if titles.plain(titles.clean(item.title)) in said:
        return "#"
    leads = item.hrefs[0] if item.kind == "item" and item.hrefs else ""
    return "" if ELSEWHERE.match(leads) else leads
