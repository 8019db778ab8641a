"""What an example was made from, and how much of it stands there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from data import store
from data.records import Example, Passage
from data.workspace import Workspace

WORD = re.compile(r"\w+")
SHORTEST_RUN = 3
"""Words in a row that an answer shares with its source before they are marked as evidence."""
SHORT_WORD = 4
"""Characters from which a word says something; numbers always do."""

Span = tuple[int, int]
"""Start and end in a text, in characters."""


@dataclass(frozen=True)
class Sources:
    """The passages of a workspace, by their own id and by family, and who descends from whom."""

    by_id: Mapping[str, Passage]
    by_family: Mapping[str, Passage]
    parents: Mapping[str, tuple[str, ...]]

    def of(self, row: Example) -> Passage | None:
        """The passage that an example was made from; the root of its family where it is unsaid."""
        above = list(row.origin.parents)
        for _ in range(8):  # rounds of making something from something made
            for key in above:
                found = self.by_id.get(key)
                if found and found.family == row.family:
                    return found
            above = [parent for key in above for parent in self.parents.get(key, ())]
        return self.by_family.get(row.family)


def read(space: Workspace, rows: Iterable[Example]) -> Sources:
    passages = store.read_there(space.passages, Passage)
    made = store.read_there(space.ingested, Example)
    by_family: dict[str, Passage] = {}
    for passage in passages:
        by_family.setdefault(passage.family, passage)
    return Sources(
        {passage.id: passage for passage in passages},
        by_family,
        {row.id: row.origin.parents for row in (*made, *rows)},
    )


def text(passage: Passage | None) -> str:
    """The whole text, a thread with its speakers."""
    if passage is None:
        return ""
    turns = "\n\n".join(f"{turn.speaker}: {turn.text}" for turn in passage.turns)
    return turns or "\n\n".join(filter(None, (passage.title, passage.text)))


def evidence(source: str, answer: str) -> list[Span]:
    """Where in the source the answer stands: runs of words that both have, in order."""
    there, here = list(WORD.finditer(source)), list(WORD.finditer(answer))
    folded = [match[0].casefold() for match in there]
    matcher = SequenceMatcher(
        None, folded, [match[0].casefold() for match in here], autojunk=False
    )
    return [
        (there[block.a].start(), there[block.a + block.size - 1].end())
        for block in matcher.get_matching_blocks()
        if block.size >= min(SHORTEST_RUN, len(here)) and block.size
    ]


def grounding(source: str, answer: str) -> float:
    """The share of the answer's telling words that stand in the source, from 0 to 1."""
    told = _telling(answer)
    return len(told & _telling(source)) / len(told) if told else 1.0


def _telling(text: str) -> frozenset[str]:
    words = (match[0].casefold() for match in WORD.finditer(text))
    return frozenset(word for word in words if len(word) >= SHORT_WORD or word.isdigit())
