"""Conflict cards: two sources that answer one question differently.

An FAQ of last year says 5 GB, a thread of this spring says 20. Rules cannot know who is right, so
both stay out of the split until somebody settles it. Two passages are compared when they ask the
same, or when their answers are near in meaning; they conflict when they tell another figure, name or
verdict, or, for the same question, when the answers have nothing in common.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from curation import contradictions, overlap
from data import embed
from data.embed import Vectors
from data.records import Drop, Example, Record, content_id
from data.settings import DedupSettings

Keep = Literal["first", "second", "both", "neither"]

NEAR_ANSWERS = 0.7
"""Cosine of two answers from which their facts are compared."""

FAR_ANSWERS = 0.3
"""Cosine of two answers to one question below which they have nothing in common."""


class Claim(Record, frozen=True):
    """One side of a conflict."""

    example: str
    family: str
    question: str
    answer: str
    locator: str
    date: str = ""
    """ISO 8601, of a thread; empty where the source has no date."""


class Conflict(Record, frozen=True):
    """A card for somebody who knows."""

    id: str
    first: Claim
    second: Claim
    differs: tuple[str, ...]
    """`figure gb: 5 or 20`, `name: Pro or Lite`, `negation: …`; `answers` where they share nothing."""


class Settlement(Record, frozen=True):
    """What somebody decided about a card."""

    card: str
    keep: Keep
    by: str
    at: str


def find(
    rows: Sequence[Example],
    same_question: Iterable[tuple[str, str]],
    settings: DedupSettings,
    cache: Path,
) -> list[Conflict]:
    """The cards among what people wrote; `same_question` are pairs of ids that dedup met."""
    human = [row for row in rows if not row.origin.teacher]
    known = {row.id: row for row in human}
    vectors = _vectors(human, settings, cache)
    place = {row.id: here for here, row in enumerate(human)}
    cards: dict[str, Conflict] = {}
    for one, other in same_question:
        if one in known and other in known:
            differs = contradictions.differences(known[one].answer, known[other].answer)
            if not differs and _apart(vectors, place[one], place[other]):
                differs = ("answers",)
            _keep(cards, known[one], known[other], differs)
    for here, there in _near_answers(human, vectors):
        differs = contradictions.differences(
            human[here].answer, human[there].answer, same_question=False
        )
        _keep(cards, human[here], human[there], differs)
    return list(cards.values())


def _keep(
    cards: dict[str, Conflict], one: Example, other: Example, differs: tuple[str, ...]
) -> None:
    if differs:
        card = _card(one, other, differs)
        cards.setdefault(card.id, card)


def set_aside(
    rows: Iterable[Example], cards: Iterable[Conflict], settled: Mapping[str, Keep]
) -> Iterator[Example | Drop]:
    """Leave out both sides of an open card, and the losing side of a settled one."""
    out: dict[str, tuple[str, str]] = {}
    for card in cards:
        keep = settled.get(card.id)
        reason = "conflict" if keep is None else "settled-against"
        for side, claim in (("first", card.first), ("second", card.second)):
            if keep not in ("both", side):
                out.setdefault(claim.family, (reason, card.id))
    for row in rows:
        if row.family in out:
            reason, card_id = out[row.family]
            yield Drop(reason, row.origin.locator, example=row, evidence=f"card {card_id}")
        else:
            yield row


def _vectors(rows: Sequence[Example], settings: DedupSettings, cache: Path) -> Vectors | None:
    if settings.embedder == "none" or not rows:
        return None
    return embed.embed([row.answer for row in rows], settings.embedder, cache)


def _apart(vectors: Vectors | None, here: int, there: int) -> bool:
    """Whether two answers share too little; letters alone have said so already."""
    return vectors is None or float(vectors[here] @ vectors[there]) < FAR_ANSWERS


def _near_answers(rows: Sequence[Example], vectors: Vectors | None) -> Iterator[tuple[int, int]]:
    if vectors is None:
        return
    for here, there, _ in overlap.alike_by_meaning(vectors, NEAR_ANSWERS):
        if rows[here].family != rows[there].family:
            yield here, there


def _card(one: Example, other: Example, differs: tuple[str, ...]) -> Conflict:
    key = content_id("conflict", *sorted((one.id, other.id)))
    return Conflict(key, claim(one), claim(other), differs)


def claim(row: Example) -> Claim:
    return Claim(
        row.id, row.family, row.question, row.answer, row.origin.locator, _date(row.origin.locator)
    )


def _date(locator: str) -> str:
    """The day of a message, from the seconds that name it."""
    found = re.search(r"#(\d{9,10})\.\d+", locator)
    return datetime.fromtimestamp(int(found[1]), UTC).date().isoformat() if found else ""
