"""A Markdown page as a document: its blocks as their author wrote them, with line numbers.

Raw HTML inside it is read as HTML; what folds away (`curation/sources/folds.py`) is read as
a summary and what is below it.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from curation.sources import folds, titles, webpage
from curation.sources.document import Block, Declared, Document, join
from curation.sources.markdown_prose import is_machinery, stand_alone

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML_MATTER = re.compile(r"\A\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_TIGHT_HEADING = re.compile(r"^(#{2,6})(?=[A-Z0-9\u00bf\"*\[`])|^(#)(?=[A-Z][^#]*\?\s*$)")
_ONLY_TAGS = re.compile(
    r"^\s*(?:</?(?:div|section|article|center|span|p|a|br|font|[A-Z]\w*)\b[^<>]*>\s*)+$",
    re.MULTILINE,
)

DEEPEST = 40
"""Lists and quotations that one line opens in one another; nobody means more of them."""
_CONTAINER = r"(?:>[ \t]*+|(?:[-*+]|\d{1,9}[.)])[ \t]++)"
_TOO_DEEP = re.compile(rf"^([ \t]*+{_CONTAINER}{{{DEEPEST}}}){_CONTAINER}+")

References = dict[str, str]
"""From a link's label, in capitals as the parser has it, to where it leads."""


@dataclass(frozen=True)
class _Source:
    """A piece of the page, and what of the page it needs to be understood."""

    lines: tuple[str, ...]
    offset: int
    """Lines before it."""
    references: References

    def text(self, start: int, end: int) -> str:
        return stand_alone("\n".join(self.lines[start:end]), self.references)


def parse(text: str) -> Document:
    front = _FRONT_MATTER.match(text) or _TOML_MATTER.match(text)
    if front:
        # Blank lines, so that line numbers stay those of the file.
        text = "\n" * front[0].count("\n") + text[front.end() :]
    lines = list(_loosened(text.split("\n")))
    references = _references("\n".join(lines))
    blocks = tuple(_blocks(lines, 0, references))
    fields = _fields(front[1]) if front else {}
    return Document(
        blocks, titles.clean(fields.get("title", "")), tuple(_declared(fields, blocks))
    )


def _fields(front: str) -> dict[str, str]:
    """The plain lines of the front matter; nested ones tell nothing here."""
    found = re.findall(r"^(\w+)[ \t]*[:=][ \t]*(\S.*)$", front, re.MULTILINE)
    return {key.lower(): value.strip().strip("\"'") for key, value in found}


def _declared(fields: dict[str, str], blocks: Sequence[Block]) -> Iterator[Declared]:
    """A page that is one question says so in its front matter."""
    question = titles.clean(fields.get("question", ""))
    if question:
        answer = fields.get("answer", "")
        yield Declared("front-matter", question, answer if len(answer) > 1 else join(blocks), 1)


def _loosened(lines: list[str]) -> Iterator[str]:
    """`##Why?` was a heading once, and still is to those who write it.

    What is nested too deeply to be meant stands in the last container that can be.
    """
    fence = ""
    for line in lines:
        fence = folds.fence_after(line, fence)
        yield line if fence else _TOO_DEEP.sub(r"\1", _TIGHT_HEADING.sub(r"\1\2 ", line))


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").use(deflist_plugin)


def _references(text: str) -> References:
    if "]:" not in text:
        return {}
    notes: dict[str, dict[str, dict[str, object]]] = {}
    _parser().disable("inline").parse(text, notes)  # blocks define them
    found = notes.get("references", {})
    return {label: str(each["href"]) for label, each in found.items()}


def _blocks(lines: Sequence[str], offset: int, references: References) -> Iterator[Block]:
    for part in folds.split(lines):
        start = offset + part.start
        if isinstance(part, folds.Fold):
            body = textwrap.dedent("\n".join(part.body)).split("\n")
            inside = tuple(_blocks(body, start + part.skipped, references))
            title = titles.clean(part.title)
            text = f"**{title}**\n\n{join(inside)}".strip()
            yield Block("details", text, start + 1, title, inside=inside)
        else:
            yield from _of_tokens(_Source(tuple(part.lines), start, references))


def _of_tokens(source: _Source) -> Iterator[Block]:
    tokens = _parser().parse("\n".join(source.lines), {"references": dict(_as_parsed(source))})
    before = -1
    for number, token in enumerate(tokens):
        if token.level != 0 or token.map is None or token.nesting < 0 or token.type == "hr":
            continue
        blocks = list(_of_token(tokens, number, source))
        close = token.map[0] == before and token.type != "heading_open"
        before = _last_line(source.lines, token.map) if blocks else -1
        if close and blocks:
            blocks[0] = replace(blocks[0], close=True)
        yield from (each for each in blocks if each.text)


def _as_parsed(source: _Source) -> Iterator[tuple[str, dict[str, str]]]:
    for label, href in source.references.items():
        yield label, {"href": href, "title": ""}


def _last_line(lines: Sequence[str], span: Sequence[int]) -> int:
    """The line after the last one that says something; a list's span ends in empty ones."""
    end = span[1]
    while end > span[0] and not lines[end - 1].strip():
        end -= 1
    return end if end == span[1] else -1


def _of_token(tokens: list[Token], number: int, source: _Source) -> Iterator[Block]:
    token = tokens[number]
    start, end = token.map or (0, 0)
    line = source.offset + start + 1
    if token.type == "heading_open":
        yield _heading(tokens, number, source)
    elif token.type.endswith("_list_open"):
        yield _list(tokens, number, source)
    elif token.type == "dl_open":
        yield from _terms(tokens, number, source)
    elif token.type == "html_block":
        yield from _html(token.content, source, start)
    elif token.type == "blockquote_open":
        yield _quote(source, start, end)
    elif not is_machinery(token.info):
        yield _as_written(tokens, number, source.text(start, end), line)


