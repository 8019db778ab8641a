"""Slack's `blocks` as Markdown: rich text with lists and code, sections, headers, tables."""

from __future__ import annotations

import msgspec

from curation.sources import decoding, mrkdwn
from curation.sources.mrkdwn import Names

BULLET_INDENT = "    "


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
    url: str = ""
    name: str = ""
    range: str = ""
    fallback: str = ""
    user_id: str = ""
    channel_id: str = ""
    usergroup_id: str = ""


_blocks = msgspec.json.Decoder(list[Block] | None).decode


def decode(blocks: msgspec.Raw, names: Names) -> str:
    """Markdown from the `blocks` of a message; "" where there are none that can be read."""
    try:
        known = _blocks(blocks) or []
    except decoding.UNREADABLE:
        known = _mended(bytes(blocks))
    return _joined([_block(each, names) for each in known])


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
    text = ""
    in_list = False
    for each in elements:
        was_list, in_list = in_list, each.type == "rich_text_list"
        if text and (was_list != in_list) and not (in_list and text.endswith("\n")):
            text += "\n"
        text += _rich(each, names)
    return text


def _rich(element: Block, names: Names) -> str:
    inside = element.elements or []
    if element.type == "rich_text_list":
        return "".join(_item(element, i, names) for i in range(len(inside)))
    if element.type == "rich_text_preformatted":
        return mrkdwn.fence("".join(_bare(each, names) for each in inside))
    text = "".join(_inline(each, names) for each in inside)
    if element.type == "rich_text_quote":
        return "\n" + "\n".join(f"> {line}" for line in text.rstrip("\n").split("\n")) + "\n"
    return text


def _item(element: Block, number: int, names: Names) -> str:
    item = (element.elements or [])[number]
    text = "".join(_inline(each, names) for each in item.elements or ())
    mark = f"{element.offset + number + 1}." if element.style == "ordered" else "-"
    body = text.strip("\n").replace("\n", "\n" + BULLET_INDENT * (element.indent + 1))
    return f"{BULLET_INDENT * element.indent}{mark} {body}\n"


def _bare(element: Block, names: Names) -> str:
    """An element inside code: no marks; a link as it was typed."""
    if element.type == "link":
        return _text(element) or element.url
    return _text(element) if element.type == "text" else _word(element, names)


def _inline(element: Block, names: Names) -> str:
    text = _text(element) if element.type == "text" else _word(element, names)
    return _styled(text, element.style)


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
    }
    return said.get(element.type) or _text(element) or element.fallback


def _text(element: Block) -> str:
    if isinstance(element.text, Label):
        return element.text.text
    return element.text or ""


def _styled(text: str, style: str | Style | None) -> str:
    """Marks around the words, not around the spaces beside them."""
    words = text.strip()
    if not isinstance(style, Style) or not words or "\n" in words:
        return text
    marks = [
        mark
        for mark, on in (
            ("~~", style.strike),
            ("**", style.bold),
            ("_", style.italic),
            ("`", style.code),
        )
        if on
    ]
    marked = "".join(marks) + words + "".join(reversed(marks))
    return text.replace(words, marked, 1)


def _table(rows: list[list[Block]], names: Names) -> str:
    cells = [[_cell(each, names) for each in row] for row in rows]
    if not cells:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join((lines[0], "|" + " --- |" * len(cells[0]), *lines[1:]))


def _cell(cell: Block, names: Names) -> str:
    text = _block(cell, names) if cell.type == "rich_text" else _text(cell)
    return " ".join(text.split()).replace("|", "\\|")
