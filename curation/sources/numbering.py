"""Numbered titles in plain text: which lines are titles, which steps, which a table of contents.

A title may be wrapped over lines. All titles of a page are numbered in one shape (`1.2)`,
`[3]`, `Subject: 4.`), the questions in the shape that asks most.
"""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from curation.sources import titles

_LINE = re.compile(
    r"^(?P<indent>[ ]*)(?P<mark>Subject:[ ]+|\*+[ ]?)?"
    r"(?P<number>[\[(]?(?:[A-Z]{1,2}-?)?\d{1,3}(?:[.-]\d{1,3})*[a-z]?(?:\.?[\])]|[.:-])*(?=\s)"
    r"|[\[(]?[A-Z](?:[.-]\d{1,3})+(?:\.?[\])]|[.:])*(?=\s)|\([a-z]\)(?=\s))"
    r"[ ]+(?P<title>\S.*)$"
)
_MARKED = re.compile(
    r"^(?P<indent>)(?P<mark>->|=>|>{1,2}|[*+o\u2022]|\[[+?]\])(?P<number>)[ ]+(?P<title>\S.*)$"
)
"""Not numbered, but marked as the others are: `-> Why?`."""
_LEADERS = re.compile(
    r"(?:(?<![ .\u2026_-])(?:(?:\. ){3,}|[ .\u2026_-]{4,})|(?<!\s)\s{3,})\d{0,4}\s*$"
)
"""A run is looked at from its beginning only: a line of spaces would take its length squared."""
_PAGE_NUMBER = re.compile(r"(?:\. ?){3,}\s*\d*$")
_LONGEST = 6
"""Lines of a title."""
_LONGEST_STATEMENT = 250
_LONGEST_LIST = 1000
"""Lines of a table of contents."""


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
    questions = _questions(candidates) or _announced(candidates, lines)
    if not questions:
        return []
    asked = sorted(set(questions), key=lambda each: each.start)
    places = [each.start for each in asked]
    sections = [
        each
        for each in candidates
        if (after := bisect(places, each.start)) < len(asked)
        and _is_section(each, asked[after], lines)
    ]
    return sorted({*asked, *sections}, key=lambda each: each.start)


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
        later = later_numbers.get(tuple(each.parts), set()) if each.parts else set()
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
    starts = {
        i: found
        for i, line in enumerate(lines)
        if (found := _LINE.match(line)) and not _is_inside(found, lines, i)
    }
    starts |= {i: found for i, line in enumerate(lines) if (found := _marked(line, lines, i))}
    for start in sorted(starts):
        found = starts[start]
        end = _end(lines, start, starts)
        said = [found["title"], *(line.strip() for line in lines[start + 1 : end])]
        text = _LEADERS.sub("", titles.joined(said)).strip(" *")
        number = found["number"]
        shape = (found["mark"] or "").strip() + re.sub(
            r"[a-z]", "a", re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "1", number))
        )
        apart = start == 0 or not lines[start - 1].strip()
        yield Title(start, end, titles.clean(text), number, shape, len(found["indent"]), apart)


def _marked(line: str, lines: Sequence[str], number: int) -> re.Match[str] | None:
    """A marked line that stands alone, or as the first of a paragraph of two."""
    found = _MARKED.match(line)
    if found is None or (number > 0 and lines[number - 1].strip()):
        return None
    blank = next((i for i in range(number, len(lines)) if not lines[i].strip()), len(lines))
    after = next((i for i in range(blank, len(lines)) if lines[i].strip()), len(lines))
    alone = blank - number <= 2 and after < len(lines) and not _MARKED.match(lines[after])
    return found if alone else None


def _is_inside(found: re.Match[str], lines: Sequence[str], number: int) -> bool:
    """Whether a number without a mark goes on with the sentence of the line before: `11 when`."""
    bare = found["number"][-1].isalnum() and not found["mark"]
    after = number > 0 and bool(lines[number - 1].strip())
    return bare and after and (found["title"][0].islower() or len(found["title"].split()) == 1)