def _as_written(tokens: list[Token], number: int, text: str, line: int) -> Block:
    """What is shown as it stands in the file: a paragraph, a table, code."""
    if tokens[number].type == "paragraph_open":
        return Block("text", text, line, hrefs=_hrefs(tokens[number + 1]))
    if tokens[number].type == "table_open":
        return Block("table", text, line, rows=_rows(tokens, number))
    return Block("code", text, line)


def _heading(tokens: list[Token], number: int, source: _Source) -> Block:
    token = tokens[number]
    start, end = token.map or (0, 0)
    raw = tokens[number + 1].content
    title = titles.clean(raw)
    line = source.offset + start + 1
    if token.markup == "-" and (len(title) > 120 or title.endswith(".") or "\n" in raw):
        # Meant as a paragraph and a rule below it.
        return Block("text", source.text(start, end - 1), line)
    level = int(token.tag[1])
    return Block("heading", f"{'#' * level} {title}", line, title, level)


def _hrefs(inline: Token) -> tuple[str, ...]:
    """Where a line leads, if it is nothing but links and signs between them."""
    links = [each for each in inline.children or () if each.type == "link_open"]
    depth = 0
    for each in inline.children or ():
        depth += each.nesting if each.type.startswith("link_") else 0
        if depth == 0 and each.type in ("text", "code_inline") and titles.plain(each.content):
            return ()
    return tuple(str(each.attrs.get("href", "")) for each in links)


def _end(tokens: list[Token], number: int) -> int:
    """Where what opens here closes."""
    token = tokens[number]
    close = token.type.replace("_open", "_close")
    return next(
        i for i in range(number, len(tokens))
        if tokens[i].type == close and tokens[i].level == token.level
    )  # fmt: skip


def _list(tokens: list[Token], number: int, source: _Source) -> Block:
    start, end = tokens[number].map or (0, 0)
    level = tokens[number].level + 1
    items = [
        _item(tokens, i, source)
        for i in range(number, _end(tokens, number))
        if tokens[i].type == "list_item_open" and tokens[i].level == level
    ]
    text = source.text(start, end)
    return Block("list", text, source.offset + start + 1, inside=tuple(items))


def _item(tokens: list[Token], number: int, source: _Source) -> Block:
    """What it says first is its title: a heading, or the paragraph up to what it goes on with."""
    start, end = tokens[number].map or (0, 0)
    mark = re.match(r"\s*(?:[-*+]|\d+[.)])\s*", source.lines[start])
    lines = [source.lines[start][mark.end() :] if mark else "", *source.lines[start + 1 : end]]
    body = [lines[0], *textwrap.dedent("\n".join(lines[1:])).split("\n")]
    found = list(_blocks(body, source.offset + start, source.references))
    line = source.offset + start + 1
    if not found:
        return Block("item", "", line)
    first, *rest = found
    hrefs = _hrefs(tokens[number + 2]) if tokens[number + 1].type == "paragraph_open" else ()
    inside = (*first.inside, *rest) if first.kind == "details" else tuple(rest)
    said = first.title or first.text
    return Block(
        "item",
        source.text(start, end),
        line,
        said,
        inside=inside,
        hrefs=hrefs[:1] if len(hrefs) == 1 else (),
    )


def _terms(tokens: list[Token], number: int, source: _Source) -> Iterator[Block]:
    asked: list[Token] = []
    told: list[Block] = []
    for i in range(number + 1, _end(tokens, number) + 1):
        token = tokens[i]
        if token.type == "dd_open" and token.level == 1 and token.map:
            start, end = token.map
            first = re.sub(r"^\s*[:~]\s+", "", source.lines[start])
            body = [first, *textwrap.dedent("\n".join(source.lines[start + 1 : end])).split("\n")]
            told += _blocks(body, source.offset + start, source.references)
        elif (token.type == "dt_open" and told) or token.type == "dl_close":
            yield _term(asked, told, source)
            asked, told = [], []
        if token.type == "dt_open":
            asked.append(tokens[i + 1])


def _term(asked: list[Token], told: list[Block], source: _Source) -> Block:
    title = titles.clean(" ".join(each.content for each in asked))
    line = source.offset + (asked[0].map or [0])[0] + 1 if asked else source.offset + 1
    body = join(told)
    return Block("term", f"**{title}**\n\n{body}", line, title, inside=tuple(told))


def _rows(tokens: list[Token], number: int) -> tuple[tuple[str, ...], ...]:
    rows: list[list[str]] = []
    for token in tokens[number : _end(tokens, number)]:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(re.sub(r"<br\s*/?>", "\n", token.content))
    return tuple(tuple(row) for row in rows)


def _html(fragment: str, source: _Source, start: int) -> Iterator[Block]:
    """Raw HTML; where its lines are tags alone around Markdown, the Markdown."""
    bare = _ONLY_TAGS.sub("", re.sub(r"<!--.*?(?:-->|\Z)", "", fragment, flags=re.DOTALL))
    if bare.strip() and "<" not in bare:
        yield from _blocks(bare.split("\n"), source.offset + start, source.references)
    elif "<" in fragment:
        yield from webpage.parse(fragment, source.offset + start).blocks


def _quote(source: _Source, start: int, end: int) -> Block:
    lines = [re.sub(r"^\s{0,3}> ?", "", line) for line in source.lines[start:end]]
    inside = tuple(_blocks(lines, source.offset + start, source.references))
    return Block("text", source.text(start, end), source.offset + start + 1, inside=inside)
