"""A document as FAQ entries, or, where nothing is asked, as sections of a page.

Every section gets one part: an entry, a piece of the entry above it, the roof of a group, a
holder of entries that stand inside it, or a section of plain text. Tables of contents repeat
the questions and are left out; so is an FAQ that the page repeats.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from curation import contradictions
from curation.sources import contents, detectors, labels, openings, sections, titles
from curation.sources.detectors import Entry
from curation.sources.document import Document, join, unfold
from curation.sources.sections import Section
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

DECLARED = ("json-ld", "microdata", "front-matter")
STYLES = ("heading", *detectors.DETECTORS, *DECLARED)
"""What `--faq-style` takes."""
SHORTEST_SECTION = 12
"""Words; what is shorter beside an FAQ is furniture: a date, a button, a greeting."""
MOST_ANSWERS = 50
"""To one question that are remembered; a page with more asks nothing by it."""


@dataclass(frozen=True)
class _Asked:
    """An entry, and who found it."""

    entry: Entry
    detector: str


_Part = _Asked | Found


def read(document: Document, name: str, notes: Notes, style: str = "") -> Iterator[Found]:
    """Yield the entries and sections of a document."""
    parts = list(_parts(document, name, notes, style))
    asked = [each for each in parts if isinstance(each, _Asked)]
    index = _is_index(asked)
    heard = _Heard({titles.plain(x.entry.title) for x in asked if x.entry.text})
    for part in parts:
        if not isinstance(part, _Asked):
            yield from _section(part, notes, beside_faq=bool(asked) and not index)
        elif index and part.entry.text:
            yield Drop("only-links", _locator(name, part.entry.line), evidence=part.entry.title)
        else:
            yield from _entry(part, heard, name, notes)
    for detector in dict.fromkeys(each.detector for each in asked):
        count = notes.counts[f"entries by {detector}"]
        notes.names["detectors"].append(f"{detector} {count}")


def _parts(document: Document, name: str, notes: Notes, style: str) -> Iterator[_Part]:
    """The document in reading order; what it declares comes first."""
    if style in ("", *DECLARED):
        for each in document.declared:
            if style in ("", each.detector) and each.question:
                yield _Asked(Entry(each.question, each.answer, each.line), each.detector)
    marked = contents.mark(labels.resolve(list(unfold(document.blocks))))
    blocks, tail = contents.cut_tail(marked)
    for closing in tail:
        if not contents.is_list(closing):
            yield Drop("furniture", _locator(name, closing.line), evidence=closing.text)
    notes.counts["contents entries skipped"] += sum(
        len(each.hrefs) for each in (*blocks, *tail) if contents.is_list(each)
    )
    found = sections.cut(document, blocks, name, style)
    if style == "" and (single := _single_question(document, found, name)):
        yield single
        return
    number = 0
    while number < len(found):
        section = found[number]
        pieces = _pieces(found, number) if section.is_entry else 0
        yield from _found(found[number : number + 1 + pieces], name, notes)
        number += 1 + pieces


def _is_of_faq(document: Document, name: str) -> bool:
    """Whether it is one entry of an FAQ of many pages, by what is above it."""
    folder = PurePosixPath(name).parent.name
    return any(map(titles.names_faq, (document.within, folder)))


def _single_question(document: Document, found: Sequence[Section], name: str) -> _Asked | None:
    """A page that is one question, in its title or its only first heading."""
    tops = [each for each in found if each.heading.level == 1]
    title = tops[0].title if len(tops) == 1 else document.title
    below = [each for each in found if each.heading.level > 0 and each not in tops]
    others = [each for each in below if each.asks and each.title != title]
    alone = len([each for each in found if each.title]) == 1 and _is_of_faq(document, name)
    if alone and not titles.names_faq(found[-1].title):
        title = found[-1].title
    elif not titles.is_marked(title):
        return None
    if titles.is_boilerplate(title) or others or not found:
        return None
    if any(each.inner is not None and len(each.inner.entries) > 1 for each in found):
        return None
    headed = [each for each in below if not alone]
    blocks = [
        b
        for each in found
        for b in ((each.heading, *each.blocks) if each in headed else each.blocks)
    ]
    text = openings.answer(blocks)
    return _Asked(Entry(title, text, found[0].heading.line), "heading") if text else None


def _pieces(found: Sequence[Section], number: int) -> int:
    """How many of the next sections are pieces of this entry's answer."""
    pieces = 0
    for following in range(number + 1, len(found)):
        each = found[following]
        deeper = each.heading.level > found[number].heading.level
        if each.asks or each.roof or each.inner or not deeper:
            break
        pieces += 1
    return pieces


