"""Held-out questions that training has seen, whatever the split says.

By rules of others: shared runs of 13 words as in the GPT-3 paper (arXiv 2005.14165, appendix C),
8 for short texts, and an overlap of character 5-grams; and by one that only lineage allows, a
common family. Scores are then shown for all items and for the clean ones.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from data.records import Example
from eval import scores
from eval.items import SEEN_WORDING, UNSEEN_SOURCE, Item

METHOD = "contamination@1"
MEANING = "The question, or for an unseen source also its answer, stands in the training data."
LONG_RUN, SHORT_RUN = 13, 8
"""Words in a row that count as seen; the shorter for texts of fewer words than the longer."""
OVERLAP = 0.8
SHINGLE = 5


class Seen(NamedTuple):
    """A held-out item, and by which rule which training row gives it away."""

    item: Item
    rule: str
    row: str


def find(items: Iterable[Item], trained: Sequence[Example]) -> Iterator[Seen]:
    held_out = [item for item in items if item.question_set != SEEN_WORDING]
    index = _Index(trained)
    for item in held_out:
        if found := index.look_up(item):
            yield Seen(item, *found)


class _Index:
    """The training rows by family, question, runs of words and shingles."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self._families = {row.family: row.id for row in rows}
        self._questions = {scores.normalise(row.question): row.id for row in rows}
        self._runs: dict[tuple[str, ...], str] = {}
        for row in rows:
            words = _words(f"{row.question}\n{row.answer}")
            for size in (LONG_RUN, SHORT_RUN):
                self._runs |= dict.fromkeys(_runs(words, size), row.id)
        self._alike = _Alike([(row.id, row.question) for row in rows])

    def look_up(self, item: Item) -> tuple[str, str] | None:
        """The first rule that fires, and the row; None for a clean item."""
        row = item.example
        unseen = item.question_set == UNSEEN_SOURCE
        if unseen and row.family in self._families:
            return "family", self._families[row.family]
        if same := self._questions.get(scores.normalise(row.question)):
            return "question", same
        for text in (row.question, row.answer) if unseen else (row.question,):
            if shared := self._shared(text):
                return shared
        if alike := self._alike.find(row.question):
            return "overlap", alike
        return None

    def _shared(self, text: str) -> tuple[str, str] | None:
        words = _words(text)
        size = LONG_RUN if len(words) >= LONG_RUN else SHORT_RUN
        for run in _runs(words, size):
            if run in self._runs:
                return f"{size} words in a row", self._runs[run]
        return None


class _Alike:
    """Texts by their rarest shingles: of two sets that overlap by `OVERLAP` one of these is shared.

    Bayardo, Ma and Srikant, Scaling up all pairs similarity search (WWW 2007): prefix filter.
    """

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._sets = [(key, _shingles(text)) for key, text in texts]
        self._count = Counter(part for _, parts in self._sets for part in parts)
        self._places: dict[str, list[int]] = {}
        for place, (_, parts) in enumerate(self._sets):
            for part in self._prefix(parts):
                self._places.setdefault(part, []).append(place)

    def find(self, text: str) -> str:
        """The key of a text that overlaps enough, or nothing."""
        parts = _shingles(text)
        for place in sorted(
            {p for part in self._prefix(parts) for p in self._places.get(part, ())}
        ):
            key, others = self._sets[place]
            if len(parts & others) >= OVERLAP * len(parts | others) > 0:
                return key
        return ""

    def _prefix(self, parts: frozenset[str]) -> list[str]:
        rare_first = sorted(parts, key=lambda part: (self._count[part], part))
        return rare_first[: len(parts) - int(OVERLAP * len(parts) + 0.999) + 1]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _runs(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - size + 1):
        yield tuple(words[start : start + size])


def _shingles(text: str) -> frozenset[str]:
    plain = scores.normalise(text)
    return frozenset(plain[i : i + SHINGLE] for i in range(len(plain) - SHINGLE + 1))
