"""What tickets order, as requests to the teacher.

A ticket that was filled is filled again in every later run, from the ledger or by the same rules,
so that its rows stay in the data. Probes are never shown to a teacher.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from data.records import Drop, Example, Ticket
from synth.recipe import Recipe
from synth.teacher import Request, folded

RECIPE = "vary"
"""The recipe that asks for other styles."""

Write = Callable[[Sequence[Request]], Iterator[Example | Drop]]


def requests(
    tickets: Iterable[Ticket], examples: Iterable[Example], recipe: Recipe
) -> list[Request]:
    """The wordings wanted by each ticket, spread over the examples of its sources."""
    found: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.side == "train" and example.kind == "chat":
            for parent in example.origin.parents:
                found[parent].append(example)
    earlier: defaultdict[str, int] = defaultdict(int)
    asked = []
    for ticket in tickets:
        of_sources = (example for source in ticket.sources for example in found[source])
        chosen = list({example.id: example for example in of_sources}.values())
        for place, example in enumerate(chosen[: ticket.wanted]):
            count = len(range(place, ticket.wanted, len(chosen)))
            earlier[example.id] += count
            # All that tickets ever asked for: to a prompt that it knows, the ledger would give
            # the reply that is in the data already.
            messages = recipe.render(example, earlier[example.id], ticket.styles)
            asked.append(Request(example, messages, count, ticket=ticket.id))
    return asked


def write(
    ordinary: Iterable[Example | Drop],
    ordered: Sequence[Request],
    known: Iterable[Example],
    write_new: Write,
) -> Iterator[Example | Drop]:
    """First what every run makes, then what tickets order, in words that are not there yet."""
    there = {folded(each.question) for each in known}
    for outcome in ordinary:
        there |= _questions(outcome)
        yield outcome
    for ticket in dict.fromkeys(each.ticket for each in ordered):
        so_far = frozenset(there)
        asked = [replace(each, known=so_far) for each in ordered if each.ticket == ticket]
        for outcome in write_new(asked):
            there |= _questions(outcome)
            yield outcome


def _questions(outcome: Example | Drop) -> set[str]:
    example = outcome.example if isinstance(outcome, Drop) else outcome
    return {folded(example.question)} if example else set()


def filled(tickets: Iterable[Ticket], made: Iterable[Example]) -> list[Ticket]:
    """The tickets with what was made for them; one for which nothing was made stays open."""
    rows: defaultdict[str, int] = defaultdict(int)
    for example in made:
        rows[example.origin.ticket] += 1
    return [_filled(each, rows[each.id]) for each in tickets]


def _filled(ticket: Ticket, rows: int) -> Ticket:
    if not rows:
        return ticket
    state = "filled" if ticket.state == "open" else ticket.state
    return msgspec.structs.replace(ticket, made=rows, state=state)
