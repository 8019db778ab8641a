"""A document cut at its headings, and which of the headings are questions.

Whether a heading that asks nothing is an entry too, the company it keeps decides: in an FAQ
`Two-step verification` is one, in a manual it is a section.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath

from curation.sources import contents, detectors, titles
from curation.sources.detectors import Candidate
from curation.sources.document import DEEPEST_LEVEL, PAIRS, Block, Document, join

NO_FAQ = 99
"""The level of entries where there is no FAQ: deeper than any heading."""
FEWEST = {"line": 3, "item": 2, "numbered": 2, "term": 2}
"""So many answered questions make a detector credible where the page is not called an FAQ."""
FEWEST_NAMED = {"line": 2}
"""And so many where it is."""
LONGEST_LEAD = 400
FEWEST_BELOW = 3
"""Questions below the title of a page that asks in their name."""
LONGEST_INTRO = 40
"""Words of a heading's own, before questions below it; with more it tells something itself."""
_ASKS = re.compile(r"[?\uff1f\u061f\u037e]")
_SIGNS = re.compile(r"[?\uff1f\u061f\u037e]|\*\*|__|\A\W*\w{1,9}[:.)\uff1a]")


@dataclass(frozen=True)
class Section:
    """A heading and the blocks that are its own."""

    heading: Block
    blocks: tuple[Block, ...]
    roof: bool = False
    """Whether questions stand below it."""
    opens: bool = False
    """Whether it is the title of the page, and asks only in the name of what is below it."""
    level: int = NO_FAQ
    """From which headings around it are entries even if they do not ask."""
    named: bool = False
    """Whether it belongs to something called an FAQ."""
    inner: Candidate | None = None
    """The entries inside it, where they are more than pieces of an answer."""
    rejected: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.heading.title

    @property
    def asks(self) -> bool:
        return titles.asks(self.title) and not self.opens and not titles.is_boilerplate(self.title)

    @property
    def own_text(self) -> str:
        """Its text without tables of contents."""
        return join(each for each in self.blocks if each.kind != "list" or not each.hrefs)

    @property
    def is_entry(self) -> bool:
        if self.inner is not None or titles.is_boilerplate(self.title):
            return False
        if self.asks:
            return self.level < NO_FAQ and (
                titles.is_marked(self.title) or self.heading.level >= self.level
            )
        if not self.title or self.heading.level < self.level:
            return False
        tells = self.heading.level == self.level and len(self.own_text.split()) > LONGEST_INTRO
        return tells or not self.roof


def cut(document: Document, blocks: Sequence[Block], name: str, forced: str) -> list[Section]:
    """The sections of a document, each with what is known of it."""
    found = _plain_cut(document, blocks)
    named = _is_named(document, found, name)
    found = [_with_inner(each, forced, named=named) for each in found]
    told = named and not any(each.asks for each in found)
    counts = Counter(each.inner.detector for each in found if each.inner and each.inner.asked)
    usual = counts.most_common(1)[0][0] if counts else ""
    if usual and not forced:
        # One question alone in its section counts where the page writes others the same way.
        found = [each if each.inner else _with_inner(each, "", usual, told=told) for each in found]
    found = _roofed(_opened(found))
    if forced not in ("", "heading") and all(x.heading.style != forced for x in found):
        return found
    done: list[Section] = []
    for region, inside_faq in _regions(found, named=named):
        level = _entry_level(region, named=inside_faq)
        same = level == NO_FAQ and not inside_faq
        done += [x if same else replace(x, level=level, named=inside_faq) for x in region]
    return done


def _plain_cut(document: Document, blocks: Sequence[Block]) -> list[Section]:
    starts = [i for i, each in enumerate(blocks) if each.kind == "heading"]
    found = [
        Section(blocks[start], tuple(blocks[start + 1 : end]))
        for start, end in pairwise([*starts, len(blocks)])
    ]
    before = blocks[: starts[0]] if starts else blocks
    if any(each.text.strip() for each in before):
        top = Block("heading", "", before[0].line, titles.clean(document.title), style="page")
        found.insert(0, Section(top, tuple(before)))
    return found


