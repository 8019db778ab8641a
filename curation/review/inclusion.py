"""The inclusion rule: how much agreement an example needs to be learnt from.

`curate review pull` leaves out what a majority rejects. The rule, applied by `curate split`, may
ask for more; what nobody looked at passes, except where an adjudicator is asked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from curation.review import policy, votes
from data.records import Drop, Example, Review
from data.settings import ReviewSettings

RULES = {
    "majority": "more annotators accept than reject",
    "unanimous": "no annotator rejects and none is unsure",
    "adjudicated": "an adjudicator has accepted",
    "weighted": "more annotators accept than reject; each row weighs the share that accepts",
}


def apply(rows: Iterable[Example], settings: ReviewSettings) -> Iterator[Example | Drop]:
    """Yield what the rule takes in, with its weight, and a drop for what it does not."""
    rule = settings.inclusion
    for row in rows:
        if not _takes(rule, row.reviews):
            said = ", ".join(f"{each.annotator}: {each.verdict}" for each in row.reviews)
            yield Drop(f"not-{rule}", row.origin.locator, row, evidence=said or "nobody looked")
        elif rule == "weighted":
            scores = row.scores | {"weight": _weight(row.reviews)}
            yield msgspec.structs.replace(row, scores=scores)
        else:
            yield row


def summary(rows: Iterable[Example], settings: ReviewSettings) -> dict[str, object]:
    """For the certificate and the card: the rule, and who decided on how many rows."""
    by = Counter(decided_by(row) for row in rows)
    return {"rule": settings.inclusion, "means": RULES[settings.inclusion], "by": dict(by)}


def decided_by(row: Example) -> str:
    people = votes.counted(row.reviews)
    if not people:
        signed = any(review.annotator == policy.NAME for review in row.reviews)
        return "rules" if signed else "nobody"
    if any(review.propagated_from for review in people):
        return "people, on an example with the same answer"
    return "adjudicators" if people[0].role == "adjudicator" else "annotators"


def _takes(rule: str, reviews: Sequence[Review]) -> bool:
    people = votes.counted(reviews)
    settled = any(review.role == "adjudicator" for review in people)
    if rule == "adjudicated" and not settled:
        return False
    if not people:
        return True
    if rule == "unanimous" and not settled:
        return len(votes.accepting(people)) == len(people)
    return votes.outcome(people) in ("keep", "fix")


def _weight(reviews: Sequence[Review]) -> float:
    """The share of votes that accept; 1 where nobody voted."""
    people = votes.counted(reviews)
    accept, reject = len(votes.accepting(people)), len(votes.rejecting(people))
    return round(accept / (accept + reject), 4) if accept + reject else 1.0
