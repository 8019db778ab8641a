"""From opinions to a decision: what stays, what is corrected, what leaves.

An example that nobody was asked about is decided by that of its representative, and is marked
so; one that has no representative is left to the policy, or left out, as the settings say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from curation.review import policy, votes
from curation.review.journal import Asked
from data.records import Drop, Example, Message, Origin, Review
from data.settings import ReviewSettings

Opinions = Mapping[str, Sequence[Review]]
"""Example id to what its annotators, and perhaps adjudicators, submitted."""


@dataclass(frozen=True)
class Heard:
    """All that was asked, and what people said."""

    opinions: Opinions
    asked: frozenset[str] = frozenset()
    """Ids of the examples that people were asked about."""
    stands_for: Mapping[str, str] = field(default_factory=dict)
    """Id of an example that nobody was asked about to that of its representative."""


def hear(asked: Iterable[Asked], opinions: Opinions, final: Opinions) -> Heard:
    """Put together what was asked, what annotators said and what adjudicators made of it."""
    in_queue = [each for each in asked if each.queue == "examples"]
    subjects = frozenset(each.subject for each in in_queue)
    return Heard(
        {key: (*said, *final.get(key, ())) for key, said in opinions.items()}
        | {key: tuple(said) for key, said in final.items() if key not in opinions},
        subjects,
        {
            member: each.subject
            for each in in_queue
            for member in each.members
            if member not in subjects
        },
    )


def decide(
    examples: Iterable[Example], heard: Heard, settings: ReviewSettings
) -> Iterator[Example | Drop]:
    """Yield, for each example, its reviewed version or why it is left out."""
    written: set[str] = set()
    for example in examples:
        outcome = _decided(example, heard, settings)
        if isinstance(outcome, Example) and outcome.id in written:
            # Two answers to one question were corrected to the same words.
            yield Drop("repeats-a-correction", example.origin.locator, example, twin=outcome.id)
            continue
        if isinstance(outcome, Example):
            written.add(outcome.id)
        yield outcome


def _decided(example: Example, heard: Heard, settings: ReviewSettings) -> Example | Drop:
    reviews = tuple(heard.opinions.get(example.id, ()))
    if reviews or example.id in heard.asked:
        return _by_reviews(example, reviews, settings)
    standing = heard.stands_for.get(example.id)
    if standing is not None:
        there = heard.opinions.get(standing, ())
        passed_on = tuple(passed(there, standing))
        if passed_on or not there:
            return _by_reviews(example, passed_on, settings)
    if settings.unasked == "drop":
        return Drop("not-asked", example.origin.locator, example)
    [by_rules] = policy.review([example], settings)
    return by_rules


def passed(reviews: Sequence[Review], standing: str) -> Iterator[Review]:
    """The opinions on a representative, as far as they hold for others: those on its answer."""
    for review in reviews:
        if review.verdict != "reject" or votes.blames_the_answer([review]):
            yield msgspec.structs.replace(review, propagated_from=standing)


def _by_reviews(
    example: Example, reviews: tuple[Review, ...], settings: ReviewSettings
) -> Example | Drop:
    reason = _reason_to_leave(reviews, settings)
    if not reason:
        return _with_correction(example, reviews)
    said = "; ".join(_told(review) for review in reviews)
    reviewed = msgspec.structs.replace(example, reviews=reviews)
    return Drop(reason, example.origin.locator, reviewed, evidence=said)


def _reason_to_leave(reviews: Sequence[Review], settings: ReviewSettings) -> str:
    """A reason code; empty where the example stays."""
    counted = votes.counted(reviews)
    settled = any(review.role == "adjudicator" for review in counted)
    if len(counted) < settings.min_submitted and not settled:
        return "not-reviewed"
    outcome = votes.outcome(reviews)
    return {"undecided": "undecided", "reject": "rejected"}.get(outcome, "")


def _told(review: Review) -> str:
    via = f"on {review.propagated_from}" if review.propagated_from else ""
    role = "as adjudicator" if review.role == "adjudicator" else ""
    who = " ".join(filter(None, (review.annotator, role, via)))
    what = " ".join(filter(None, (review.verdict, ", ".join(review.labels), review.reason)))
    return f"{who}: {what}"


def _with_correction(example: Example, reviews: tuple[Review, ...]) -> Example:
    """The example, or a child of it that holds the correction."""
    fixed = votes.correction(reviews)
    if fixed is None or fixed.edited_answer == example.answer:
        return msgspec.structs.replace(example, reviews=reviews)
    question = fixed.edited_question or example.question
    messages = (
        *example.prompt[:-1],
        Message("user", question),
        Message("assistant", fixed.edited_answer),
    )
    origin = Origin(
        example.origin.source,
        example.origin.locator,
        parents=(example.id,),
        recipe="review",
        teacher=example.origin.teacher,
    )
    child = Example.chat(messages, origin, family=example.family, side=example.side)
    return msgspec.structs.replace(
        child, scores=example.scores, signals=example.signals, reviews=reviews
    )
