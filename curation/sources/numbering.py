"""Numbered titles in plain text: which lines are titles, which steps, which a table of contents.

A title may be wrapped over lines. All titles of a page are numbered in one shape (`1.2)`,
`[3]`, `Subject: 4.`), the questions in the shape that asks most.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curation.sources import titles

_LINE = re.compile(
    r"^(?P<indent>[ ]*)(?P<mark>Subject:[ ]+|\*+[ ]?)?"
    r"(?P<number>[\[(]?(?:[A-Z]{1,2}-?)?\d{1,3}(?:[.-]\d{1,3})*[a-z]?(?:\.?[\])]|[.:])*(?=\s)"
    r"|[\[(]?[A-Z](?:[.-]\d{1,3})+(?:\.?[\])]|[.:])*(?=\s)|\([a-z]\)(?=\s))"
    r"[ ]+(?P<title>\S.*)$"
)
_LEADERS = re.compile(
    r"(?:(?<![ .\u2026_-])(?:(?:\. ){3,}|[ .\u2026_-]{4,})|(?<!\s)\s{3,})\d{0,4}\s*$"
)
"""A run is looked at from its beginning only: a line of spaces would take its length squared."""
_PAGE_NUMBER = re.compile(r"(?:\. ?){3,}\s*\d*$")
_BROKEN = re.compile(
    r"\b(?!(?:multi|non|self|re|pre|post|co|semi|well|so)-)(\w{2,})- (?=[a-z]{2})"
)
"""A word that was cut at the end of a line."""
_LONGEST = 4
"""Lines of a title."""


@dataclass(frozen=True)
class Title:
    start: int
    """Line, from 0."""
    end: int
    """The line after the last."""
    text: str
    number: str
    shape: str
    indent: int
    apart: bool
    """Whether an empty line, or nothing, stands before it."""

    @property
    def parts(self) -> list[str]:
        return list(parts(self.number))

    @property
    def asks(self) -> bool:
        return titles.asks(self.text)


def parts(number: str) -> tuple[str, ...]:
    """`G1.2)` as `G`, `1`, `2`."""
    return tuple(re.findall(r"[A-Za-z]+|\d+", number))


def find(lines: Sequence[str]) -> list[Title]:
    """The numbered titles: questions, statements between them, and sections above them."""
    candidates = list(_candidates(lines))
    questions = _questions(candidates)
    if not questions:
        return []
    sections = [each for each in candidates if _is_section(each, questions, lines)]
    return sorted({*questions, *sections}, key=lambda each: each.start)


def repeated(
    found: Sequence[Title], lines: Sequence[str], underlined: Sequence[str]
) -> set[Title]:
    """The titles that are lines of a table of contents: said again later, answered there."""
    gone: set[Title] = set()
    later_titles = {titles.plain(titles.clean(each)) for each in underlined}
    later_numbers = {
        parts(numbered["number"]): set(titles.plain(numbered["title"]).split())
        for each in underlined
        if (numbered := _LINE.match(each))
    }
    after = len(lines)
    for each in reversed(found):
        body = [line for line in lines[each.end : after] if line.strip()]
        bare = all(map(_LINE.match, body))
        words = set(titles.plain(each.text).split())
        later = later_numbers.get(tuple(each.parts), set())
        alike = 2 * len(words & later) >= max(len(words), 1)
        again = titles.plain(each.text) in later_titles or any(
            _PAGE_NUMBER.search(line) for line in lines[each.start : each.end]
        )
        if again or (later and (bare or alike)):
            gone.add(each)
        later_titles.add(titles.plain(each.text))
        later_numbers[tuple(each.parts)] = words
        after = each.start
    return gone


def _candidates(lines: Sequence[str]) -> Iterator[Title]:
    starts = {i: found for i, line in enumerate(lines) if (found := _LINE.match(line))}
    for start, found in starts.items():
        end = _end(lines, start, starts)
        said = [found["title"], *(line.strip() for line in lines[start + 1 : end])]
        text = _BROKEN.sub(r"\1", _LEADERS.sub("", " ".join(said)).strip(" *"))
        number = found["number"]
        shape = (found["mark"] or "").strip() + re.sub(
            r"[a-z]", "a", re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "1", number))
        )
        apart = start == 0 or not lines[start - 1].strip()
        yield Title(start, end, titles.clean(text), number, shape, len(found["indent"]), apart)


def _end(lines: Sequence[str], start: int, starts: dict[int, re.Match[str]]) -> int:
    """After the line that ends a question; else after the paragraph, if that is short."""
    end = start + 1
    while end < len(lines) and lines[end].strip() and end not in starts:
        end += 1
    for number in range(start, min(end, start + _LONGEST)):
        if titles.is_marked(_LEADERS.sub("", lines[number]).rstrip(" *")[-2:]):
            return number + 1
    if lines[start].endswith((".", "!")):
        return start + 1
    apart = start == 0 or not lines[start - 1].strip()
    dotted = bool(re.match(r"\s*\S*\d\.\d", lines[start])) and apart and end not in starts
    return (
        end
        if end - start <= (3 if dotted else 2) and (dotted or _hangs(lines, start, end))
        else start + 1
    )


def _hangs(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether the second line goes on below the words of the first, not below its number."""
    first = len(lines[start]) - len(lines[start].lstrip())
    return all(len(each) - len(each.lstrip()) > first for each in lines[start + 1 : end])


def _questions(candidates: Sequence[Title]) -> list[Title]:
    by_shape: dict[str, list[Title]] = defaultdict(list)
    for each in candidates:
        by_shape[each.shape].append(each)
    asking = {shape: [x for x in found if x.asks] for shape, found in by_shape.items()}
    chosen: list[Title] = []
    most = max((len(found) for found in asking.values()), default=0)
    for shape, found in asking.items():
        indents = {each.indent for each in found}
        beside = [each for each in by_shape[shape] if each.indent in indents and each.apart]
        often = 4 * len(found) >= most or shape.count("1") > 1
        if len(found) >= 2 and often and len(found) >= 0.4 * len(beside):
            chosen += found
            chosen += [each for each in beside if not each.asks and _in_sequence(each, found)]
    return chosen


def _in_sequence(title: Title, asking: Sequence[Title]) -> bool:
    """Whether a statement's number comes right before or after that of a question near it."""
    if len(title.text) > (250 if len(title.parts) > 1 else 120):
        return False
    *above, last = title.parts
    if not last.isdigit():
        return False
    beside = {(*above, str(int(last) + 1)), (*above, str(int(last) - 1))}
    near = [x for x in asking if tuple(x.parts) in beside]
    return len(title.parts) > 1 or (bool(near) and _between(title, asking, int(last)))


def _between(title: Title, asking: Sequence[Title], last: int) -> bool:
    """With simple numbers, steps look like titles: only the gap in the count is one."""
    before = [x for x in asking if x.start < title.start]
    after = [x for x in asking if x.start > title.start]
    fits_before = not before or before[-1].parts[-1:] == [str(last - 1)]
    fits_after = not after or after[0].parts[-1:] == [str(last + 1)]
    return fits_before and fits_after


def _is_section(title: Title, questions: Sequence[Title], lines: Sequence[str]) -> bool:
    """A number above those of the questions, right before the first of them."""
    if title in questions or not title.apart:
        return False
    following = next((x for x in questions if x.start > title.start), None)
    if following is None or title.indent > following.indent:
        return False
    if len(title.parts) >= len(following.parts):
        return False
    between = [line for line in lines[title.end : following.start] if line.strip()]
    return following.parts[: len(title.parts)] == title.parts and len(between) <= 6