def _end(lines: Sequence[str], start: int, starts: dict[int, re.Match[str]]) -> int:
    """After the line that ends a question; else after the paragraph, if that is short."""
    end = start + 1
    while end < len(lines) and lines[end].strip() and end not in starts:
        end += 1
    aligned = _is_aligned(lines, start, end, starts)
    column = starts[start].start("title")
    if lines[start].endswith(":") and any(
        _depth(each) != column for each in lines[start + 1 : end]
    ):
        return start + 1
    if end - start <= _LONGEST and _ends_asking(lines[end - 1]):
        return end
    for number in range(start, min(end, start + _LONGEST)):
        if _ends_asking(lines[number]):
            return number + 1
    if aligned:
        return end
    if lines[start].endswith((".", "!")) and lines[start].count("(") <= lines[start].count(")"):
        return start + 1
    apart = start == 0 or not lines[start - 1].strip()
    dotted = bool(re.match(r"\s*\S*\d\.\d", lines[start])) and apart and end not in starts
    return (
        end
        if end - start <= (3 if dotted else 2) and (dotted or _hangs(lines, start, end))
        else start + 1
    )


def _ends_asking(line: str) -> bool:
    return titles.is_marked(_LEADERS.sub("", line).rstrip(" *")[-2:])


def _is_aligned(
    lines: Sequence[str], start: int, end: int, starts: dict[int, re.Match[str]]
) -> bool:
    """Whether all lines of a short paragraph stand below its first word, and more comes after."""
    column = starts[start].start("title")
    rest = lines[start + 1 : end]
    if not rest or len(rest) >= _LONGEST or any(_depth(each) != column for each in rest):
        return False
    after = next((i for i in range(end, len(lines)) if lines[i].strip()), None)
    return after is not None and after not in starts and _depth(lines[after]) > column


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _hangs(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether the second line goes on below the words of the first, not below its number."""
    first = _depth(lines[start])
    return all(_depth(each) > first for each in lines[start + 1 : end])


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
            chosen += _statements([each for each in beside if not each.asks], found)
    return chosen


def _announced(candidates: Sequence[Title], lines: Sequence[str]) -> list[Title]:
    """Of an FAQ that asks nothing: paragraphs of one number after the other, most said before.

    That a list at the top announces them tells them from the steps of an instruction.
    """
    least = min((each.indent for each in candidates), default=0)
    outer = [each for each in candidates if each.indent == least and each.apart]
    run = list(_run(outer, 1))
    listed = [titles.plain(each.text) for each in candidates if run and each.start < run[0].start]
    before = tuple(filter(None, listed[-_LONGEST_LIST:]))
    # A wrapped line of the list is cut short where it stands.
    said = [each for each in run if titles.plain(each.text).startswith(before)]
    alone = [each for each in run if each.end < len(lines) and not lines[each.end].strip()]
    return run if len(said) >= 3 and 2 * min(len(said), len(alone)) > len(run) else []


def _statements(beside: Sequence[Title], asking: Sequence[Title]) -> Iterator[Title]:
    """Those that fill a gap in the count of the questions.

    With numbers of one part, steps look like titles: they must fill their gap wholly.
    """
    short = [each for each in beside if len(each.text) <= _LONGEST_STATEMENT]
    if not asking[0].parts:
        yield from short
        return
    if len(asking[0].parts) > 1:
        yield from (each for each in short if _count(each) >= 0)
        return
    places = [each.start for each in short]
    for before, after in pairwise((None, *asking, None)):
        start = bisect(places, before.start) if before else 0
        end = bisect(places, after.start) if after else len(short)
        again = not before or (after and _count(after) <= _count(before))
        first = 1 if again or before is None else _count(before) + 1
        indent = (after or before or asking[0]).indent
        run = list(_run([each for each in short[start:end] if each.indent == indent], first))
        if not after or _count(after) == first + len(run):
            yield from run


def _run(gap: Sequence[Title], first: int) -> Iterator[Title]:
    for each in gap:
        if _count(each) == first:
            yield each
            first += 1


def _count(title: Title) -> int:
    last = title.parts[-1] if title.parts else ""
    return int(last) if last.isdigit() else -1


def _is_section(title: Title, following: Title, lines: Sequence[str]) -> bool:
    """A number above that of the question that follows right after it."""
    if not title.apart or title.indent > following.indent:
        return False
    if len(title.parts) >= len(following.parts):
        return False
    between = [line for line in lines[title.end : following.start] if line.strip()]
    return following.parts[: len(title.parts)] == title.parts and len(between) <= 6
