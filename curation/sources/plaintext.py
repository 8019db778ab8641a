"""Plain text as a document: numbered or underlined titles, paragraphs, indented code.

An index at the top that repeats the titles is left out here, where its lines can be told from
the titles themselves.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence

from curation.sources import numbering, titles, webtext
from curation.sources.document import Block, Document
from curation.sources.numbering import Title

_RULE = re.compile(r"^\s*([-=~*_#+^\"'.])(?:\s?\1){2,}\s*$")
_COLUMNS = re.compile(r"([-=~*_+])\1\s+\1\1")
"""The rule below the head of a table."""
_MAIL_FIELD = re.compile(r"^(?:[A-Z][\w-]+: |\s+\S)")
_MAIL = re.compile(r"^(?:From|Newsgroups|Archive-name|Message-ID|Subject):", re.MULTILINE)
_SPACES = {0xA0: " ", 0x0C: "\n", 0x2028: "\n"}
"""Hard spaces and page breaks."""
_CODE_INDENT = 4
_LONGEST_NAME = 80


def parse(text: str) -> Document:
    lines = [line.rstrip() for line in text.expandtabs(8).translate(_SPACES).split("\n")]
    lines = _without_mail_head(lines)
    headings = dict(_underlined(lines))
    numbered = [
        each
        for each in numbering.find(lines)
        if not headings.keys() & set(range(each.start, each.end))
    ]
    gone = numbering.repeated(numbered, lines, [lines[each] for each in headings])
    starts: dict[int, Title | tuple[str, int, int]] = {**headings}
    starts |= {each.start: each for each in numbered}
    return Document(tuple(_blocks(lines, starts, gone)), _name(lines))


def _name(lines: Sequence[str]) -> str:
    """Its first line, where that calls the page an FAQ."""
    first = next((line.strip(" -=*#") for line in lines if line.strip(" -=*#")), "")
    return first if len(first) < _LONGEST_NAME and titles.names_faq(first) else ""


def _without_mail_head(lines: list[str]) -> list[str]:
    end = next((i for i, line in enumerate(lines) if not line), 0)
    head = lines[:end]
    mail = len(head) >= 2 and all(map(_MAIL_FIELD.match, head)) and _MAIL.search("\n".join(head))
    return [*[""] * end, *lines[end:]] if mail else lines


def _underlined(lines: Sequence[str]) -> Iterator[tuple[int, tuple[str, int, int]]]:
    """Line of a title, to the title, its level and where it ends; shouted lines are level 1."""
    levels: dict[str, int] = {}
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        text = line.strip()
        if (
            not text
            or _RULE.match(line)
            or (number and lines[number - 1].strip() and not _RULE.match(lines[number - 1]))
        ):
            continue
        alone = not below.strip()
        if (
            _RULE.match(below)
            and not _COLUMNS.search(below)
            and len(below.strip()) >= min(len(text) - 3, 20)
            and len(text) < 150
        ):
            level = levels.setdefault(below.strip()[0], len(levels) + 1)
            yield number, (titles.clean(text), level, number + 2)
        elif (
            alone
            and text.isupper()
            and 5 < len(text) < 70
            and not titles.is_marked(text)
            and len(text.split()) > 1
        ):
            yield number, (titles.clean(text), 1, number + 1)


def _blocks(
    lines: Sequence[str], starts: dict[int, Title | tuple[str, int, int]], gone: set[Title]
) -> Iterator[Block]:
    order = sorted(starts)
    yield from _paragraphs(lines, 0, order[0] if order else len(lines))
    for start, following in zip(order, [*order[1:], len(lines)], strict=False):
        found = starts[start]
        if isinstance(found, Title):
            if found in gone:
                continue
            level = min(6, len(found.parts or "-") + 1)
            yield _heading(found.text, level, start, "numbered")
            yield from _paragraphs(lines, found.end, following)
        else:
            text, level, end = found
            yield _heading(text, level, start, "heading")
            yield from _paragraphs(lines, end, following)


def _heading(title: str, level: int, start: int, style: str) -> Block:
    return Block("heading", f"{'#' * level} {title}", start + 1, title, level, style=style)


def _paragraphs(lines: Sequence[str], start: int, end: int) -> Iterator[Block]:
    """Paragraphs without their common indent; what is indented further is code."""
    depths = [_depth(lines[i]) for i in range(start, end) if lines[i].strip()]
    least = min(depths, default=0)
    number = start
    while number < end:
        first = number
        while number < end and lines[number].strip() and not _RULE.match(lines[number]):
            number += 1
        if number > first:
            yield _paragraph(lines[first:number], first, least)
        number += 1


def _paragraph(said: Sequence[str], start: int, least: int) -> Block:
    body = textwrap.dedent("\n".join(said))
    indented = all(_depth(each) >= least + _CODE_INDENT for each in said)
    prose = re.match(r"(?:[-*+o•]|\(?\w{1,3}[.)])\s", body) or titles.PREFIX.match(body)
    is_answer = titles.ANSWER.match(body)
    if indented and len(body) > 60 and not prose and not is_answer and _looks_like_code(body):
        return Block("code", webtext.fence(body), start + 1)
    return Block(
        "text",
        "\n".join(each.strip() if not indented else each for each in body.split("\n")),
        start + 1,
    )


def _looks_like_code(body: str) -> bool:
    """Signs that prose does not have, or lines that end nowhere."""
    signs = len(re.findall(r"[{}<>=$|;\\/#%&@~^\[\]_]", body))
    return signs > len(body) / 40 or not re.search(r"[a-z]{3,}[.,:]", body)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
