"""`curate review push`: decide what to ask, write it down, then send it.

The plan is written before anything is sent, and what is there already is not sent again: a push
that was killed is completed by the next one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from curation import settle
from curation.conflicts import Conflict
from curation.review import clusters, journal, page, places, queue, routing, sources, votes
from curation.review.form import WHY, Queue
from curation.review.journal import Asked, Opinion
from curation.review.page import Page
from curation.review.routing import Known
from curation.review.sources import Sources
from data import store
from data.records import Example, Review
from data.settings import ReviewSettings
from data.workspace import Workspace

QUEUES: tuple[Queue, ...] = ("examples", "pairs", "adjudication")


@dataclass(frozen=True)
class Sent:
    """What one queue was sent."""

    queue: Queue
    address: str
    sent: int
    waiting: int
    """Records that still want opinions, those that were there before included."""


@dataclass(frozen=True)
class Pushed:
    """What was sent, and where it went."""

    queues: Sequence[Sent]
    sent: Sequence[Asked]
    unheard: int


@dataclass(frozen=True)
class Plan:
    """What to ask, and all that the pages are made from."""

    asked: Sequence[Asked]
    rows: dict[str, Example]
    cards: dict[str, Conflict]
    sources: Sources
    opinions: dict[str, list[Review]]
    complete: frozenset[tuple[Queue, str]]
    unheard: int
    """Disagreements for which the settings name no adjudicator."""


def run(space: Workspace, rows: Sequence[Example], settings: ReviewSettings) -> Pushed:
    """Send what is to be asked."""
    with queue.signed_in(space) as server:
        server.refuse_unknown((*settings.annotators, *settings.adjudicators))
        made = plan(space, rows, settings)
        journal.write(journal.asked_path(space), made.asked)
        known = places.read(space)
        done, sent = [], list[Asked]()
        for name in QUEUES:
            wanted = [each for each in made.asked if each.queue == name]
            if not wanted:
                continue
            people = settings.adjudicators if name == "adjudication" else settings.annotators
            before = places.known(known, name, settings)
            place = server.open(name, before, people=people)
            if before is None or before.dataset != place.dataset:
                places.note(space, name, place)
            there = server.subjects(place)
            waiting = [each for each in wanted if (name, each.subject) not in made.complete]
            absent = [each for each in waiting if each.subject not in there]
            pages = [(each, shown) for each in absent if (shown := show(each, made))]
            server.send(name, [shown for _, shown in pages])
            sent += [each for each, _ in pages]
            done.append(Sent(name, place.address, len(pages), len(waiting)))
    return Pushed(done, sent, made.unheard)


def account(done: Pushed) -> Iterator[str]:
    """What happened, a line at a time; records with a known verdict are not told from others."""
    why = Counter(each.why for each in done.sent)
    if why:
        chosen = ", ".join(f"{reason} {why[reason]}" for reason in WHY if why[reason])
        members = sum(len(each.members) for each in done.sent)
        yield f"chosen: {chosen}; they stand for {members} more with the same answer"
    for each in done.queues:
        yield f"{each.queue}: {each.sent} sent, {each.waiting} wait at {each.address}"
    if not done.queues:
        yield "nothing is in doubt, and no share is to be drawn: nobody was asked"
    if done.unheard:
        yield (
            f"{done.unheard} disagreements wait for somebody to settle them: "
            "name `adjudicators` under [review]"
        )


def plan(space: Workspace, rows: Sequence[Example], settings: ReviewSettings) -> Plan:
    """What to ask on top of what was asked before; nothing is written."""
    asked = journal.read(journal.asked_path(space), Asked)
    opinions = journal.read(journal.opinions_path(space), Opinion)
    said = journal.reviews(opinions)
    settled = journal.reviews(opinions, "adjudication")
    complete = finished(opinions, settings)
    known = Known(
        rows=rows,
        sources=sources.read(space, rows),
        near=clusters.neighbours(rows, space.settings.dedup, space.vectors),
        cards=settle.open_cards(space),
        probes=_withheld(space),
        asked=asked,
        complete=frozenset(subject for _, subject in complete),
        alone=frozenset(
            key
            for key, reviews in said.items()
            if votes.outcome(reviews) == "reject" and not votes.blames_the_answer(reviews)
        ),
        salt=space.settings.split.salt,
    )
    new = routing.choose(known, settings)
    disputed = _disputes(rows, asked, said, settled, settings)
    if settings.adjudicators:
        new += disputed
    return Plan(
        asked=(*asked, *new),
        rows={row.id: row for row in rows},
        cards={card.id: card for card in settle.cards(space)},
        sources=known.sources,
        opinions=said,
        complete=complete,
        unheard=0 if settings.adjudicators else len(disputed),
    )


def finished(
    opinions: Iterable[Opinion], settings: ReviewSettings
) -> frozenset[tuple[Queue, str]]:
    """Which records have all the opinions that their queue wants."""
    wanted: dict[Queue, int] = {
        "examples": settings.min_submitted,
        "pairs": settings.min_submitted_pairs,
        "adjudication": settings.min_submitted_adjudication,
    }
    counts: dict[tuple[Queue, str], int] = {}
    for each in journal.standing(opinions):
        if "verdict" not in each.untouched:
            key = (each.queue, each.subject)
            counts[key] = counts.get(key, 0) + 1
    return frozenset(key for key, count in counts.items() if count >= wanted[key[0]])


def show(asked: Asked, made: Plan) -> Page | None:
    """The page of a record; None where it is no longer in the workspace."""
    if asked.queue == "pairs":
        card = made.cards.get(asked.subject)
        return page.of_pair(card, asked) if card else None
    row = asked.planted or made.rows.get(asked.subject)
    if row is None:
        return None
    if asked.queue == "adjudication":
        return page.of_dispute(row, asked, made.sources, made.opinions.get(row.id, ()))
    return page.of_example(row, asked, made.sources)


def _disputes(
    rows: Iterable[Example],
    asked: Iterable[Asked],
    said: dict[str, list[Review]],
    settled: dict[str, list[Review]],
    settings: ReviewSettings,
) -> list[Asked]:
    before = {each.subject for each in asked if each.queue == "adjudication"}
    return [
        Asked(row.id, "adjudication", "disagreement")
        for row in rows
        if row.id not in before
        and row.id not in settled
        and votes.disagree(said.get(row.id, ()), settings.min_submitted)
    ]


def _withheld(space: Workspace) -> frozenset[str]:
    path = space.split / "probes.jsonl"
    if not path.exists():
        return frozenset()
    return frozenset(
        key for row in store.read(path, Example) for key in (row.id, *row.origin.parents)
    )
