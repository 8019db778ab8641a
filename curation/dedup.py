"""Drop the examples that say what another one already said.

Two examples repeat one another when they ask the same *and* answer the same. The same
question with another answer, be it by one fact, is a conflict, which is reported and never
resolved by deletion; another wording of the question with the same answer is what synthesis is for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation import contradictions, overlap
from data import embed
from data.records import Drop, Example, Side
from data.settings import DedupSettings

STRENGTH: dict[Side, int] = {"test": 0, "dev": 1, "train": 2}
"""Of two repeats on different sides the held-out one stays."""

ANSWER_OVERLAP = 0.5
"""Overlap of character 5-grams from which two answers to one question count as the same."""


@dataclass(frozen=True)
class Likeness:
    """Why one example repeats another."""

    twin: int
    reason: str
    score: float


@dataclass(frozen=True)
class Deduplicated:
    """What stays and what leaves, in the order of the input, and what contradicts itself."""

    outcomes: tuple[Example | Drop, ...]
    conflicts: tuple[tuple[str, str], ...]
    """Ids of examples that ask the same and answer otherwise."""


def drop_repeats(
    examples: Iterable[Example], settings: DedupSettings, cache: Path
) -> Deduplicated:
    """Keep one of each group: the held-out one first, then the earliest."""
    rows = list(examples)
    alike, conflicts = _compare(rows, settings, cache)
    kept: set[int] = set()
    dropped: dict[int, Likeness] = {}
    for here in sorted(range(len(rows)), key=lambda i: (STRENGTH[rows[i].side], i)):
        match = next((near for near in alike.get(here, ()) if near.twin in kept), None)
        if match:
            dropped[here] = match
        else:
            kept.add(here)
    outcomes = tuple(
        _drop(rows, here, dropped[here]) if here in dropped else row
        for here, row in enumerate(rows)
    )
    pairs = tuple((rows[a].id, rows[b].id) for a, b in conflicts if a in kept and b in kept)
    return Deduplicated(outcomes, pairs)


def _compare(
    rows: Sequence[Example], settings: DedupSettings, cache: Path
) -> tuple[dict[int, list[Likeness]], list[tuple[int, int]]]:
    """For each row the rows it repeats, the surest reason first; and the contradictions."""
    alike: dict[int, list[Likeness]] = {}
    conflicts: dict[tuple[int, int], None] = {}
    answers = [overlap.shingles(row.answer) for row in rows]
    for reason, (a, b, score) in _same_questions(rows, settings, cache):
        same = overlap.jaccard(answers[a], answers[b]) >= ANSWER_OVERLAP
        if same and not _is_conflict(rows[a], rows[b]):
            alike.setdefault(a, []).append(Likeness(b, reason, score))
            alike.setdefault(b, []).append(Likeness(a, reason, score))
        elif rows[a].family != rows[b].family:
            conflicts[a, b] = None
    return alike, list(conflicts)


def _is_conflict(one: Example, other: Example) -> bool:
    """Whether two sources answer in almost the same words, but tell another fact.

    What a teacher wrote is held to its source in another place, and makes no card.
    """
    if one.family == other.family or one.origin.teacher or other.origin.teacher:
        return False
    return bool(contradictions.differences(one.answer, other.answer))


def _same_questions(
    rows: Sequence[Example], settings: DedupSettings, cache: Path
) -> Iterator[tuple[str, overlap.Pair]]:
    questions = [row.question or row.text for row in rows]
    exact: dict[str, int] = {}
    for here, row in enumerate(rows):
        key = f"{overlap.normalise(questions[here])}\n{overlap.normalise(row.answer)}"
        first = exact.setdefault(key, here)
        if first != here:
            yield "exact-repeat", (first, here, 1.0)
    for pair in overlap.alike_by_letters(questions, settings.similarity):
        yield "near-duplicate", pair
    if settings.embedder != "none":
        # The answers too, though only the split compares them: loading the encoder is slow,
        # and what is in the cache needs none.
        texts = [*questions, *(row.answer for row in rows)]
        vectors = embed.embed(texts, settings.embedder, cache)[: len(questions)]
        for pair in overlap.alike_by_meaning(vectors, settings.meaning):
            yield "same-meaning", pair


def _drop(rows: Sequence[Example], here: int, match: Likeness) -> Drop:
    row, twin = rows[here], rows[match.twin]
    return Drop(
        match.reason,
        row.origin.locator,
        example=row,
        twin=twin.id,
        evidence=f"{match.score:.2f} like “{twin.question}” ({twin.origin.locator})",
    )
