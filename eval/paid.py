"""Whether the rows that tickets asked for have paid: a later run against the one that asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from data import store, terminal
from data import tickets as kept_tickets
from data.records import Answer, Example, Measured, Ticket
from data.workspace import Workspace
from eval import comparison, contrast, evaluation, panel, placebo, tickets
from eval.arms import TUNED
from eval.comparison import Result
from eval.contrast import Contrast
from eval.items import SEEN_WORDING, UNSEEN_WORDING
from eval.statistics import Interval


def measure(space: Workspace, run: Path) -> list[Ticket]:
    """Hold this run against those that opened the tickets it was trained for; write what came out.

    Returns the tickets that were measured by it.
    """
    known = kept_tickets.read(space)
    rows = store.read_stage(space.split / SEEN_WORDING.file, Example, made_by="curate split")
    learnt = {row.origin.ticket for row in rows}
    due = {each.id for each in known if each.id in learnt and _is_due(each, run.name)}
    if not due:
        return []
    answered = evaluation.read_answers(space, run)
    results = comparison.grade(answered.items, answered.answers, ())
    later = _Later(space, run, tickets.of_set(results, UNSEEN_WORDING), answered.settings.seed)
    placebos = {each.run: each for each in known if each.placebo and each.id in learnt}
    now = [
        _measured(later, each, placebos.get(each.run)) if each.id in due else each
        for each in known
    ]
    kept_tickets.write(space, now)
    return [each for each in now if each.measured and each.measured.run == run.name]


@dataclass(frozen=True)
class _Later:
    """The run that tickets are measured by, and how it answered the probes."""

    space: Workspace
    run: Path
    asked: Sequence[Result]
    seed: int


def _is_due(ticket: Ticket, run: str) -> bool:
    """Whether a ticket waits for this run, or was measured by it and may be again."""
    if ticket.state == "open" or ticket.accept is None:
        return False
    return ticket.run != run and (ticket.measured is None or ticket.measured.run == run)


def _measured(later: _Later, ticket: Ticket, against: Ticket | None) -> Ticket:
    """The ticket with its outcome; `against` is the placebo that was filled along with it."""
    before = _earlier(later.space, ticket)
    common = [each for each in later.asked if each.item.id in before]
    withheld = [each for each in common if each.item.id in ticket.withheld]
    if not withheld or ticket.accept is None:
        terminal.warn(
            f"Ticket {ticket.id} cannot be measured: none of its probes was answered by run "
            f"{ticket.run} and by this one too."
        )
        return ticket
    held = _against(withheld, before, ticket.run, later.seed)
    broken, unchecked = _guards(later, ticket, before, common)
    outcome = Measured(
        run=later.run.name,
        asked=len(withheld),
        before=held.both_right + held.broken,
        after=held.both_right + held.fixed,
        gain=held.difference,
        interval=(held.interval.low, held.interval.high) if held.interval else None,
        broken=broken,
        unchecked=unchecked,
    )
    if against and not ticket.placebo:
        outcome = _beside_placebo(outcome, against, before, common, later.seed)
    proven = held.interval is not None and held.interval.low > ticket.accept.threshold
    beats = outcome.beyond is None or outcome.beyond[0] > 0
    has_paid = proven and held.state == "IMPROVED" and not broken and beats
    state = ticket.state if ticket.placebo else "paid" if has_paid else "not paid"
    return msgspec.structs.replace(ticket, measured=outcome, state=state)


def _guards(
    later: _Later, ticket: Ticket, before: Mapping[str, Answer], common: Sequence[Result]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the guards that the ticket names those that do not hold, and those that nobody checked."""
    others = [each for each in common if each.item.id not in ticket.withheld]
    worse: dict[str, bool | None] = {
        tickets.OTHERS_HOLD: _against(others, before, ticket.run, later.seed).state == "REGRESSED"
        if others
        else None,
        tickets.TEXT_HOLDS: panel.worse_than(
            later.space, later.space.runs / ticket.run, later.space.runs / later.run.name
        ),
    }
    named = ticket.accept.guards if ticket.accept else ()
    return (
        tuple(each for each in named if worse[each]),
        tuple(each for each in named if worse[each] is None),
    )


def _beside_placebo(
    outcome: Measured,
    against: Ticket,
    before: Mapping[str, Answer],
    common: Sequence[Result],
    seed: int,
) -> Measured:
    """With what the placebo gained on probes as often wrong; as it was where that tells nothing."""
    flips = [
        placebo.Flip(
            each.item.example.family,
            before=comparison.grade_one(each.item, before[each.item.id]).exact,
            after=each.grades[TUNED].exact,
        )
        for each in common
        if each.item.id in against.withheld
    ]
    by_lot = placebo.gain_at(1 - outcome.before / outcome.asked, flips, seed)
    if by_lot is None or outcome.interval is None:
        return outcome
    own = placebo.Gain(outcome.gain, Interval(*outcome.interval))
    found = placebo.beyond(own, by_lot)
    return msgspec.structs.replace(outcome, placebo=by_lot.mean, beyond=(found.low, found.high))


def _earlier(space: Workspace, ticket: Ticket) -> dict[str, Answer]:
    """What the run that opened the ticket said; of another split, but ids are of equal items."""
    path = evaluation.answers_path(space.runs / ticket.run)
    answers = store.read_there(path, Answer)
    return {each.example: each for each in answers if each.arm == TUNED and each.sample == 0}


def _against(
    asked: Sequence[Result], before: Mapping[str, Answer], earlier: str, seed: int
) -> Contrast:
    run = asked[0].grades[TUNED].answer.run
    graded = {
        earlier: [comparison.grade_one(each.item, before[each.item.id]) for each in asked],
        run: [each.grades[TUNED] for each in asked],
    }
    families = [each.item.example.family for each in asked]
    [held] = contrast.against_all(graded, families, run, "exact", seed=seed)
    return held
