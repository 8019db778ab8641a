"""Conflict cards: two sources that answer one question differently.

An FAQ of last year says 5 GB, a thread of this spring says 20. Rules cannot know who is right, so
both stay out of the split until somebody settles it. Two passages are compared when they ask the
same, or when their answers are near in meaning; they conflict when a number with its unit differs,
or, for the same question, when the answers share too little.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from curation import overlap
from data import embed
from data.records import Drop, Example, Record, content_id
from data.settings import DedupSettings

Keep = Literal["first", "second", "both", "neither"]

NEAR_ANSWERS = 0.7
"""Cosine of two answers from which their figures are compared."""

QUANTITY = re.compile(r"(?<![\w.])(?P<value>\d[\d,]*(?:\.\d+)?)[\s-]*(?P<unit>%|[A-Za-z]+)?")
NO_FIGURES = re.compile(r"https?://\S+|```.*?```|`[^`]*`", re.DOTALL)
SAME_UNIT = {"percent": "%", "gig": "gb", "meg": "mb", "hr": "hour", "min": "minute"}
NO_UNIT = re.compile(r"(?:an?|and|as|at|by|for|from|in|is|of|on|or|the|to)")
CHANGED = re.compile(
    r"\b(?:was|were|used to|raised|lowered|now|since|no longer|not any ?more|instead|changed)\b",
    re.IGNORECASE,
)


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
    """`gb: 5 or 20`; `answers` where they share too little."""


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
    cards: dict[str, Conflict] = {}
    for one, other in same_question:
        if one in known and other in known:
            card = _card(known[one], known[other], ("answers",))
            cards[card.id] = card
    for one_row, other_row in _near_answers(human, settings, cache):
        differs = tuple(different_figures(one_row.answer, other_row.answer))
        if differs:
            card = _card(one_row, other_row, differs)
            cards[card.id] = card
    return list(cards.values())


def different_figures(one: str, other: str) -> Iterator[str]:
    """Units in which two texts tell other values.

    A text that tells more of them than the other contradicts it only if it speaks of a change:
    "20 GB, it was 5 before".
    """
    ours, theirs = _figures(one), _figures(other)
    for unit in sorted(ours.keys() & theirs.keys()):
        here, there = ours[unit], theirs[unit]
        longer = one if here > there else other
        nested = here <= there or there <= here
        if here != there and (not nested or CHANGED.search(longer)):
            yield f"{unit}: {_listed(here)} or {_listed(there)}"


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


def _near_answers(
    rows: Sequence[Example], settings: DedupSettings, cache: Path
) -> Iterator[tuple[Example, Example]]:
    if settings.embedder == "none" or not rows:
        return
    vectors = embed.embed([row.answer for row in rows], settings.embedder, cache)
    for here, there, _ in overlap.alike_by_meaning(vectors, NEAR_ANSWERS):
        if rows[here].family != rows[there].family:
            yield rows[here], rows[there]


def _figures(text: str) -> dict[str, frozenset[float]]:
    """Values by unit, the unit in the singular: `{"day": {30.0}}`."""
    found: dict[str, set[float]] = {}
    for match in QUANTITY.finditer(NO_FIGURES.sub(" ", text)):
        unit = (match["unit"] or "").lower().removesuffix("s")
        unit = SAME_UNIT.get(unit, unit)
        if unit and not NO_UNIT.fullmatch(unit):
            found.setdefault(unit, set()).add(float(match["value"].replace(",", "")))
    return {unit: frozenset(values) for unit, values in found.items()}


def _listed(values: frozenset[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values))


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
