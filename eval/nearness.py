"""From which nearness in meaning two texts count as saying the same, fitted on the workspace.

A threshold by hand is right for one embedder and one kind of text. Here it is the nearness that
answers to different questions reach by chance only as often as is allowed; how many wordings of one
question reach it says what such a threshold costs.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from data import embed, store
from data.records import Example, Record
from data.workspace import Workspace
from eval import scores
from eval.items import SETS

FALSE_ACCEPTS = 0.01
"""Of pairs of answers to different questions, the share that may be as near."""
LEAST_PAIRS = 300
"""So many say something of one in a hundred: the answers to 25 questions make them."""
MOST_ANSWERS, MOST_WORDINGS = 400, 1_000
SEED = 3407


class Threshold(Record, frozen=True):
    """A fitted cosine, and on how much it rests."""

    cosine: float
    embedder: str
    others: int
    """Pairs of answers to different questions, of which one in a hundred is nearer."""
    wordings: int
    """Pairs of wordings of one question."""
    accepted: float
    """The share of those pairs that are as near."""


def fit(space: Workspace) -> Threshold | str:
    """The threshold of a workspace, or why there is none."""
    model = space.settings.dedup.embedder
    if model == "none" or not embed.available():
        return "no embedder: set one under [dedup], or give `min_cosine` as a number"
    rows = [row for row in _rows(space) if row.side != "test"]
    answers = _answers(rows)
    pairs = len(answers) * (len(answers) - 1) // 2
    if pairs < LEAST_PAIRS:
        return (
            f"{len(answers)} answers to different questions are too few to fit a cosine on; give "
            "`min_cosine` as a number"
        )
    wordings = list(_wordings(rows))
    texts = [*answers, *(text for pair in wordings for text in pair)]
    vectors = embed.embed(texts, model, space.vectors)
    first, rest = vectors[: len(answers)], vectors[len(answers) :]
    apart = (first @ first.T)[np.triu_indices(len(answers), 1)]
    cosine = float(np.quantile(apart, 1 - FALSE_ACCEPTS))
    alike = np.sum(rest[0::2] * rest[1::2], axis=1)
    accepted = float(np.mean(alike >= cosine)) if len(alike) else 0.0
    return Threshold(round(cosine, 3), model, pairs, len(wordings), round(accepted, 3))


def told(threshold: Threshold) -> str:
    return (
        f"cosine {threshold.cosine:.2f} fitted: of {threshold.others:,} pairs of answers to "
        f"different questions one in a hundred is nearer, of {threshold.wordings:,} pairs of wordings "
        f"{threshold.accepted:.0%}"
    )


def _rows(space: Workspace) -> Iterator[Example]:
    for each in SETS:
        yield from store.read_stage(space.split / each.file, Example, made_by="curate split")


def _answers(rows: Sequence[Example]) -> list[str]:
    """One answer of each family, no two the same, at most `MOST_ANSWERS`."""
    by_family = {row.family: row.answer for row in rows if row.answer.strip()}
    each_once = list({scores.normalise(text): text for text in by_family.values()}.values())
    return random.Random(SEED).sample(each_once, min(MOST_ANSWERS, len(each_once)))


def _wordings(rows: Sequence[Example]) -> Iterator[tuple[str, str]]:
    """Questions of one family with one answer, two by two, at most `MOST_WORDINGS` pairs."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        key = (row.family, scores.normalise(row.answer))
        groups.setdefault(key, {})[scores.normalise(row.question)] = row.question
    pairs = [pair for group in groups.values() for pair in combinations(group.values(), 2)]
    yield from random.Random(SEED).sample(pairs, min(MOST_WORDINGS, len(pairs)))
