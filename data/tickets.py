"""The tickets of a workspace: opened by `evaluate`, filled by `synth`, kept in mind by `curate`.

Their file changes with every state, so no stage names it as an input: what is made from a ticket
does not become stale because the ticket was paid.
"""

from collections.abc import Sequence

from data import store
from data.records import Ticket
from data.workspace import Workspace


def read(space: Workspace) -> list[Ticket]:
    return store.read_there(space.tickets, Ticket)


def write(space: Workspace, tickets: Sequence[Ticket]) -> None:
    if tickets or space.tickets.exists():
        store.write_records(space.tickets, tickets)


def still_open(space: Workspace) -> list[Ticket]:
    """What errors ask for; a placebo asks for nothing by itself."""
    return [each for each in read(space) if each.state == "open" and not each.placebo]


def withheld(space: Workspace) -> frozenset[str]:
    """Ids of all probes that a ticket is, or was, measured by."""
    asked = (each for each in read(space) if not each.placebo or each.state != "open")
    return frozenset(probe for each in asked for probe in each.withheld)
