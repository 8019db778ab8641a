"""From opinions to a decision: what stays, what is corrected, what leaves.

A simple majority decides; `unsure` is no vote. A tie leaves the example out, because nothing
doubtful should be learnt.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from data.records import Drop, Example, Message, Origin, Review
from data.settings import ReviewSettings

Opinions = Mapping[str, Sequence[Review]]
"""Example id to what its annotators submitted."""


def decide(
    examples: Iterable[Example], opinions: Opinions, settings: ReviewSettings
) -> Iterator[Example | Drop]:
    """Yield, for each example, its reviewed version or why it is left out."""
    for example in examples:
        reviews = tuple(opinions.get(example.id, ()))
        reason = _reason_to_leave(reviews, settings)
        if reason:
            said = "; ".join(f"{r.annotator}: {r.verdict} {r.reason}".strip() for r in reviews)
            reviewed = msgspec.structs.replace(example, reviews=reviews)
            yield Drop(reason, example.origin.locator, reviewed, evidence=said)
        else:
            yield _with_edits(example, reviews)


def _reason_to_leave(reviews: Sequence[Review], settings: ReviewSettings) -> str:
    """A reason code; empty where the example stays."""
    if len(reviews) < settings.min_submitted:
        return "not-reviewed"
    accept = sum(review.verdict in ("keep", "fix") for review in reviews)
    reject = sum(review.verdict == "reject" for review in reviews)
    if accept == reject:
        return "undecided"
    return "rejected" if reject > accept else ""


def _with_edits(example: Example, reviews: tuple[Review, ...]) -> Example:
    """The example, or a child of it that holds the last correction."""
    edited = next((r for r in reversed(reviews) if r.edited_question or r.edited_answer), None)
    if edited is None:
        return msgspec.structs.replace(example, reviews=reviews)
    question = edited.edited_question or example.question
    messages = (
        *example.prompt[:-1],
        Message("user", question),
        Message("assistant", edited.edited_answer or example.answer),
    )
    origin = Origin(
        example.origin.source,
        example.origin.locator,
        parents=(example.id,),
        recipe="review",
    )
    child = Example.chat(messages, origin, family=example.family, side=example.side)
    return msgspec.structs.replace(child, scores=example.scores, reviews=reviews)
