"""`evaluate humans pull`: bring what people said into `work/humans/votes.jsonl`.

A vote is known by its id at the server, so fetching it again changes nothing, and what was fetched
once stays, whatever becomes of the server.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from curation.review import journal, places, queue
from curation.review.journal import Opinion
from data.errors import BadInputError
from data.workspace import Workspace
from eval.humans import votes
from eval.humans.votes import Comparison


@dataclass(frozen=True)
class Pulled:
    """What came of it."""

    all: int
    """Votes that were ever fetched and still stand."""
    new: int
    """Votes that came or changed since the last pull."""
    absent: int = 0
    """Comparisons that wait for people and are not at the server."""
    unreadable: int = 0


def run(space: Workspace) -> Pulled:
    """Fetch all votes."""
    settings = space.settings.review
    path = votes.opinions_path(space)
    drawn = journal.read(votes.comparisons_path(space), Comparison)
    known = journal.read(path, Opinion)
    with queue.signed_in(space) as server:
        before = places.known(places.read(space), "comparisons", settings)
        place = server.find("comparisons", before)
        if place is None:
            raise BadInputError(
                f"{server.url} has no comparisons of this workspace; `evaluate humans push` sends some."
            )
        if before and path.exists():
            place = msgspec.structs.replace(
                place, activity=before.activity, records=before.records
            )
        fetched = server.fetch("comparisons", place)
    if fetched is None:
        return Pulled(_count(known), 0)
    merged = journal.merge(known, fetched.opinions, fetched.records)
    journal.write(path, merged)
    waiting = votes.waiting(drawn, votes.of(merged), settings)
    absent = sum(each.id not in fetched.subjects for each in waiting)
    if not absent:
        places.note(space, "comparisons", fetched.place)
    old = {each.id: each for each in known}
    new = sum(old.get(each.id) != each for each in merged)
    return Pulled(_count(merged), new, absent, votes.unreadable(merged))


def _count(opinions: Sequence[Opinion]) -> int:
    return sum(map(len, votes.of(opinions).values()))
