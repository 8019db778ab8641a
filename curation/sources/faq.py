"""A Markdown page as FAQ entries, or, where nothing is asked, as sections of a page.

Every heading gets one part: an entry, a piece of the entry above it, the roof of a section,
or a section of plain text. Tables of contents repeat the questions and are left out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from curation.sources import markdown
from curation.sources.markdown import Heading, Page
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

NO_FAQ = 99
"""The level of entries on a page that is no FAQ: deeper than any heading."""

_FAQ_NAME = re.compile(r"\bfaqs?\b|frequently.asked|\bquestions\b|häufige fragen", re.IGNORECASE)
_ASKS = re.compile(r"\uff1f|[?\u061f](?=[\s\"'\u2019\u201d)\]*_]|$)")
_WH = re.compile(r"(?:how|what|why|when|where|who|which)\b", re.IGNORECASE)
_ANSWER_PREFIX = re.compile(r"\A(?:>\s*)?(?:\*\*|__)?A(?:nswer)?\s*\d*\s*:(?:\*\*|__)?\s*")


@dataclass(frozen=True)
class _Block:
    """A heading and the lines that are its own."""

    heading: Heading
    end: int
    asks: bool
    roof: bool
    """Whether questions stand below it."""


def read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    """Yield the entries and sections of a page."""
    page = markdown.parse(text)
    blocks = _blocks(page)
    level = _entry_level(page, blocks, name)
    number = 0
    while number < len(blocks):
        block = blocks[number]
        parts = 1
        if _is_entry(block, level):
            parts += _following_parts(blocks, number)
        yield from _found(page, blocks[number : number + parts], level, name, notes)
        number += parts
    notes.counts["contents entries skipped"] += sum(each.links for each in page.link_lists)


def asks(title: str) -> bool:
    """Whether a heading looks like a question."""
    if _ASKS.search(re.sub(r"`[^`]*`|https?://\S+", "", title)):
        return True
    return bool(_WH.match(title)) and len(title.split()) >= 3


def _blocks(page: Page) -> list[_Block]:
    headings = _used(page)
    ends = [*(each.start for each in headings[1:]), len(page.lines)][: len(headings)]
    return [
        _Block(heading, end, asks(heading.title), _has_questions_below(headings[number:]))
        for number, (heading, end) in enumerate(zip(headings, ends, strict=True))
    ]


def _used(page: Page) -> list[Heading]:
    """The headings that cut the page: bold ones only where no other asks anything."""
    real = [each for each in page.headings if each.style in ("heading", "html")]
    asked = any(asks(each.title) for each in real)
    used = real if asked else list(page.headings)
    first = used[0].start if used else len(page.lines)
    if page.text(0, first).strip():
        used.insert(0, Heading(0, page.title, 0, 0, "page"))
    return used


def _has_questions_below(headings: list[Heading]) -> bool:
    below = headings[1:]
    depth = headings[0].level
    inside = next((i for i, each in enumerate(below) if each.level <= depth), len(below))
    return any(asks(each.title) for each in below[:inside])


def _entry_level(page: Page, blocks: list[_Block], name: str) -> int:
    """The level from which a heading is an entry even if it does not ask."""
    asking = [each.heading.level for each in blocks if each.asks and _is_long(each.heading)]
    telling = [x.heading.level for x in blocks if not x.asks and _own_text(page, x)]
    titles = (PurePosixPath(name).stem, page.title, blocks[0].heading.title if blocks else "")
    named = any(_FAQ_NAME.search(re.sub(r"[_-]", " ", each)) for each in titles)
    roofs = sum(each.roof for each in blocks)
    if asking and (named or (len(asking) >= 2 and len(asking) >= len(telling) - roofs)):
        return min(asking)
    if named and telling and not asking:
        return Counter(telling).most_common(1)[0][0] or 1
    return NO_FAQ


def _is_entry(block: _Block, level: int) -> bool:
    if block.asks:
        return level < NO_FAQ or _is_long(block.heading)
    return block.heading.level >= level and not block.roof


def _is_long(heading: Heading) -> bool:
    """In a readme "Why?" is a heading; it is a question only where others stand beside it."""
    return len(heading.title.split()) >= 3


def _following_parts(blocks: list[_Block], number: int) -> int:
    """How many of the next headings are pieces of this entry's answer."""
    parts = 0
    for each in blocks[number + 1 :]:
        if each.asks or each.roof or each.heading.level <= blocks[number].heading.level:
            break
        parts += 1
    return parts


def _found(
    page: Page, blocks: list[_Block], level: int, name: str, notes: Notes
) -> Iterator[Found]:
    first = blocks[0]
    locator = f"{name}#L{first.heading.start + 1}"
    if _is_entry(first, level):
        text = page.text(first.heading.end, blocks[-1].end)
        yield from _entry(first, _ANSWER_PREFIX.sub("", text, count=1), locator, notes)
        return
    text = _own_text(page, first)
    if not text:
        if _index_links(page, first):
            yield Drop("only-links", locator, evidence=first.heading.title)
    elif level < NO_FAQ and first.roof:
        yield Drop("section-intro", locator, evidence=text)
    else:
        title = first.heading.title or PurePosixPath(name).stem
        notes.counts["sections"] += 1
        yield Unit("page", title, locator, text)


def _entry(block: _Block, text: str, locator: str, notes: Notes) -> Iterator[Found]:
    if text:
        notes.counts["entries"] += 1
        signals = () if block.asks else ("statement",)
        styled = (f"{block.heading.style}-question",) if block.heading.level == 7 else ()
        yield Unit("faq", block.heading.title, locator, text, signals=signals + styled)
    elif not block.roof:
        yield Drop("no-answer", locator, evidence=block.heading.title)


def _own_text(page: Page, block: _Block) -> str:
    """The text right below a heading, without lists of links into this site."""
    start, end = block.heading.end, block.end
    parts: list[str] = []
    for each in page.link_lists:
        if start <= each.start < end:
            parts.append(page.text(start, each.start))
            start = each.end
    return "\n\n".join(filter(None, (*parts, page.text(start, end))))


def _index_links(page: Page, block: _Block) -> bool:
    """Whether the block is a list of links to other pages."""
    inside = [x for x in page.link_lists if block.heading.end <= x.start < block.end]
    return any(not each.within_page for each in inside)
