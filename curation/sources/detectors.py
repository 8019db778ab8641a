"""The ways in which a document may put its questions inside a section; each looks for its own.

A detector turns the blocks of a section into entries. They compete: the best one has most
that ask, most that are answered, and more than one of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from curation.sources import columns, openings, titles
from curation.sources.document import PAIRS, Block, BlockKind
from curation.sources.titles import ANSWER

FLOORS = {"details": 0.5, "toggle": 0.5, "term": 0.5, "columns": 0.0, "prefix": 0.0}
"""The share that must ask; of what is only bold or numbered, nearly all must."""
USUAL_FLOOR = 0.6


@dataclass(frozen=True)
class Entry:
    title: str
    text: str
    """The answer; "" where there is none."""
    line: int
    called: bool = False
    """Whether it is called a question: `Q: Lids`."""

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
        return entry.asks or entry.called

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
            Entry(each.title, openings.answer(each.inside), each.line)
            for each in blocks
            if each.kind == kind and each.title
        ]
        return _candidate(kind, entries, blocks, lambda each: each.kind == kind)

    return detect


def _items(blocks: Sequence[Block]) -> Candidate | None:
    """List items that ask something and go on to say more."""
    entries: list[Entry] = []
    lists = [each for each in blocks if each.kind == "list" and any(map(_goes_on, each.inside))]
    for item in (item for each in lists for item in each.inside):
        opening = _item_opening(item)
        told = "\n\n".join(filter(None, (opening.rest, openings.answer(item.inside))))
        entries.append(
            Entry(opening.title, ANSWER.sub("", told, count=1) if told else "", item.line)
        )
    return _candidate("item", entries, blocks, lambda each: each in lists)


def _item_opening(item: Block) -> openings.Opening:
    block = replace(item, text=item.title, kind="text", inside=())
    return (
        openings.prefixed(block)
        or openings.bold(block)
        or ("\n" in item.title and openings.asking_line(block))
        or openings.Opening(titles.clean(item.title))
    )


def _goes_on(item: Block) -> bool:
    """Whether it says more than its first words."""
    return bool(item.inside or _item_opening(item).rest)


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
    name: str, opening: Callable[[Block], openings.Opening | None]
) -> Callable[[Sequence[Block]], Candidate | None]:
    """Paragraphs that open with a question; the answer goes on to the next of them."""

    def detect(blocks: Sequence[Block]) -> Candidate | None:
        split = (
            [part for each in blocks for part in openings.split(each)]
            if name == "prefix"
            else blocks
        )
        opened = [opening(each) for each in split]
        starts = [i for i, each in enumerate(opened) if each is not None]
        entries = []
        for start, end in pairwise([*starts, len(split)]):
            found = opened[start]
            assert found is not None
            if name == "prefix" and found.rest and openings.is_answered(split[start + 1 : end]):
                whole = titles.clean(f"{found.title} {found.rest}")
                found = replace(found, title=whole, rest="")
            told = [replace(split[start], kind="text", text=found.rest, inside=())]
            entries.append(
                Entry(
                    found.title,
                    openings.answer([*told, *split[start + 1 : end]]),
                    split[start].line,
                    called=found.called,
                )
            )
        return _candidate(name, entries, blocks, lambda each: opening(each) is not None)

    return detect


def _candidate(
    name: str, entries: list[Entry], blocks: Sequence[Block], opens: Callable[[Block], bool]
) -> Candidate | None:
    entries = list(_without_calls(entries))
    if not entries:
        return None
    first = next((i for i, each in enumerate(blocks) if opens(each)), 0)
    return Candidate(name, tuple(entries), tuple(blocks[:first]))


def _without_calls(entries: Sequence[Entry]) -> Iterator[Entry]:
    """`Still have questions?` is asked of the reader and opens no entry."""
    return (each for each in entries if not (each.asks and titles.is_boilerplate(each.title)))


def _mixed(blocks: Sequence[Block]) -> Candidate | None:
    """The sure ones together, for a section that is written in several ways."""
    entries: list[Entry] = []
    told: list[Block] = []
    begun: tuple[openings.Opening, int] | None = None
    for block in (*(part for each in blocks for part in openings.split(each)), None):
        whole = _whole(block) if block else []
        opening = (
            (openings.prefixed(block) or openings.bold(block)) if block and not whole else None
        )
        if begun and (whole or opening or block is None):
            entries.append(_begun(*begun, told))
            begun = None
        entries += whole
        if block and opening:
            begun, told = (opening, block.line), []
        elif block and begun:
            told.append(block)
    entries = list(_without_calls(entries))
    return Candidate("mixed", tuple(entries), ()) if entries else None


def _begun(opening: openings.Opening, line: int, told: Sequence[Block]) -> Entry:
    answer = openings.answer([Block("text", opening.rest, line), *told])
    return Entry(opening.title, answer, line, called=opening.called)


def _whole(block: Block) -> list[Entry]:
    """The entries of a block that holds both questions and answers."""
    if block.kind in PAIRS and titles.asks(block.title):
        return [Entry(block.title, openings.answer(block.inside), block.line)]
    found = {"table": _columns, "list": _items}.get(block.kind)
    candidate = found([block]) if found else None
    # One item that asks may be a piece of an answer.
    fewest = 2 if block.kind == "list" else 1
    good = candidate is not None and candidate.asked >= fewest and candidate.is_good
    return list(candidate.entries) if candidate and good else []


DETECTORS: dict[str, Callable[[Sequence[Block]], Candidate | None]] = {
    **{kind: _pairs(kind) for kind in PAIRS},
    "columns": _columns,
    "prefix": _flow("prefix", openings.prefixed),
    "bold": _flow("bold", openings.bold),
    "numbered": _flow("numbered", openings.numbered),
    "item": _items,
    "line": _flow("line", openings.asking_line),
    "mixed": _mixed,
}
"""By name, the surest first: where two score alike, the earlier wins."""
