"""How opinions add up.

`unsure` is no vote, and neither is a verdict that a program had filled in and nobody changed. A
fix without a correction is no vote either: there is nothing to learn instead. Where an
adjudicator has spoken, only adjudicators count.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from curation import overlap
from curation.review import policy
from curation.review.form import ABOUT_THE_QUESTION
from data.records import Review

Outcome = Literal["keep", "fix", "reject", "undecided"]


def of_people(reviews: Iterable[Review]) -> list[Review]:
    """The opinions of people who looked and decided themselves."""
    return [
        review
        for review in reviews
        if review.annotator != policy.NAME and review.suggestion_changed is not False
    ]


def counted(reviews: Iterable[Review]) -> list[Review]:
    """The opinions that decide."""
    people = of_people(reviews)
    return [review for review in people if review.role == "adjudicator"] or people


def accepting(reviews: Iterable[Review]) -> list[Review]:
    return [r for r in reviews if r.verdict == "keep" or (r.verdict == "fix" and r.edited_answer)]


def rejecting(reviews: Iterable[Review]) -> list[Review]:
    return [review for review in reviews if review.verdict == "reject"]


def outcome(reviews: Iterable[Review]) -> Outcome:
    """What a simple majority says. A tie is undecided: nothing doubtful should be learnt."""
    voters = counted(reviews)
    accept, reject = accepting(voters), rejecting(voters)
    if len(accept) == len(reject):
        return "undecided"
    if len(reject) > len(accept):
        return "reject"
    return "keep" if correction(voters) is None else "fix"


def correction(reviews: Iterable[Review]) -> Review | None:
    """The last correction; None where more annotators let the answer stand."""
    accept = accepting(counted(reviews))
    fixes = [review for review in accept if review.verdict == "fix"]
    return fixes[-1] if fixes and 2 * len(fixes) >= len(accept) else None


def disagree(reviews: Iterable[Review], wanted: int) -> bool:
    """Whether an adjudicator has to settle what this many annotators or more have said."""
    voters = counted(reviews)
    if len(voters) < wanted or any(review.role == "adjudicator" for review in voters):
        return False
    accept, reject = accepting(voters), rejecting(voters)
    texts = {overlap.normalise(review.edited_answer) for review in accept}
    return bool(accept and reject) or len(texts) > 1 or outcome(voters) == "undecided"


def blames_the_answer(reviews: Sequence[Review]) -> bool:
    """Whether a rejection holds for other wordings of the question, too."""
    labels = {label for review in rejecting(counted(reviews)) for label in review.labels}
    return not labels or bool(labels - ABOUT_THE_QUESTION)