def _is_named(document: Document, found: Sequence[Section], name: str) -> bool:
    first = found[0].title if found else ""
    tops = [each.title for each in found if each.heading.level == 1][:2]
    own = document.title if name.endswith(".pod") else _own_name(document.title)
    called = (PurePosixPath(name).name.split(".")[0], own, document.within, first, *tops)
    if any(map(titles.names_faq, called)):
        return True
    in_folder = titles.names_faq(PurePosixPath(name).parent.name)
    return in_folder and any(each.asks for each in found)


def _own_name(title: str) -> str:
    """A page's title without the name of the site after it."""
    for mark in (" | ", " \u2013 ", " \u2014 ", " - ", " \u00b7 ", " :: "):
        title = title.split(mark, maxsplit=1)[0]
    return title


def _with_inner(
    section: Section, forced: str, usual: str = "", *, named: bool = False, told: bool = False
) -> Section:
    """The section with the entries inside it; `told` where titles of entries need not ask."""
    if forced == "heading" or (forced and section.heading.style == forced):
        return section
    blocks = [each for each in section.blocks if not contents.is_list(each)]
    if not forced and not _may_hold_questions(section, blocks):
        return section
    named = named or titles.names_faq(section.title)
    found = detectors.compete(blocks, forced)
    good = [each for each in found if forced or _is_credible(each, section, named=named)]
    if usual and not titles.asks(section.title):
        good = [each for each in found if each.detector == usual and _is_alike(each, told=told)]
    best = good[0] if good else None
    lost = tuple(_reason(each, section, best) for each in found if each is not best)
    return replace(section, inner=best, rejected=lost)


def _is_alike(found: Candidate, *, told: bool) -> bool:
    """Whether it may be what the page is written in elsewhere; pairs need not ask mostly."""
    if told and found.share_answered > 0.8:
        return True
    floor = found.is_good or (found.detector in PAIRS and found.share_answered > 0.5)
    return bool(found.asked) and floor


def _is_credible(found: Candidate, section: Section, *, named: bool) -> bool:
    answered = found.asked
    if titles.asks(section.title) and not titles.is_boilerplate(section.title):
        # An answer may hold a question; it is a list of questions if it holds little else.
        lead = len(join(found.lead))
        return (
            found.is_good
            and answered
            >= (1 if found.detector in PAIRS and not titles.is_marked(section.title) else 2)
            and found.share_asking >= 0.8
            and (lead <= LONGEST_LEAD and found.detector not in ("line", "columns"))
        )
    if named and found.detector in ("details", "toggle") and found.share_answered > 0.5:
        return True
    if named and found.detector == "item" and len(found.entries) >= 3:
        return found.share_answered > 0.8 and found.share_asking >= 0.2
    if found.detector == "columns":
        return found.share_answered > 0.5
    if found.detector == "item" and not named and not _are_questions(found, section.blocks):
        return False
    fewest = FEWEST_NAMED.get(found.detector, 1) if named else FEWEST.get(found.detector, 1)
    return found.is_good and answered >= fewest


def _are_questions(found: Candidate, blocks: Sequence[Block]) -> bool:
    """Whether list items of a page that is no FAQ are questions for all that.

    An overview asks and answers in one line; release notes say `When a page is ..., it is ...`.
    """
    below = any(item.inside for each in blocks if each.kind == "list" for item in each.inside)
    marked = [each for each in found.entries if titles.is_marked(each.title)]
    return below and len(marked) >= FEWEST["item"]


def _may_hold_questions(section: Section, blocks: Sequence[Block]) -> bool:
    """Whether it is worth asking the detectors: an answer without questions in it is not."""
    if titles.is_marked(section.title) and not titles.is_boilerplate(section.title):
        return sum(len(_ASKS.findall(each.text)) for each in blocks) > 1
    return any(map(_may_ask, blocks))


def _may_ask(block: Block) -> bool:
    return block.kind in (*PAIRS, "table", "list") or bool(_SIGNS.search(block.text))


def _reason(found: Candidate, section: Section, best: Candidate | None) -> str:
    asked = sum(each.asks or each.called for each in found.entries)
    where = f" in {section.title!r}" if section.title else ""
    why = f"{best.detector} won" if best else "too few"
    return f"{found.detector}{where}: {asked} of {len(found.entries)} ask, {why}"


