"""A document of any format as blocks of Markdown, in the order in which they are read.

Every format is parsed to this, and what is a question is decided here on, for all alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from curation.sources import titles

BlockKind = Literal[
    "heading", "text", "code", "table", "list", "item", "details", "term", "toggle"
]
PAIRS: tuple[BlockKind, ...] = ("details", "term", "toggle")
"""Blocks that open on something: a `<summary>`, a term with its definition, an accordion."""
DEEPEST_LEVEL = 6


@dataclass(frozen=True)
class Block:
    kind: BlockKind
    text: str
    """All of it as Markdown, titles and what is inside included."""
    line: int
    """Where it begins in the file, from 1."""
    title: str = ""
    """A heading, a term, what a list item says first: clean."""
    level: int = 0
    """Of a heading."""
    inside: tuple["Block", ...] = ()
    """What a pair opens on, the items of a list, what an item says after its first words."""
    rows: tuple[tuple[str, ...], ...] = ()
    """Of a table, the header first."""
    hrefs: tuple[str, ...] = ()
    """Where it leads, if it is nothing but links."""
    style: str = "heading"
    """How a heading was written: `heading`, or `numbered` in plain text."""
    close: bool = False
    """Whether no empty line stands before it."""


@dataclass(frozen=True)
class Declared:
    """A question and answer that the page itself declares to be one, for search engines."""

    detector: Literal["json-ld", "microdata", "front-matter"]
    question: str
    answer: str
    line: int


@dataclass(frozen=True)
class Document:
    blocks: tuple[Block, ...]
    title: str = ""
    declared: tuple[Declared, ...] = ()
    within: str = ""
    """What it says it is a part of."""


def join(blocks: Iterable[Block]) -> str:
    """The blocks as one text."""
    text = ""
    for block in blocks:
        if not block.text.strip():
            continue
        text += ("\n" if block.close else "\n\n") if text else ""
        text += block.text.strip("\n")
    return text


def every(blocks: Iterable[Block]) -> Iterator[Block]:
    """These blocks and all inside them."""
    for block in blocks:
        yield block
        yield from every(block.inside)


def unfold(blocks: Sequence[Block], level: int = 0) -> Iterator[Block]:
    """Categories that fold away become headings, with what they hold below them."""
    for block in blocks:
        level = block.level if block.kind == "heading" else level
        if block.kind in PAIRS and _holds_questions(block):
            below = min(level + 1, DEEPEST_LEVEL)
            yield replace(block, kind="heading", level=below, text="", inside=())
            yield from unfold(block.inside, below)
        else:
            yield block


def _holds_questions(block: Block) -> bool:
    asked = [each for each in every(block.inside) if each.kind in (*PAIRS, "heading")]
    asking = sum(titles.asks(each.title) for each in asked)
    return asking >= (3 if titles.asks(block.title) else 1)
