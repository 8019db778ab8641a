"""Perl's POD as a document: `=head` and `=item` commands, indented code, `L<links>`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from curation.sources import titles, webtext
from curation.sources.document import Block, Document, join

_CODES = re.compile(r"([IBCLEFSXZ])(?:<<+\s+((?:(?!\s>>).)*?)\s+>>+|<([^<>]*)>)", re.DOTALL)
_ENTITIES = {"lt": "<", "gt": ">", "verbar": "|", "sol": "/", "amp": "&", "quot": '"'}
_SHORTEST_TITLE = 3


@dataclass
class _List:
    """An open `=over`."""

    line: int
    items: list[tuple[str, int, list[Block]]] = field(default_factory=list)


def parse(text: str) -> Document:
    lead = re.search(r"^=[a-z]", text, re.MULTILINE)
    before = text[: lead.start()].count("\n") if lead else 0
    blocks = tuple(_blocks("\n" * before + text[lead.start() :] if lead else text))
    return Document(blocks, _name(blocks))


def _name(blocks: tuple[Block, ...]) -> str:
    """`perlfaq1 - General Questions`: what a page says of itself below NAME."""
    first = [each.text for each in blocks[:2]]
    return first[1] if len(first) == 2 and blocks[0].title == "NAME" else ""


def _blocks(text: str) -> Iterator[Block]:
    open_lists: list[_List] = []
    skipping = ""
    for paragraph, line in _paragraphs(text):
        command, rest = _command(paragraph)
        skipping = rest.split(" ")[0] if command == "=begin" else skipping
        if skipping or command in ("=for", "=encoding", "=pod"):
            skipping = "" if command == "=end" else skipping
        elif command == "=cut":
            open_lists.clear()
        elif command == "=over":
            open_lists.append(_List(line))
        elif command == "=item" and open_lists:
            open_lists[-1].items.append((rest, line, []))
        elif command == "=back" and open_lists:
            yield from _add(list(_listed(open_lists.pop())), open_lists)
        elif command.startswith("=head") or not command:
            yield from _add([_own(command, rest, line)], open_lists if not command else [])


def _command(paragraph: str) -> tuple[str, str]:
    if not paragraph.startswith("="):
        return "", paragraph
    command, _, rest = paragraph.partition(" ")
    return command.split("\n")[0], rest.strip("\n")


def _own(command: str, rest: str, line: int) -> Block:
    if not command:
        return _text(rest, line)
    level = int(command[5:6]) if command[5:6] in tuple("123456") else 1
    title = titles.clean(inline(rest))
    return Block("heading", f"{'#' * level} {title}", line, title, level)


def _paragraphs(text: str) -> Iterator[tuple[str, int]]:
    """Paragraphs with their lines; indented ones that follow each other are one."""
    parts = re.split(r"(\n[ \t]*\n\s*?(?=\S|[ \t]+\S))", text.expandtabs(8))
    line, held, began = 1, "", 1
    for number, part in enumerate(parts):
        if number % 2 == 0 and part.strip():
            if held and not (held.startswith(" ") and part.startswith(" ")):
                yield held, began
                held = ""
            lead = len(part) - len(part.lstrip("\n"))
            began = began if held else line + lead
            held = f"{held}\n\n{part}" if held else part.strip("\n")
        line += part.count("\n")
    if held:
        yield held, began


def _add(blocks: list[Block], open_lists: list[_List]) -> Iterator[Block]:
    """Into the item that is open, or out into the page."""
    if open_lists and open_lists[-1].items:
        open_lists[-1].items[-1][2].extend(blocks)
    elif not open_lists:
        yield from blocks


def _listed(found: _List) -> Iterator[Block]:
    """Items with a mark are a list; those with words are terms."""
    if any(re.sub(r"[*\d.)\]\[]", "", name).strip() for name, _, _ in found.items):
        for name, line, blocks in found.items:
            title = titles.clean(inline(re.sub(r"^\*\s+", "", name)))
            text = f"**{title}**\n\n{join(blocks)}".strip()
            yield Block("term", text, line, title, inside=tuple(blocks))
        return
    items = []
    for name, line, blocks in found.items:
        mark = f"{name.strip()} " if re.fullmatch(r"\d+\.", name.strip()) else "- "
        said = blocks[0].text if blocks else ""
        items.append(
            Block(
                "item",
                webtext.indent(join(blocks), mark),
                line,
                said,
                inside=tuple(blocks[1:]),
                close=True,
            )
        )
    yield Block("list", join(items), found.line, inside=tuple(items))


def _text(paragraph: str, line: int) -> Block:
    if paragraph.startswith((" ", "\t")):
        lines = paragraph.split("\n")
        depth = min(len(each) - len(each.lstrip()) for each in lines if each.strip())
        return Block("code", webtext.fence("\n".join(each[depth:] for each in lines)), line)
    return Block("text", inline(paragraph).strip(), line)


def inline(text: str) -> str:
    """Formatting codes as Markdown, from the innermost outwards."""
    held: list[str] = []
    text = text.replace("\x01", "")

    def hold(found: re.Match[str]) -> str:
        # Escapes become text only when no code around them can take them for its end.
        held.append(_decoded(found[1], found[2] if found[2] is not None else found[3]))
        return f"\x01{len(held) - 1}\x02"

    while (done := _CODES.sub(hold, text)) != text:
        text = done
    while "\x01" in text:
        text = re.sub(r"\x01(\d+)\x02", lambda found: held[int(found[1])], text)
    return text


def _decoded(code: str, inner: str) -> str:
    if code in "XZ":
        return ""
    if code == "E":
        number = re.fullmatch(r"(?:0x)?(\d{1,6})", inner)
        return _ENTITIES.get(inner) or (chr(int(number[1])) if number else inner)
    if code in "CF":
        return f"`{' '.join(inner.split())}`"
    if code in "BI":
        mark = "**" if code == "B" else "*"
        return f"{mark}{inner}{mark}" if inner.strip() else inner
    return _linked(inner) if code == "L" else inner


def _linked(target: str) -> str:
    label, bar, address = target.partition("|")
    if bar:
        return f"[{label}]({address})" if "://" in address else label
    if "://" in target:
        return f"<{target}>"
    page, _, section = target.partition("/")
    section = section.strip('"')
    if page and section:
        return f'"{section}" in {page}'
    return f'"{section}"' if section else page.strip('"')