def _opened(found: list[Section]) -> list[Section]:
    """The same sections; the one title above all questions asks nothing by itself.

    `How does it differ from ...?` is a chapter, unless it has an answer of some length.
    """
    tops = [i for i, each in enumerate(found) if each.heading.level == 1]
    if len(tops) != 1 or not found[tops[0]].asks:
        return found
    below = [each for each in found[tops[0] + 1 :] if each.heading.level > 1]
    asking = sum(each.asks for each in below)
    told = len(found[tops[0]].own_text.split()) > LONGEST_INTRO
    if told or asking < FEWEST_BELOW or 2 * asking < len(below):
        return found
    return [replace(each, opens=True) if i == tops[0] else each for i, each in enumerate(found)]


def _roofed(found: Sequence[Section]) -> list[Section]:
    """The same sections; those with questions below them are roofs. From the last upwards."""
    done: list[Section] = []
    asked_at = [False] * (DEEPEST_LEVEL + 2)
    for section in reversed(found):
        depth = section.heading.level
        roof = any(asked_at[depth + 1 :])
        done.append(replace(section, roof=True) if roof else section)
        holds = section.asks or section.inner is not None or roof
        # What is below this heading is below no other one of its level.
        asked_at[depth + 1 :] = [False] * (len(asked_at) - depth - 1)
        asked_at[depth] = asked_at[depth] or holds
    return done[::-1]


def _regions(found: list[Section], *, named: bool) -> list[tuple[list[Section], bool]]:
    """The whole page, or, in a page of another name, what is below a heading called FAQ."""
    if named:
        return [(found, True)]
    regions: list[tuple[list[Section], bool]] = [([], False)]
    depth = NO_FAQ
    for section in found:
        level = section.heading.level
        if depth < NO_FAQ and level <= depth:
            depth = NO_FAQ
            regions.append(([], False))
        if depth == NO_FAQ and titles.names_faq(section.title) and not section.asks:
            depth = level
            regions.append(([], True))
        regions[-1][0].append(section)
    outside = [each for region, inside in regions if not inside for each in region]
    level = _entry_level(outside, named=False)
    return [
        (region, inside) if inside else ([replace(x, level=level) for x in region], level < NO_FAQ)
        for region, inside in regions
    ]


def _entry_level(found: Sequence[Section], *, named: bool) -> int:
    may_ask = [x for x in found if x.asks and x.inner is None and not _is_slogan(x, named=named)]
    asking = [x.heading.level for x in may_ask if _is_long(x.title)]
    strict = [x for x in may_ask if titles.is_marked(x.title)]
    telling = [x for x in found if _tells(x)]
    roofs = sum(each.roof for each in found)
    if len(strict) > 1 and len(telling) == roofs:
        return min(x.heading.level for x in strict)
    if named and (asking or strict):
        return _usual_level(found, {*asking, *(x.heading.level for x in strict)})
    if len(asking) >= 2 and len(asking) >= len(telling) - roofs and len(strict) >= 2:
        return min(asking)
    if named and len(telling) > 1 and not asking and not any(each.inner for each in found):
        levels = Counter(x.heading.level for x in telling if not titles.names_faq(x.title))
        return max(levels, key=lambda level: (levels[level], level), default=NO_FAQ)
    return NO_FAQ


def _is_slogan(section: Section, *, named: bool) -> bool:
    return titles.is_slogan(section.title) and not (named and titles.is_marked(section.title))


def _usual_level(found: Sequence[Section], asking: Collection[int]) -> int:
    """The highest level on which it is usual to ask; else the highest on which one asks."""
    for level in sorted(asking):
        beside = [
            x for x in found if x.heading.level == level and not titles.is_boilerplate(x.title)
        ]
        if 2 * sum(each.asks for each in beside) >= len(beside):
            return level
    return min(asking)


def _tells(section: Section) -> bool:
    if section.asks or section.heading.level == 0 or titles.is_boilerplate(section.title):
        return False
    return any(not contents.is_list(each) for each in section.blocks)


def _is_long(title: str) -> bool:
    """In a readme "Why?" is a heading; it is a question only where others stand beside it."""
    if not title.isascii() and titles.is_wordless(title):
        return len(title) > 3
    return len(title.split()) >= 3 or bool(titles.is_marked(title) and len(title) > 12)
