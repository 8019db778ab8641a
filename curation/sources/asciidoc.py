"""AsciiDoc as a document: headings, description lists, `[qanda]`, delimited blocks, `+`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from curation.sources import asciidoc_prose, titles, webtext
from curation.sources.document import Block, Document, join

_HEADING = re.compile(r"^(={1,6}|#{1,6})\s+(\S.*?)(?:\s+=+)?$")
_TERM = re.compile(r"^\s*(?P<title>(?:[^:]|:(?!:))+?)(?P<mark>:{2,4}|;;)(?:\s+(?P<text>\S.*))?$")
_ITEM = re.compile(r"^\s*(?P<mark>\*{1,5}|-|\.{1,5}|\d+\.)\s+(?P<text>\S.*)$")
_DELIMITER = re.compile(
    r"^(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|\|===|`{3,}\w*|!===)\s*$"
)
_SKIPPED = re.compile(
    r"^(?://(?!/)|:[\w!-]+:|(?:ifdef|ifndef|endif|ifeval|include|toc|image|video)::|\[\[|<<<|'''|\[#)"
)
_QUESTION_LIST = re.compile(r"^\[qanda.*\]\s*$", re.IGNORECASE)


@dataclass
class _Lines:
    """The lines of a page, and how far they were read."""

    all: list[str]
    at: int = 0
    attributes: list[str] = field(default_factory=list)
    """Of the block that comes next."""
    title: str = ""

    @property
    def here(self) -> str:
        return self.all[self.at]

    @property
    def more(self) -> bool:
        return self.at < len(self.all)


def parse(text: str) -> Document:
    lines = _Lines(_underlined(text.split("\n")))
    blocks = []
    while lines.more:
        blocks += list(_next(lines))
    return Document(tuple(blocks))


def _underlined(lines: list[str]) -> list[str]:
    """Two-line titles of old pages as one-line ones; the second line becomes empty."""
    done = list(lines)
    for number, (title, rule) in enumerate(pairwise(lines)):
        level = "=-~^+".find(rule[:1]) if rule.strip() else -1
        even = (
            rule.strip() == rule[:1] * len(rule.strip())
            and abs(len(rule.rstrip()) - len(title.rstrip())) <= 2
        )
        if level >= 0 and even and len(title.strip()) > 2 and re.match(r"\w|[\"'`¿]", title):
            done[number], done[number + 1] = f"{'=' * (level + 1)} {title.strip()}", ""
    return done


def _next(lines: _Lines) -> Iterator[Block]:
    line, number = lines.here, lines.at + 1
    if not line.strip() or _SKIPPED.match(line):
        lines.at += 1
    elif re.match(r"^\[.*\]\s*$", line):
        lines.attributes.append(line)
        lines.at += 1
    elif re.match(r"^\.[^\s.]", line):
        lines.title = line[1:].strip()
        lines.at += 1
    elif heading := _HEADING.match(line):
        title = titles.clean(asciidoc_prose.inline(heading[2]))
        level = len(heading[1])
        lines.at += 1
        lines.attributes, lines.title = [], ""
        yield Block("heading", f"{'#' * level} {title}", number, title, level)
    elif _DELIMITER.match(line):
        yield from _delimited(lines)
    elif _TERM.match(line):
        yield from _terms(lines)
    elif _ITEM.match(line):
        yield from _list(lines)
    else:
        yield _paragraph(lines)


def _taken(lines: _Lines) -> tuple[list[str], str]:
    attributes, title = lines.attributes, lines.title
    lines.attributes, lines.title = [], ""
    return attributes, title


def _delimited(lines: _Lines) -> Iterator[Block]:
    mark, number = lines.here.strip(), lines.at + 1
    attributes, title = _taken(lines)
    close = "```" if mark.startswith("```") else mark
    end = next(
        (i for i in range(lines.at + 1, len(lines.all)) if lines.all[i].strip() == close),
        len(lines.all),
    )
    body = lines.all[lines.at + 1 : end]
    lines.at = end + 1
    if mark.startswith("//"):
        return
    if mark in ("|===", "!==="):
        yield _table(body, number)
    elif mark[0] in "-.`+" and mark != "--":
        language = next((x[1] for a in attributes if (x := re.search(r"source,\s*(\w+)", a))), "")
        yield Block("code", webtext.fence("\n".join(body).strip("\n"), language), number)
    else:
        inside = tuple(_shifted(parse("\n".join(body)).blocks, number))
        if any("collapsible" in each for each in attributes) and title:
            asked = titles.clean(asciidoc_prose.inline(title))
            yield Block("details", f"**{asked}**\n\n{join(inside)}", number, asked, inside=inside)
        else:
            yield from inside


def _shifted(blocks: tuple[Block, ...], lines: int) -> Iterator[Block]:
    for each in blocks:
        yield replace(each, line=each.line + lines, inside=tuple(_shifted(each.inside, lines)))


def _table(body: list[str], number: int) -> Block:
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    for line in [*body, ""]:
        found = [each.strip() for each in re.split(r"(?<!\\)(?:\b[aehlmsd]|\b\d+\+)?\|", line)]
        if line.startswith("|") or (found[1:] and not found[0]):
            if len(found) > 2:
                rows.append(tuple(asciidoc_prose.inline(each) for each in found[1:]))
            else:
                cells.append(asciidoc_prose.inline(found[1]))
        elif not line.strip() and cells:
            rows.append(tuple(cells))
            cells = []
        elif cells:
            cells[-1] += f"\n{asciidoc_prose.inline(line)}"
    return Block("table", webtext.table(tuple(rows)), number, rows=tuple(rows))


def _terms(lines: _Lines) -> Iterator[Block]:
    """Terms up to the first line that is no term and belongs to none."""
    _taken(lines)
    mark = _found(_TERM, lines.here)["mark"]
    asked: list[str] = []
    while lines.more and (found := _TERM.match(lines.here)) and found["mark"] == mark:
        number = lines.at + 1
        asked.append(titles.clean(asciidoc_prose.inline(found["title"])))
        lines.at += 1
        told = (
            [Block("text", asciidoc_prose.inline(found["text"]), number)] if found["text"] else []
        )
        told += _attached(lines, mark)
        if told:
            title = " ".join(asked)
            text = f"**{title}**\n\n{join(told)}"
            yield Block("term", text, number, title, inside=tuple(told))
            asked = []
        _skip_empty(lines)
    if asked:
        yield Block("term", f"**{asked[-1]}**", lines.at, asked[-1])


def _found(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    found = pattern.match(line)
    assert found is not None
    return found


def _skip_empty(lines: _Lines) -> None:
    at = lines.at
    while at < len(lines.all) and (not lines.all[at].strip() or _SKIPPED.match(lines.all[at])):
        at += 1
    if at < len(lines.all) and _TERM.match(lines.all[at]):
        lines.at = at


def _attached(lines: _Lines, mark: str) -> Iterator[Block]:
    """What belongs to a term: its text, nested lists, and blocks after a lone `+`."""
    first = True
    while lines.more and not _is_term(lines.here, mark):
        line = lines.here
        if not line.strip():
            at = next((i for i in range(lines.at, len(lines.all)) if lines.all[i].strip()), None)
            if at is None or not _goes_on(lines.all[at], mark, first=first):
                return
            lines.at = at
            continue
        if line.strip() == "+":
            lines.at += 1
            yield from _block_after_plus(lines)
        elif first and line.startswith((" ", "\t")) and not _is_start(line):
            yield _indented(lines)
        elif (first or _is_start(line)) and not _HEADING.match(line):
            yield from _next(lines)
        else:
            return
        first = False


def _goes_on(line: str, mark: str, *, first: bool) -> bool:
    """Whether what comes after an empty line still belongs to the term."""
    if _HEADING.match(line) or line.startswith(("[", "'''")):
        return False
    return first or bool(_ITEM.match(line)) or line.strip() == "+" or _is_nested(line, mark)


def _is_term(line: str, mark: str) -> bool:
    term = _TERM.match(line)
    return term is not None and term["mark"] == mark


def _indented(lines: _Lines) -> Block:
    """The text of a term on the lines below it."""
    number, said = lines.at + 1, []
    while lines.more and lines.here.strip() and not _is_start(lines.here):
        said.append(lines.here.strip())
        lines.at += 1
    return Block("text", asciidoc_prose.inline("\n".join(said)), number)


def _is_nested(line: str, mark: str) -> bool:
    term = _TERM.match(line)
    return bool(term) and term is not None and len(term["mark"]) > len(mark)


def _block_after_plus(lines: _Lines) -> Iterator[Block]:
    while lines.more and (
        re.match(r"^\[.*\]\s*$", lines.here)
        or re.match(r"^\.[^\s.]", lines.here)
        or not lines.here.strip()
    ):
        yield from _next(lines)
    if lines.more:
        yield from _next(lines)


def _list(lines: _Lines) -> Iterator[Block]:
    attributes, _ = _taken(lines)
    number = lines.at + 1
    asking = any(_QUESTION_LIST.match(each) for each in attributes)
    items: list[Block] = []
    while lines.more and (found := _ITEM.match(lines.here)):
        start = lines.at + 1
        lines.at += 1
        said = [found["text"]]
        while lines.more and lines.here.strip() and not _is_start(lines.here):
            said.append(lines.here.strip())
            lines.at += 1
        inside: list[Block] = []
        while lines.more and lines.here.strip() == "+":
            lines.at += 1
            inside += _block_after_plus(lines)
        items.append(_item(found["mark"], asciidoc_prose.inline("\n".join(said)), inside, start))
        at = next((i for i in range(lines.at, len(lines.all)) if lines.all[i].strip()), None)
        if at is not None and _ITEM.match(lines.all[at]):
            lines.at = at
    del asking
    yield Block("list", join(items), number, inside=tuple(items))


def _item(mark: str, said: str, inside: list[Block], line: int) -> Block:
    depth = len(mark) - 1 if mark[0] in "*." else 0
    bullet = "1. " if mark[0] == "." or mark[0].isdigit() else "- "
    body = join((Block("text", said, line), *inside))
    text = webtext.indent(webtext.indent(body, bullet), "   " * depth)
    return Block("item", text, line, said, inside=tuple(inside), close=True)


def _is_start(line: str) -> bool:
    return bool(
        _ITEM.match(line) or _TERM.match(line) or _DELIMITER.match(line) or line.strip() == "+"
        or _HEADING.match(line)
    )  # fmt: skip


def _paragraph(lines: _Lines) -> Block:
    _, title = _taken(lines)
    number = lines.at + 1
    said = [f"**{asciidoc_prose.inline(title)}**"] if title else []
    literal = lines.here.startswith(" ")
    while lines.more and lines.here.strip() and (not said or not _is_start(lines.here)):
        said.append(lines.here)
        lines.at += 1
    if literal:
        return Block("code", webtext.fence("\n".join(said)), number)
    text = re.sub(r" \+$", "", "\n".join(said), flags=re.MULTILINE)
    return Block("text", asciidoc_prose.inline(text), number)
