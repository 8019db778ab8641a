"""What was asked and what was answered: `work/review/asked.jsonl` and `opinions.jsonl`.

Both are read, merged and written whole, under a temporary name and renamed: a command that is
killed leaves the old file or the new one. An answer is known by its id at the server, so
fetching it again changes nothing, however often and wherever the last attempt ended.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from curation.review.form import Queue
from data import store
from data.records import Example, Record, Review
from data.workspace import Workspace

R = TypeVar("R", bound=Record)

BREAK = 900.0
"""Seconds without a submission after which an annotator was away and not thinking."""


class Asked(Record, frozen=True):
    """A record that people were asked about."""

    subject: str
    """Its id at the server: that of the example, or of the conflict card."""
    queue: Queue
    why: str
    """A code: `low-grounding`, `audit`."""
    members: tuple[str, ...] = ()
    """Ids of examples with the same answer, for which the decision holds too."""
    gold: Literal["", "keep", "reject"] = ""
    """The known verdict; annotators are not told that there is one."""
    planted: Example | None = None
    """An example that was made wrong on purpose; it is never learnt."""
    swapped: bool = False
    """Of a pair: whether the second answer was shown as A."""


class Opinion(Record, frozen=True):
    """One response, as the server told it."""

    id: str
    queue: Queue
    subject: str
    record: str
    """The server's own id of the record: a deleted one that was sent again has another."""
    annotator: str
    status: Literal["submitted", "draft", "discarded", "withdrawn"]
    begun: str
    """When it was first saved: UTC, ISO 8601."""
    at: str
    """When it was last changed."""
    values: dict[str, object] = msgspec.field(default_factory=dict)
    untouched: tuple[str, ...] = ()
    """Questions that were submitted as a program had filled them in."""


def asked_path(space: Workspace) -> Path:
    return space.work / "review" / "asked.jsonl"


def opinions_path(space: Workspace) -> Path:
    return space.work / "review" / "opinions.jsonl"


def read(path: Path, kind: type[R]) -> list[R]:
    """The records; none before the first push or pull."""
    return store.read_there(path, kind)


def write(path: Path, records: Iterable[Record]) -> None:
    lines = [msgspec.json.encode(record) for record in records]
    store.write_bytes(path, b"".join(line + b"\n" for line in lines))


def merge(
    known: Iterable[Opinion], fetched: Iterable[Opinion], listed: frozenset[str]
) -> list[Opinion]:
    """What is known after a fetch; `listed` are the server's ids of the records it still holds.

    A response that its author took back is kept as `withdrawn`. One whose whole record is gone
    from the server stays as it was. Drafts are of no interest until they were submitted once.
    """
    merged = {each.id: each for each in known}
    fresh = {each.id: each for each in fetched}
    for key, opinion in merged.items():
        if key not in fresh and opinion.record in listed:
            merged[key] = msgspec.structs.replace(opinion, status="withdrawn")
    for key, opinion in fresh.items():
        if opinion.status == "submitted" or key in merged:
            merged[key] = opinion
    return sorted(merged.values(), key=lambda each: (each.at, each.id))


def standing(opinions: Iterable[Opinion]) -> list[Opinion]:
    """What was submitted, the last word of each annotator about each record."""
    last = {
        (each.queue, each.subject, each.annotator): each
        for each in opinions
        if each.status == "submitted"
    }
    return list(last.values())


def reviews(opinions: Sequence[Opinion], queue: Queue = "examples") -> dict[str, list[Review]]:
    """What was submitted about each example, in the order of submission."""
    found: dict[str, list[Review]] = {}
    pace = seconds(opinions)
    for opinion in standing(opinions):
        if opinion.queue == queue:
            review = _review(opinion, pace.get(opinion.id))
            if review:
                found.setdefault(opinion.subject, []).append(review)
    return found


def unreadable(opinions: Iterable[Opinion]) -> int:
    """Submitted responses without a verdict that we know: the form was changed there."""
    return sum(
        opinion.queue != "pairs" and _review(opinion, None) is None
        for opinion in standing(opinions)
    )


def seconds(opinions: Iterable[Opinion]) -> dict[str, float]:
    """Time since the same annotator's previous response, by id; breaks have none."""
    by_annotator: dict[str, list[tuple[datetime, str]]] = {}
    for each in opinions:
        by_annotator.setdefault(each.annotator, []).append((_time(each.begun), each.id))
    gaps = {}
    for responses in by_annotator.values():
        for (before, _), (after, key) in pairwise(sorted(responses)):
            gap = (after - before).total_seconds()
            if gap <= BREAK:
                gaps[key] = round(gap, 3)
    return gaps


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _review(opinion: Opinion, took: float | None) -> Review | None:
    """One annotator's opinion; None where we cannot read it."""
    said = opinion.values
    fixed = said.get("verdict") == "fix"
    labels = said.get("reasons") or ()
    raw = {
        "annotator": opinion.annotator,
        "verdict": said.get("verdict"),
        "reason": said.get("note") or "",
        "edited_answer": (said.get("corrected") or "") if fixed else "",
        "rating": None if "quality" in opinion.untouched else said.get("quality"),
        "suggestion_changed": False if "verdict" in opinion.untouched else None,
        "seconds": took,
        "labels": labels,
        "role": "adjudicator" if opinion.queue == "adjudication" else "annotator",
    }
    try:
        return msgspec.convert(raw, Review)
    except msgspec.ValidationError:
        return None