def _found(part: Sequence[Section], name: str, notes: Notes) -> Iterator[_Part]:
    first = part[0]
    if first.rejected and (first.inner or not first.is_entry):
        notes.names["detectors rejected"] += first.rejected
    if first.inner is not None:
        yield from _page(first, join(first.inner.lead), name)
        for entry in first.inner.entries:
            yield _Asked(entry, first.inner.detector)
    elif first.is_entry:
        below = [block for each in part[1:] for block in (each.heading, *each.blocks)]
        told = openings.answer([*first.blocks, *below])
        if told or not first.roof:
            yield _Asked(Entry(first.title, told, first.heading.line), first.heading.style)
    else:
        text = join(each for each in first.blocks if not contents.is_list(each))
        yield from _page(first, text, name)


def _page(section: Section, text: str, name: str) -> Iterator[Found]:
    locator = _locator(name, section.heading.line)
    lists = [each for each in section.blocks if contents.is_list(each)]
    if not text:
        if any(not contents.within_page(each) for each in lists):
            yield Drop("only-links", locator, evidence=section.title)
    elif section.inner is not None or (section.level < sections.NO_FAQ and section.roof):
        yield Drop("section-intro", locator, evidence=text)
    else:
        title = section.title or PurePosixPath(name).stem
        yield Unit("page", title, locator, text)


def _section(found: Found, notes: Notes, *, beside_faq: bool) -> Iterator[Found]:
    if isinstance(found, Unit):
        if beside_faq and len(found.text.split()) < SHORTEST_SECTION:
            yield Drop("furniture", found.locator, evidence=found.text)
            return
        notes.counts["sections"] += 1
    yield found


class _Heard:
    """What was asked before on this page, with its answers."""

    def __init__(self, answered: set[str]) -> None:
        self._answered = answered
        self._told: dict[str, list[str]] = {}

    def is_answered(self, title: str) -> bool:
        return titles.plain(title) in self._answered

    def repeats(self, entry: Entry) -> bool:
        """Whether the page said so before: the same question, and no answer with other facts."""
        before = self._told.setdefault(titles.plain(entry.title), [])
        alike = any(_is_alike(entry.text, each) for each in before)
        if len(before) < MOST_ANSWERS:
            before.append(entry.text)
        return alike


def _is_alike(answer: str, other: str) -> bool:
    said, before = _words(answer), _words(other)
    if 2 * len(said & before) < min(len(said), len(before)):
        return False
    return said == before or not contradictions.differences(answer, other)


@lru_cache(2 * MOST_ANSWERS)
def _words(answer: str) -> frozenset[str]:
    return frozenset(titles.plain(answer).split())


def _entry(asked: _Asked, heard: _Heard, name: str, notes: Notes) -> Iterator[Found]:
    entry = asked.entry
    locator = _locator(name, entry.line)
    if not entry.text:
        if heard.is_answered(entry.title):
            notes.counts["contents entries skipped"] += 1
        else:
            yield Drop("no-answer", locator, evidence=entry.title)
    elif heard.repeats(entry):
        yield Drop("same-question", locator, evidence=entry.title)
    else:
        notes.counts["entries"] += 1
        notes.counts[f"entries by {asked.detector}"] += 1
        signals = () if entry.asks else ("statement",)
        styled = () if asked.detector == "heading" else (f"{asked.detector}-question",)
        yield Unit("faq", entry.title, locator, entry.text, signals=signals + styled)


def _is_index(asked: Sequence[_Asked]) -> bool:
    """Whether the answers are mostly one link each, or all alike: `Read more`."""
    told = [each.entry.text for each in asked if each.entry.text]
    short = Counter(each for each in told if len(each.split()) <= 4)
    alike = max(short.values(), default=0)
    return bool(told) and 2 * max(sum(map(contents.is_link, told)), alike * (alike > 2)) > len(
        told
    )


def _locator(name: str, line: int) -> str:
    return f"{name}#L{line}"
