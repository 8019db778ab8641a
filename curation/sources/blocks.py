"""Slack's `blocks` as Markdown: rich text with lists and code, sections, headers, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from curation.sources import decoding, mrkdwn, spans
from curation.sources.mrkdwn import Names
from curation.sources.spans import Span

BULLET_INDENT = "    "
_BOXES = {"checked": "- [x]", "unchecked": "- [ ]", "check": "- [ ]"}


class Style(msgspec.Struct):
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False


class Label(msgspec.Struct):
    """A text object: escaped mrkdwn, or plain text."""

    type: str = ""
    text: str = ""


class Block(msgspec.Struct):
    """A block or an element of one; which fields are set depends on `type`."""

    type: str = ""
    text: str | Label | None = None
    style: str | Style | None = None
    elements: list[Block] | None = None
    fields: list[Label] | None = None
    rows: list[list[Block]] | None = None
    indent: int = 0
    offset: int = 0
    border: int = 0
    """Of a list or of code: 1 where it stands in a quote."""
    language: str | None = None
    url: str = ""
    value: object = None
    """Of a colour or a number in a table."""
    timestamp: int | float = 0
    """Of a date, in seconds since 1970."""
    name: str = ""
    range: str = ""
    fallback: str = ""
    user_id: str = ""
    channel_id: str = ""
    usergroup_id: str = ""


_blocks = msgspec.json.Decoder(list[Block] | None).decode


def decode(blocks: msgspec.Raw, names: Names) -> str:
    """Markdown from the `blocks` of a message; "" where there are none that can be read."""
    return _joined([_block(each, names) for each in _read(blocks)])


def tables(blocks: msgspec.Raw, names: Names) -> str:
    """The tables among blocks, and nothing else of them."""
    return _joined([_block(each, names) for each in _read(blocks) if each.type == "table"])


def _read(blocks: msgspec.Raw) -> list[Block]:
    try:
        return _blocks(blocks) or []
    except decoding.UNREADABLE:
        return _mended(bytes(blocks))


def _mended(content: bytes) -> list[Block]:
    try:
        return _blocks(decoding.mended(content)) or []
    except decoding.UNREADABLE:
        return []


def _joined(parts: list[str]) -> str:
    return "\n\n".join(each.strip("\n") for each in parts if each.strip()).strip()


def _block(block: Block, names: Names) -> str:
    if block.type == "rich_text":
        return _rich_text(block.elements or [], names)
    if block.type == "table":
        return _table(block.rows or [], names)
    labels = (block.text, *(block.fields or ()))
    said = [_label(each, names) for each in labels if each]
    if block.type == "context":
        said += [_label(each.text, names) for each in block.elements or () if each.text]
    return "\n".join(filter(None, said))


def _label(label: str | Label, names: Names) -> str:
    if isinstance(label, str):
        return mrkdwn.decode(label, names)
    return label.text if label.type == "plain_text" else mrkdwn.decode(label.text, names)


def _rich_text(elements: list[Block], names: Names) -> str:
    """Nested lists are siblings of different indent, so no blank line comes between lists."""
    text, before, levels = "", Block(), list[int]()
    for each in elements:
        if each.type != "rich_text_list":
            levels = []
        text = _after(text, before, each) + _rich(each, _level(each, levels), names)
        before = each
    return re.sub(r"\n{3,}```", "\n\n```", text) if "```" in text else text


def _after(text: str, before: Block, element: Block) -> str:
    """The text so far, and the line end that belongs between it and the next element."""
    if not text:
        return text
    kinds = (before.type, element.type)
    line = text if text.endswith("\n") else f"{text}\n"
    if "rich_text_list" in kinds:
        goes_on = element.type == "rich_text_list" and not element.offset
        same = before.type == element.type and before.border == element.border
        return line if goes_on or same else f"{line}\n"
    quoted = before.border or before.type == "rich_text_quote"
    if quoted and element.type != "rich_text_preformatted":
        return f"{line}\n"
    return line if kinds == ("rich_text_section", "rich_text_section") else text


def _level(element: Block, levels: list[int]) -> int:
    """How deep a list stands below those above it; Slack's own indent may skip steps."""
    if element.type != "rich_text_list":
        return 0
    while levels and levels[-1] > element.indent:
        levels.pop()
    if not levels or levels[-1] < element.indent:
        levels.append(element.indent)
    return len(levels) - 1


