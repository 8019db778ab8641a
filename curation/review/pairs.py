"""What people decided about two answers side by side, and what it means for the conflict card."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from curation import settle
from curation.conflicts import Keep, Settlement
from curation.review import journal
from curation.review.journal import Asked, Opinion
from data import store
from data.settings import ReviewSettings
from data.workspace import Workspace

Better = Literal["first", "second", "equal"]

SIGNATURE = "review: "
"""Begins the name under which a card was settled by annotators."""


@dataclass(frozen=True)
class Choice:
    """What one annotator chose, in the order of the card and not of the screen."""

    annotator: str
    keep: Keep
    better: Better
    at: str


def choices(asked: Iterable[Asked], opinions: Iterable[Opinion]) -> dict[str, list[Choice]]:
    """What was submitted, by the id of the card; what cannot be read is no choice."""
    swapped = {each.subject: each.swapped for each in asked if each.queue == "pairs"}
    found: dict[str, list[Choice]] = {}
    for opinion in journal.standing(opinions):
        if opinion.queue != "pairs" or opinion.subject not in swapped:
            continue
        keep = _keep(opinion.values.get("usable"), swapped=swapped[opinion.subject])
        better = _better(opinion.values.get("ranking"), swapped=swapped[opinion.subject])
        if keep and better:
            said = Choice(opinion.annotator, keep, better, opinion.at)
            found.setdefault(opinion.subject, []).append(said)
    return found


def settled(
    chosen: Mapping[str, Sequence[Choice]], settings: ReviewSettings
) -> dict[str, Settlement]:
    """The cards on which enough annotators were asked and more than half say the same."""
    done = {}
    for card, said in chosen.items():
        [(keep, votes)] = Counter(choice.keep for choice in said).most_common(1)
        if len(said) >= settings.min_submitted_pairs and 2 * votes > len(said):
            who = ", ".join(sorted(choice.annotator for choice in said if choice.keep == keep))
            at = max(choice.at for choice in said)
            done[card] = Settlement(card, keep, f"{SIGNATURE}{who}", at)
    return done


def note(space: Workspace, done: Mapping[str, Settlement]) -> int:
    """Write down what is new; a word by `curate settle` is not overruled. How many were new."""
    known: dict[str, Settlement] = {}
    if space.settled.exists():
        known = {each.card: each for each in store.read(space.settled, Settlement)}
    cards = {card.id for card in settle.cards(space)}
    fresh = [
        each
        for card, each in done.items()
        if card in cards
        and (card not in known or known[card].by.startswith(SIGNATURE))
        and known.get(card) != each
    ]
    if fresh:
        settle.note(space, *fresh)
    return len(fresh)


def _keep(usable: object, *, swapped: bool) -> Keep | None:
    first, second = ("b", "a") if swapped else ("a", "b")
    known: dict[object, Keep] = {
        first: "first",
        second: "second",
        "both": "both",
        "neither": "neither",
    }
    return known.get(usable)


def _better(ranking: object, *, swapped: bool) -> Better | None:
    """From `[{"value": "a", "rank": 1}, …]`; equal ranks mean equally good."""
    try:
        told = msgspec.convert(ranking, list[_Ranked])
    except msgspec.ValidationError:
        return None
    ranks = {each.value: each.rank for each in told}
    if set(ranks) != {"a", "b"}:
        return None
    first, second = (ranks["b"], ranks["a"]) if swapped else (ranks["a"], ranks["b"])
    if first == second:
        return "equal"
    return "first" if first < second else "second"


class _Ranked(msgspec.Struct):
    value: str
    rank: int
