"""Examples that one look can decide: the same answer to questions that are alike.

What is learnt from them is one answer in several wordings, so whether the answer is right has to
be asked once. A cluster is a star: every member is like its centre, so that likeness does not
creep from neighbour to neighbour.
"""

from collections.abc import Sequence
from pathlib import Path

from curation import overlap
from data import embed
from data.records import Example
from data.settings import DedupSettings

SAME_ANSWER = 0.8
"""Overlap of character 5-grams from which a verdict on one answer holds for the other."""

ALIKE_QUESTIONS = 0.85
"""Cosine of questions of different families from which one look may decide both."""

Neighbours = dict[int, list[int]]
"""Position to the positions of what it may stand for."""


def neighbours(rows: Sequence[Example], settings: DedupSettings, cache: Path) -> Neighbours:
    """Which rows can stand for which: those on one side with the same answer."""
    answers = [overlap.shingles(row.answer) for row in rows]
    found: Neighbours = {}
    for here, there in _candidates(rows, settings, cache):
        same_side = rows[here].side == rows[there].side
        if same_side and overlap.jaccard(answers[here], answers[there]) >= SAME_ANSWER:
            found.setdefault(here, []).append(there)
            found.setdefault(there, []).append(here)
    return found


def star(centre: int, near: Neighbours, taken: set[int]) -> list[int]:
    """What the centre stands for, as far as nothing else stands for it yet."""
    return sorted(set(near.get(centre, ())) - taken)


def _candidates(
    rows: Sequence[Example], settings: DedupSettings, cache: Path
) -> list[tuple[int, int]]:
    families: dict[str, list[int]] = {}
    for here, row in enumerate(rows):
        families.setdefault(row.family, []).append(here)
    pairs = {
        (here, there)
        for members in families.values()
        for at, here in enumerate(members)
        for there in members[at + 1 :]
    }
    if settings.embedder != "none" and rows:
        vectors = embed.embed([row.question for row in rows], settings.embedder, cache)
        near = overlap.alike_by_meaning(vectors, ALIKE_QUESTIONS)
        pairs |= {(here, there) for here, there, _ in near}
    return sorted(pairs)