def _rich(element: Block, level: int, names: Names) -> str:
    inside = element.elements or []
    if element.type == "rich_text_list":
        text = "".join(_item(element, i, level, names) for i in range(len(inside)))
    elif element.type == "rich_text_preformatted":
        code = "".join(_bare(each, names) for each in inside)
        text = mrkdwn.fence(code, element.language or "")
    else:
        text = _inlines(inside, names)
    return _quoted(text) if element.border or element.type == "rich_text_quote" else text


def _quoted(text: str) -> str:
    return "\n" + "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n")) + "\n"


def _item(element: Block, number: int, level: int, names: Names) -> str:
    item = (element.elements or [])[number]
    text = _inlines(item.elements or (), names)
    is_ordered = element.style == "ordered"
    box = _BOXES.get(element.style, "-") if isinstance(element.style, str) else "-"
    mark = f"{element.offset + number + 1}." if is_ordered else box
    body = text.strip("\n").replace("\n", "\n" + BULLET_INDENT * (level + 1))
    return f"{BULLET_INDENT * level}{mark} {body}\n"


def _bare(element: Block, names: Names) -> str:
    """An element inside code: no marks; a link as it was typed."""
    if element.type == "link":
        return _text(element) or element.url
    return _said(element, names)


def _inlines(elements: Sequence[Block], names: Names) -> str:
    if not any(isinstance(each.style, Style) for each in elements):  # as in most messages
        return "".join(_said(each, names) for each in elements)
    return spans.markdown(_span(each, names) for each in elements)


def _said(element: Block, names: Names) -> str:
    return _text(element) if element.type == "text" else _word(element, names)


def _span(element: Block, names: Names) -> Span:
    text = _said(element, names)
    style = element.style
    if not isinstance(style, Style):
        return Span(text)
    on = ((spans.BOLD, style.bold), (spans.ITALIC, style.italic), (spans.STRIKE, style.strike))
    marks = frozenset(mark for mark, is_set in on if is_set)
    return Span(text, marks, is_code=style.code and element.type == "text")


def _word(element: Block, names: Names) -> str:
    if element.type == "link":
        return mrkdwn.link(element.url, _text(element))
    if element.type == "user":
        return f"@{names.user(element.user_id)}"
    if element.type == "channel":
        return f"#{names.channel(element.channel_id)}"
    said = {
        "usergroup": "@group",
        "broadcast": f"@{element.range}",
        "emoji": f":{element.name}:",
        "color": str(element.value or ""),
        "date": element.fallback or _day(element.timestamp),
    }
    return said.get(element.type) or _text(element) or element.fallback or element.url


def _day(timestamp: float) -> str:
    """A date as it is read everywhere; "" where there is none."""
    try:
        return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}" if timestamp else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _text(element: Block) -> str:
    if isinstance(element.text, Label):
        return element.text.text
    return element.text or ""


def _table(rows: list[list[Block]], names: Names) -> str:
    cells = [[_cell(each, names) for each in row] for row in rows]
    if not cells:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join((lines[0], "|" + " --- |" * len(cells[0]), *lines[1:]))


def _cell(cell: Block, names: Names) -> str:
    text = _block(cell, names) if cell.type == "rich_text" else _text(cell)
    text = text or (str(cell.value) if isinstance(cell.value, int | float | str) else "")
    return " ".join(text.split()).replace("|", "\\|")
