"""`curate review pull`: fetch what was answered, then decide from all that was ever answered.

What is fetched goes into the journal before anything is decided, so that nothing is fetched in
vain; a pull that was killed is repeated and comes to the same end.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from curation import settle
from curation.review import (
    decide,
    inclusion,
    journal,
    pairs,
    places,
    preferences,
    push,
    queue,
    votes,
)
from curation.review.decide import Heard
from curation.review.form import Queue
from curation.review.journal import Asked, Opinion
from curation.review.pairs import Choice
from data.errors import BadInputError
from data.records import Example
from data.settings import ReviewSettings
from data.store import Manifest, StageWriter
from data.workspace import Workspace


@dataclass(frozen=True)
class Told:
    """All that people have told so far."""

    asked: Sequence[Asked]
    opinions: Sequence[Opinion]
    heard: Heard
    choices: dict[str, list[Choice]]
    new: int = 0
    """Responses that came or changed since the last pull."""


@dataclass(frozen=True)
class Pulled:
    """What came of it."""

    reviewed: Manifest
    by: Counter[str]
    """Who let the examples pass that stay."""
    preferences: Manifest
    new: int
    settled: int
    """Conflict cards that were decided."""
    disputed: int
    """Examples on which annotators disagree and nobody has decided yet."""
    unreadable: int
    audit: tuple[int, int]
    """Of the examples that were drawn at random: how many were not right, of how many."""


def run(space: Workspace, rows: Sequence[Example]) -> Pulled:
    """Fetch, decide, and write the reviewed examples and the preferences."""
    settings = space.settings.review
    new = fetch(space, rows)
    told = tell(space, new=new)
    settled = pairs.note(space, pairs.settled(told.choices, settings))
    with _writer(space, space.reviewed, "curate review pull") as out:
        out.expect(len(rows))
        outcomes = list(decide.decide(rows, told.heard, settings))
        out.add_all(outcomes)
    made = preferences.gather(rows, told.heard, settle.cards(space), told.choices, settings)
    with _writer(space, space.preferences, "curate review pull: preferences") as also:
        also.add_all(made)
    known = {row.id for row in rows}
    kept = [row for row in outcomes if isinstance(row, Example)]
    return Pulled(
        out.done,
        Counter(inclusion.decided_by(row) for row in kept),
        also.done,
        new,
        settled,
        sum(
            key in known and votes.disagree(said, settings.min_submitted)
            for key, said in told.heard.opinions.items()
        ),
        journal.unreadable(told.opinions),
        audited(told),
    )


def fetch(space: Workspace, rows: Iterable[Example]) -> int:
    """Bring the journal up to date; how many responses came or changed."""
    settings = space.settings.review
    path = journal.opinions_path(space)
    current = {row.id for row in rows} | {card.id for card in settle.cards(space)}
    asked = [
        each
        for each in journal.read(journal.asked_path(space), Asked)
        if each.planted or each.subject in current
    ]
    known = journal.read(path, Opinion)
    lost: list[str] = []
    found = False
    before_all = {each.id: each for each in known}
    with queue.signed_in(space) as server:
        for name in push.QUEUES:
            before = places.known(places.read(space), name, settings)
            place = server.find(name, before)
            if place is None:
                continue
            found = True
            if before and path.exists():
                place = msgspec.structs.replace(
                    place, activity=before.activity, records=before.records
                )
            fetched = server.fetch(name, place)
            if fetched is None:
                continue
            known = journal.merge(known, fetched.opinions, fetched.records)
            journal.write(path, known)
            lost += _lost(asked, known, name, fetched.subjects, settings)
            if not lost:
                places.note(space, name, fetched.place)
        url = server.url
    _refuse_nothing(url, settings, found=found)
    _refuse_lost(url, lost)
    return sum(before_all.get(each.id) != each for each in known)


def tell(space: Workspace, *, new: int = 0) -> Told:
    """What the journal says, without asking the server."""
    settings = space.settings.review
    asked = journal.read(journal.asked_path(space), Asked)
    opinions = journal.read(journal.opinions_path(space), Opinion)
    final = {
        key: said
        for key, said in journal.reviews(opinions, "adjudication").items()
        if len(said) >= settings.min_submitted_adjudication
    }
    heard = decide.hear(asked, journal.reviews(opinions), final)
    return Told(asked, opinions, heard, pairs.choices(asked, opinions), new)


def _lost(
    asked: Sequence[Asked],
    known: Sequence[Opinion],
    name: Queue,
    there: frozenset[str],
    settings: ReviewSettings,
) -> list[str]:
    """What was asked, is not at the server, and has not all its opinions yet."""
    complete = push.finished(known, settings)
    return [
        each.subject
        for each in asked
        if each.queue == name
        and each.subject not in there
        and (name, each.subject) not in complete
    ]


def _refuse_nothing(url: str, settings: ReviewSettings, *, found: bool) -> None:
    if not found:
        raise BadInputError(
            f"{url} has no dataset {settings.dataset} in workspace "
            f"{settings.workspace}; `curate review push` makes it."
        )


def _refuse_lost(url: str, lost: Sequence[str]) -> None:
    if lost:
        raise BadInputError(
            f"{len(lost)} records that people were to be asked about are not at {url} "
            f"({', '.join(lost[:3])}{'…' if len(lost) > 3 else ''}): they were deleted there, or a "
            "push was interrupted. All opinions are kept; `curate review push` sends them again."
        )


def _writer(space: Workspace, path: Path, stage: str) -> StageWriter:
    return StageWriter(
        path,
        stage,
        inputs=[space.unique, journal.opinions_path(space)],
        settings={"review": space.settings.review.model_dump()},
        root=space.root,
    )


def audited(told: Told) -> tuple[int, int]:
    """Of the examples that were drawn at random and decided: how many are wrong, of how many."""
    outcomes = [
        votes.outcome(told.heard.opinions.get(each.subject, ()))
        for each in told.asked
        if each.why == "audit" and not each.gold
    ]
    decided = [outcome for outcome in outcomes if outcome != "undecided"]
    return sum(outcome != "keep" for outcome in decided), len(decided)


def account(done: Pulled) -> Iterator[str]:
    """What came of it, a line at a time."""
    yield f"{done.new} responses are new or changed"
    yield f"kept by {', by '.join(f'{who} {count}' for who, count in done.by.most_common())}"
    if done.settled:
        yield f"{done.settled} conflicts between sources were settled"
    if done.preferences.kept:
        yield f"{done.preferences.kept} preferences in work/preferences.jsonl"
    wrong, total = done.audit
    if total:
        low, high = _interval(wrong, total)
        yield (
            f"of {total} examples drawn at random, {wrong} were not right as they stood: "
            f"{low:.0%} to {high:.0%} of the rest, by 95 % confidence"
        )
    if done.disputed:
        yield f"{done.disputed} disagreements wait for adjudicators: `curate review push` asks them"
    if done.unreadable:
        yield f"{done.unreadable} responses have no verdict that is known here; was the form edited?"


def _interval(count: int, total: int) -> tuple[float, float]:
    from scipy.stats import binomtest  # Slow to load, and wanted only here.

    found = binomtest(count, total).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
