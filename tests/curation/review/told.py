"""What people said, written by hand."""

from collections.abc import Mapping, Sequence

from curation.review.form import Queue
from curation.review.journal import Opinion
from curation.review.routing import Known
from curation.review.sources import Sources
from data.records import Example, Passage

DAY = "2026-11-20T10:"


def opinion(
    subject: str,
    annotator: str = "ann",
    verdict: str = "keep",
    *,
    queue: Queue = "examples",
    at: str = "00:00",
    untouched: Sequence[str] = (),
    values: Mapping[str, object] | None = None,
) -> Opinion:
    """A submitted response, as the server tells it."""
    said: dict[str, object] = dict(values or {"verdict": verdict})
    when = f"{DAY}{at}"
    key = f"{queue}/{annotator}/{subject}"
    return Opinion(
        key,
        queue,
        subject,
        f"record of {subject}",
        annotator,
        "submitted",
        when,
        when,
        said,
        tuple(untouched),
    )


def known(
    rows: Sequence[Example],
    *,
    near: Mapping[int, list[int]] | None = None,
    passages: Sequence[Passage] = (),
) -> Known:
    """What routing knows of these examples, and of nothing else."""
    by_family = {passage.family: passage for passage in passages}
    return Known(rows, Sources({}, by_family, {}), dict(near or {}))
