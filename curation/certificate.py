"""The leak certificate: what was compared between the train side and what is held out.

Four rules, each with what it compared, found and barred. A rule that did not run says so.
Lexical near-duplicates are barred from an overlap of .8 on, meanings from a cosine of .95 on;
pairs from .90 on are shown, so that a reader can judge the threshold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from curation import overlap
from data import embed
from data.records import Drop, Example, Record
from data.settings import DedupSettings

BARRED_COSINE = 0.95
SHOWN_COSINE = 0.90
SHOWN_PAIRS = 10


class NearPair(Record, frozen=True):
    """Two questions on different sides, and how alike they are."""

    train: str
    held_out: str
    train_question: str
    held_out_question: str
    score: float


class Rule(Record, frozen=True):
    """What one rule compared and found."""

    name: str
    ran: bool
    threshold: float = 1.0
    barred: int = 0
    worst: tuple[NearPair, ...] = ()
    note: str = ""


class Certificate(Record, frozen=True):
    """Why the figures on the held-out sides can be believed, as far as rules can tell."""

    rules: tuple[Rule, ...]
    train: int
    held_out: int
    details: dict[str, object] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Cleared:
    """The train rows that may stay, those that may not, and the certificate."""

    train: tuple[Example, ...]
    drops: tuple[Drop, ...]
    certificate: Certificate


def clear(
    train: Sequence[Example], held_out: Sequence[Example], settings: DedupSettings, cache: Path
) -> Cleared:
    """Bar every train row that repeats a held-out one."""
    barred: dict[int, Drop] = {}
    rules = []
    for name, threshold, pairs, note in _rules(train, held_out, settings, cache):
        found = [] if pairs is None else pairs
        over = [pair for pair in found if pair[2] >= threshold]
        for here, there, score in over:
            barred.setdefault(here, _drop(name, train[here], held_out[there], score))
        worst = sorted(found, key=lambda pair: -pair[2])[:SHOWN_PAIRS]
        rules.append(
            Rule(
                name,
                ran=pairs is not None,
                threshold=threshold,
                barred=len({here for here, _, _ in over}),
                worst=tuple(_near(train[a], held_out[b], score) for a, b, score in worst),
                note=note,
            )
        )
    kept = tuple(row for here, row in enumerate(train) if here not in barred)
    proof = Certificate(tuple(rules), train=len(kept), held_out=len(held_out))
    return Cleared(kept, tuple(barred.values()), proof)


def _rules(
    train: Sequence[Example], held_out: Sequence[Example], settings: DedupSettings, cache: Path
) -> Iterator[tuple[str, float, list[overlap.Pair] | None, str]]:
    asked = [row.question or row.text for row in train]
    kept = [row.question or row.text for row in held_out]
    yield "ancestor", 1.0, _shared_families(train, held_out), "families and parents"
    yield "exact", 1.0, _equal(asked, kept), "questions, case and white space folded"
    yield (
        "minhash",
        settings.similarity,
        _across(list(overlap.alike_by_letters([*asked, *kept], settings.similarity)), len(asked)),
        "questions, overlap of character 5-grams",
    )
    if settings.embedder == "none":
        yield "embedding", BARRED_COSINE, None, 'did not run: embedder = "none"'
        return
    vectors = embed.embed([*asked, *kept], settings.embedder, cache)
    near = list(overlap.alike_by_meaning(vectors, SHOWN_COSINE))
    yield "embedding", BARRED_COSINE, _across(near, len(asked)), f"questions, {settings.embedder}"


def _across(pairs: list[overlap.Pair], boundary: int) -> list[overlap.Pair]:
    """The pairs with one end on each side, the second counted from the boundary."""
    return [(a, b - boundary, score) for a, b, score in pairs if a < boundary <= b]


def _shared_families(train: Sequence[Example], held_out: Sequence[Example]) -> list[overlap.Pair]:
    related = {name: i for i, row in enumerate(held_out) for name in _kin(row)}
    return [
        (here, related[name], 1.0)
        for here, row in enumerate(train)
        for name in _kin(row)
        if name in related
    ]


def _kin(row: Example) -> tuple[str, ...]:
    return (row.id, row.family, *row.origin.parents)


def _equal(asked: list[str], kept: list[str]) -> list[overlap.Pair]:
    there = {overlap.normalise(text): i for i, text in enumerate(kept)}
    folded = ((here, overlap.normalise(text)) for here, text in enumerate(asked))
    return [(here, there[text], 1.0) for here, text in folded if text and text in there]


def _near(train: Example, held_out: Example, score: float) -> NearPair:
    return NearPair(train.id, held_out.id, train.question, held_out.question, round(score, 4))


def _drop(rule: str, row: Example, twin: Example, score: float) -> Drop:
    return Drop(
        f"leak-{rule}",
        row.origin.locator,
        example=row,
        twin=twin.id,
        evidence=f"{score:.2f} like “{twin.question}” on the {twin.side} side",
    )
