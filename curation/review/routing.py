"""What people are asked, because asking everything wears them out and teaches little.

Contradictions between sources come first, then what automatic judges disagree on, what is not
backed by its source, what nobody confirmed, what the model will be examined with. Examples with
one answer are asked about once. A random share of the rest shows how good it is; records with a
known verdict, mixed in without a mark, show how good the annotators are.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curation import overlap
from curation.conflicts import Conflict
from curation.review import clusters
from curation.review.clusters import Neighbours
from curation.review.form import WHY
from curation.review.journal import Asked
from curation.review.sources import Sources, grounding, text
from data.records import Example, Message, Origin
from data.settings import ReviewSettings

JUDGE = "judge"
"""Scores whose name begins so are verdicts of automatic judges, from 0 to 1."""

DISAGREE = 0.4
"""Between the highest and the lowest judge, from which people are asked."""

URGENCY = {reason: rank for rank, reason in enumerate(WHY)}


@dataclass(frozen=True)
class Known:
    """What routing decides from."""

    rows: Sequence[Example]
    sources: Sources
    near: Neighbours
    cards: Sequence[Conflict] = ()
    """Open conflicts between sources."""
    probes: frozenset[str] = frozenset()
    """Ids of examples that the last split withheld, and of what they were made from."""
    asked: Sequence[Asked] = ()
    """What people were asked before."""
    complete: frozenset[str] = frozenset()
    """Subjects that have all the opinions they need."""
    alone: frozenset[str] = frozenset()
    """Of what was asked: where the decision turned out to hold for no other example."""
    salt: str = ""


def choose(known: Known, settings: ReviewSettings) -> list[Asked]:
    """What to ask now, on top of what was asked before; nothing while the budget is out.

    The same call on the same files chooses the same.
    """
    budget = settings.budget - _waiting(known)
    chosen = _pairs(known)[: max(0, budget)]
    budget -= len(chosen)
    gold = min(_gold_wanted(known, settings, budget), max(0, budget))
    budget -= gold
    flagged = _flagged(known, settings)
    audit = _audit(known, settings, {each.subject for each in flagged})
    reserved = min(len(audit), budget, round(settings.audit * settings.budget))
    urgent = flagged[: max(0, budget - reserved)]
    spoken_for = {each.subject for each in urgent}
    drawn = [each for each in audit if each.subject not in spoken_for][: max(0, reserved)]
    chosen += urgent + drawn
    return chosen + _gold(known, gold, {each.subject for each in chosen})


def _waiting(known: Known) -> int:
    """Records that were asked about and still want opinions."""
    rows = {row.id for row in known.rows} | {card.id for card in known.cards}
    return sum(
        (each.subject in rows or each.planted is not None)
        and each.subject not in known.complete
        and each.queue != "adjudication"
        for each in known.asked
    )


def _pairs(known: Known) -> list[Asked]:
    before = {each.subject for each in known.asked}
    return [
        Asked(card.id, "pairs", "conflict", swapped=_drawn(known, card.id).random() < 0.5)
        for card in known.cards
        if card.id not in before
    ]


def _flagged(known: Known, settings: ReviewSettings) -> list[Asked]:
    """The most urgent example of each cluster that has one, the most urgent cluster first."""
    before = {each.subject for each in known.asked if each.queue == "examples"}
    spoken_for = {
        member
        for each in known.asked
        if each.queue == "examples" and each.subject not in known.alone
        for member in each.members
    }
    taken = {i for i, row in enumerate(known.rows) if row.id in before | spoken_for}
    reasons = {
        here: reason
        for here, row in enumerate(known.rows)
        if here not in taken and (reason := _reason(row, known, settings))
    }
    found = []
    for here in sorted(reasons, key=lambda i: (URGENCY[reasons[i]], i)):
        if here in taken:
            continue
        members = clusters.star(here, known.near, taken | {here})
        taken |= {here, *members}
        row = known.rows[here]
        stands_for = tuple(known.rows[i].id for i in members)
        found.append(Asked(row.id, "examples", reasons[here], members=stands_for))
    return found


def _reason(row: Example, known: Known, settings: ReviewSettings) -> str:
    """Why an example has to be looked at; empty where nothing speaks for it."""
    judged = [score for name, score in row.scores.items() if name.startswith(JUDGE)]
    if judged and max(judged) - min(judged) >= DISAGREE:
        return "judge-disagreement"
    backed = row.scores.get("grounding", _grounding(row, known.sources))
    if backed < settings.low_grounding:
        return "low-grounding"
    if row.scores.get("confirmed") == 0.0:
        return "unresolved-thread"
    if row.id in known.probes or (row.side != "train" and not row.origin.teacher):
        return "probe"
    return ""


def _grounding(row: Example, sources: Sources) -> float:
    passage = sources.of(row)
    return grounding(text(passage), row.answer) if passage else 1.0


def _audit(known: Known, settings: ReviewSettings, flagged: set[str]) -> list[Asked]:
    """All that looks sound, in random order: also what others stand for."""
    before = {each.subject for each in known.asked if each.queue == "examples"}
    pool = [row.id for row in known.rows if row.id not in before | flagged]
    pool.sort(key=lambda key: _drawn(known, key).random())
    waiting = sum(
        each.why == "audit" and each.subject not in known.complete for each in known.asked
    )
    wanted = max(0, round(settings.audit * settings.budget) - waiting)
    return [Asked(key, "examples", "audit") for key in pool[:wanted]]


def _gold_wanted(known: Known, settings: ReviewSettings, budget: int) -> int:
    asked = [each for each in known.asked if each.queue == "examples"]
    there = sum(bool(each.gold) for each in asked)
    return max(0, round(settings.gold * (len(asked) + max(0, budget))) - there)


def _gold(known: Known, wanted: int, chosen: set[str]) -> list[Asked]:
    """Records with a known verdict, that look like any other.

    By turns an entry as it was published, and a question with the answer to another one.
    """
    before = {each.subject for each in known.asked} | chosen
    disputed = {claim.family for card in known.cards for claim in (card.first, card.second)}
    published = [
        row
        for row in known.rows
        if not row.origin.teacher
        and "confirmed" not in row.scores
        and row.side == "train"
        and row.id not in before
        and row.family not in disputed
    ]
    published.sort(key=lambda row: _drawn(known, f"gold/{row.id}").random())
    made: list[Asked] = []
    for number, row in enumerate(published[: 2 * wanted]):
        others = (*published[number + 1 :], *published[:number])
        planted = _planted(row, others) if number % 2 else None
        if planted and planted.id not in before:
            made.append(Asked(planted.id, "examples", "audit", gold="reject", planted=planted))
        elif planted is None and not number % 2:
            made.append(Asked(row.id, "examples", "audit", gold="keep"))
    return made[:wanted]


def _planted(row: Example, others: Iterable[Example]) -> Example | None:
    """The question with an answer that has nothing to do with it."""
    said = overlap.shingles(row.answer)
    other = next(
        (
            each
            for each in others
            if each.family != row.family
            and overlap.jaccard(said, overlap.shingles(each.answer)) < 0.1
        ),
        None,
    )
    if other is None:
        return None
    messages = (*row.prompt, Message("assistant", other.answer))
    parents = (*row.origin.parents, other.id)
    origin = Origin(row.origin.source, row.origin.locator, parents=parents)
    return Example.chat(messages, origin, family=row.family, side=row.side)


def _drawn(known: Known, key: str) -> random.Random:
    return random.Random(f"{known.salt}/review/{key}")
