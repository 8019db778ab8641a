"""How a question begins in a paragraph: `Q:`, bold, a number, or nothing but the question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from curation.sources import titles
from curation.sources.document import Block, join
from curation.sources.titles import ANSWER, NUMBER, PREFIX


@dataclass(frozen=True)
class Opening:
    """The question at the beginning of a block, and what of the block comes after it."""

    title: str
    rest: str = ""
    called: bool = False
    """Whether it is called a question: `Q:`."""


def split(block: Block) -> Iterator[Block]:
    """A paragraph that holds several `Q:` lines, cut at each of them."""
    if block.kind == "list" and block.inside and any(PREFIX.match(i.title) for i in block.inside):
        for item in block.inside:
            yield replace(
                item,
                kind="text",
                text=re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", item.text),
                inside=(),
            )
        return
    if block.kind != "text" or block.inside or "\n" not in block.text:
        yield block
        return
    lines = block.text.split("\n")
    starts = [0, *(i for i, line in enumerate(lines) if i and PREFIX.match(line))]
    for start, end in pairwise([*starts, len(lines)]):
        yield replace(
            block, text="\n".join(lines[start:end]), line=block.line + start, close=False
        )


def prefixed(block: Block) -> Opening | None:
    """`Q: ...`, to its question mark, to `A:`, or to the end of the paragraph."""
    if block.kind not in ("text", "heading"):
        return None
    text = block.title if block.kind == "heading" else _unquoted(block)
    if not PREFIX.match(text):
        return None
    lines = text.split("\n")
    told = next((i for i, line in enumerate(lines) if i and ANSWER.match(line)), None)
    if told is None and len(lines) > 1:
        told = _end_of_question(lines)
    asked, rest = lines[:told], lines[told:] if told else []
    return Opening(titles.clean(_unclosed(titles.joined(asked))), "\n".join(rest), called=True)


def is_answered(blocks: Sequence[Block]) -> bool:
    """Whether an `A:` follows, so that all before it was the question."""
    return any(ANSWER.match(each.text) for each in blocks[:1])


def _unquoted(block: Block) -> str:
    return join(block.inside) if block.inside and block.kind == "text" else block.text


def _unclosed(title: str) -> str:
    """A bold that begins and never ends, or ends and never began, is none."""
    title = title if title.count("**") % 2 == 0 else title.replace("**", "")
    return title if title.count("*") % 2 == 0 else title.rstrip("*")


def _end_of_question(lines: list[str]) -> int | None:
    """The line after the first one that ends a question; None where all lines are one."""
    ends = (i + 1 for i, line in enumerate(lines) if titles.is_marked(line.rstrip("*_ ")[-3:]))
    found = next(ends, None)
    return found if found is not None and found < len(lines) else None


_WHOLLY_BOLD = re.compile(
    r"(?P<lead>[^\w*]{0,3}(?:\(?\d+(?:\.\d+)*[.)]?\s+)?)(?P<mark>\*\*\*|\*\*|__)(?=\S)(?P<title>(?:(?!\*\*|__).|\n)+?)"
    r"(?P=mark)(?P<tail>\s*[:?.]?)[ \t]*(?:\n|\Z)"
)
_BOLD_QUESTION = re.compile(
    r"(\*\*|__)(?=\S)(?P<title>(?:(?!\1).|\n)+?[?\uff1f\u061f])\s*\1\s*(?:[-\u2013\u2014:\u2192]|[-=]>)?\s+(?=\S)"
)


def bold(block: Block) -> Opening | None:
    """A paragraph that is bold and asks, or begins with a bold question."""
    text = single(block)
    if not text:
        return None
    whole = _WHOLLY_BOLD.match(text)
    if whole:
        title = titles.clean(whole["lead"] + whole["title"] + whole["tail"])
        rest = text[whole.end() :]
        more = _WHOLLY_BOLD.match(rest)
        if more and not titles.asks(title):
            title, rest = f"{title} {titles.clean(more['title'])}", rest[more.end() :]
        numbered = NUMBER.match(whole["lead"].lstrip()) or NUMBER.match(whole["title"])
        asks = titles.is_marked(title)
        if not rest.strip():
            asks = titles.asks(title) or bool(numbered)
        return Opening(title, rest) if asks else None
    begun = _BOLD_QUESTION.match(text)
    return Opening(titles.clean(begun["title"]), text[begun.end() :]) if begun else None


def single(block: Block) -> str:
    """The text of a paragraph, or of a list whose one item says nothing below its question."""
    if block.kind == "text" and not block.inside:
        return block.text
    if block.kind == "list" and len(block.inside) == 1 and not block.inside[0].inside:
        return block.inside[0].title
    return ""


def numbered(block: Block) -> Opening | None:
    """A paragraph that begins with a number and asks, marks or no marks."""
    text = single(block)
    is_item = block.kind == "list" and block.text.lstrip()[:1].isdigit()
    bare = re.sub(r"^[*_]{1,3}", "", text)
    if not text or not (is_item or NUMBER.match(bare)):
        return None
    lines = text.split("\n")
    told = _end_of_question(lines)
    title = titles.clean(" ".join(lines[:told]))
    bold = _WHOLLY_BOLD.fullmatch(text)
    if not (titles.is_marked(title[-4:]) or bold) or len(title) > 300:
        return None
    return Opening(title, "\n".join(lines[told:]) if told else "")


def asking_line(block: Block) -> Opening | None:
    """A paragraph that is one question and nothing more."""
    text = single(block)
    lines = text.split("\n")
    told = _end_of_question(lines) if len(lines) > 1 else None
    title = " ".join(lines[:told])
    if not text or len(title) > 200 or not titles.is_marked(title[-2:]) or text.count("?") > 2:
        return None
    return Opening(titles.clean(title), "\n".join(lines[told:]) if told else "")


def answer(blocks: Sequence[Block]) -> str:
    """The blocks as an answer: without `A:`, and not as a quotation if all of it is one."""
    told = [each for each in blocks if each.text.strip()]
    while told and all(each.kind == "text" and each.inside for each in told):
        told = [inner for each in told for inner in each.inside]
    if told and not ANSWER.match(told[0].text) and all(is_contents(each) for each in told):
        return ""
    text = ANSWER.sub("", join(told).strip(), count=1)
    if text.startswith(">") and all(line.startswith(">") for line in text.split("\n")):
        text = "\n".join(line.removeprefix(">").removeprefix(" ") for line in text.split("\n"))
        text = ANSWER.sub("", text, count=1)
    return text.strip()


def is_contents(block: Block) -> bool:
    """Whether a block is nothing but links within this page."""
    links = block.hrefs or tuple(h for each in block.inside for h in each.hrefs)
    whole = len(block.hrefs) or len(block.inside)
    return bool(links) and len(links) >= whole and all(each.startswith("#") for each in links)
