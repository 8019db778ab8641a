"""The ways in which a document may put its questions inside a section; each looks for its own.

A detector turns the blocks of a section into entries. They compete: the best one has most
that ask, most that are answered, and more than one of them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from curation.sources import columns, titles
from curation.sources.document import PAIRS, Block, BlockKind, join
from curation.sources.titles import ANSWER, NUMBER, PREFIX

FLOORS = {"details": 0.5, "toggle": 0.5, "term": 0.5, "columns": 0.0, "prefix": 0.0}
"""The share that must ask; of what is only bold or numbered, nearly all must."""
USUAL_FLOOR = 0.6


@dataclass(frozen=True)
class Entry:
    title: str
    text: str
    """The answer; "" where there is none."""
    line: int

    @property
    def asks(self) -> bool:
        return titles.asks(self.title)


@dataclass(frozen=True)
class Candidate:
    """What one detector found in one section."""

    detector: str
    entries: tuple[Entry, ...]
    lead: tuple[Block, ...]
    """What stands before the first entry."""

    @property
    def share_asking(self) -> float:
        return sum(map(self._asks, self.entries)) / len(self.entries)

    @property
    def share_answered(self) -> float:
        return sum(bool(each.text) for each in self.entries) / len(self.entries)

    def _asks(self, entry: Entry) -> bool:
        # What is called a question is one.
        return entry.asks or self.detector == "prefix"

    @property
    def asked(self) -> int:
        return sum(self._asks(each) and bool(each.text) for each in self.entries)

    @property
    def score(self) -> float:
        return 2 * self.share_asking + self.share_answered + min(self.asked, 8) / 4

    @property
    def is_good(self) -> bool:
        return self.share_answered > 0 and self.share_asking >= FLOORS.get(
            self.detector, USUAL_FLOOR
        )


@dataclass(frozen=True)
class Opening:
    """The question at the beginning of a block, and what of the block comes after it."""

    title: str
    rest: str = ""


def compete(blocks: Sequence[Block], forced: str = "") -> list[Candidate]:
    """What each detector finds in these blocks, the best one first."""
    names = [forced] if forced else [each for each in DETECTORS if each != "mixed"]
    found = [DETECTORS[name](blocks) for name in names if name in DETECTORS]
    candidates = [each for each in found if each is not None]
    candidates.sort(key=lambda each: each.score, reverse=True)
    mixed = None if forced else DETECTORS["mixed"](blocks)
    if mixed and candidates and mixed.asked > candidates[0].asked and mixed.is_good:
        candidates.insert(0, mixed)
    return candidates


def _pairs(kind: BlockKind) -> Callable[[Sequence[Block]], Candidate | None]:
    """Questions that open on their answers; what stands between them belongs to none."""

    def detect(blocks: Sequence[Block]) -> Candidate | None:
        entries = [
            Entry(each.title, answer(each.inside), each.line)
            for each in blocks
            if each.kind == kind and each.title and not titles.is_boilerplate(each.title)
        ]
        return _candidate(kind, entries, blocks, lambda each: each.kind == kind)

    return detect


def _items(blocks: Sequence[Block]) -> Candidate | None:
    """List items that ask something and go on to say more."""
    entries: list[Entry] = []
    lists = [each for each in blocks if each.kind == "list" and any(i.inside for i in each.inside)]
    for item in (item for each in lists for item in each.inside):
        opening = _item_opening(item)
        told = "\n\n".join(filter(None, (opening.rest, answer(item.inside))))
        entries.append(
            Entry(opening.title, ANSWER.sub("", told, count=1) if told else "", item.line)
        )
    return _candidate("item", entries, blocks, lambda each: each in lists)


def _item_opening(item: Block) -> Opening:
    block = replace(item, text=item.title, kind="text")
    return _prefixed(block) or _bold(block) or Opening(titles.clean(item.title))


def _columns(blocks: Sequence[Block]) -> Candidate | None:
    """The rows of a table that has a column for questions and one for answers."""
    entries: list[Entry] = []
    tables = [each for each in blocks if each.kind == "table"]
    used: list[Block] = []
    for table in tables:
        found = columns.of_table(table.rows)
        if found is not None:
            used.append(table)
            for row in table.rows[int(found.has_header) :]:
                asked, told = columns.pick(row, found)
                entries.append(Entry(titles.clean(asked), told, table.line))
    entries = [each for each in entries if each.title]
    return _candidate("columns", entries, blocks, lambda each: each in used)


def _flow(
    name: str, opening: Callable[[Block], Opening | None]
) -> Callable[[Sequence[Block]], Candidate | None]:
    """Paragraphs that open with a question; the answer goes on to the next of them."""

    def detect(blocks: Sequence[Block]) -> Candidate | None:
        split = [part for each in blocks for part in _split(each)] if name == "prefix" else blocks
        openings = [opening(each) for each in split]
        starts = [i for i, each in enumerate(openings) if each is not None]
        entries = []
        for start, end in pairwise([*starts, len(split)]):
            found = openings[start]
            assert found is not None
            if name == "prefix" and found.rest and _is_answered(split[start + 1 : end]):
                found = Opening(titles.clean(f"{found.title} {found.rest}"))
            told = [replace(split[start], kind="text", text=found.rest, inside=())]
            entries.append(
                Entry(found.title, answer([*told, *split[start + 1 : end]]), split[start].line)
            )
        return _candidate(name, entries, blocks, lambda each: opening(each) is not None)

    return detect


def _candidate(
    name: str, entries: list[Entry], blocks: Sequence[Block], opens: Callable[[Block], bool]
) -> Candidate | None:
    if not entries:
        return None
    first = next((i for i, each in enumerate(blocks) if opens(each)), 0)
    return Candidate(name, tuple(entries), tuple(blocks[:first]))


def answer(blocks: Sequence[Block]) -> str:
    """The blocks as an answer: without `A:`, and not as a quotation if all of it is one."""
    told = [each for each in blocks if each.text.strip()]
    while told and all(each.kind == "text" and each.inside for each in told):
        told = [inner for each in told for inner in each.inside]
    if told and all(is_contents(each) for each in told):
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


def _split(block: Block) -> Iterator[Block]:
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


def _prefixed(block: Block) -> Opening | None:
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
    return Opening(titles.clean(_unclosed(" ".join(asked))), "\n".join(rest))


def _is_answered(blocks: Sequence[Block]) -> bool:
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
    r"(\*\*|__)(?=\S)(?P<title>(?:(?!\1).|\n)+?[?\uff1f\u061f])\s*\1\s*[-\u2013\u2014:]?\s+(?=\S)"
)


def _bold(block: Block) -> Opening | None:
    """A paragraph that is bold and asks, or begins with a bold question."""
    text = _single(block)
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


def _single(block: Block) -> str:
    """The text of a paragraph, or of a list whose one item says nothing below its question."""
    if block.kind == "text" and not block.inside:
        return block.text
    if block.kind == "list" and len(block.inside) == 1 and not block.inside[0].inside:
        return block.inside[0].title
    return ""


def _numbered(block: Block) -> Opening | None:
    """A paragraph that begins with a number and asks, marks or no marks."""
    text = _single(block)
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


def _asking_line(block: Block) -> Opening | None:
    """A paragraph that is one question and nothing more."""
    text = _single(block)
    lines = text.split("\n")
    told = _end_of_question(lines) if len(lines) > 1 else None
    title = " ".join(lines[:told])
    if not text or len(title) > 200 or not titles.is_marked(title[-2:]) or text.count("?") > 2:
        return None
    return Opening(titles.clean(title), "\n".join(lines[told:]) if told else "")


def _mixed(blocks: Sequence[Block]) -> Candidate | None:
    """The sure ones together, for a section that is written in several ways."""
    entries: list[Entry] = []
    told: list[Block] = []
    begun: tuple[Opening, int] | None = None
    for block in (*(part for each in blocks for part in _split(each)), None):
        whole = _whole(block) if block else []
        opening = (_prefixed(block) or _bold(block)) if block and not whole else None
        if begun and (whole or opening or block is None):
            rest = Block("text", begun[0].rest, begun[1])
            entries.append(Entry(begun[0].title, answer([rest, *told]), begun[1]))
            begun = None
        entries += whole
        if block and opening:
            begun, told = (opening, block.line), []
        elif block and begun:
            told.append(block)
    return Candidate("mixed", tuple(entries), ()) if entries else None


def _whole(block: Block) -> list[Entry]:
    """The entries of a block that holds both questions and answers."""
    if block.kind in PAIRS and titles.asks(block.title):
        return [Entry(block.title, answer(block.inside), block.line)]
    found = {"table": _columns, "list": _items}.get(block.kind)
    candidate = found([block]) if found else None
    good = candidate is not None and candidate.asked and candidate.is_good
    return list(candidate.entries) if candidate and good else []


DETECTORS: dict[str, Callable[[Sequence[Block]], Candidate | None]] = {
    **{kind: _pairs(kind) for kind in PAIRS},
    "columns": _columns,
    "prefix": _flow("prefix", _prefixed),
    "bold": _flow("bold", _bold),
    "numbered": _flow("numbered", _numbered),
    "item": _items,
    "line": _flow("line", _asking_line),
    "mixed": _mixed,
}
"""By name, the surest first: where two score alike, the earlier wins."""
