"""What was preferred to what, as rows that a preference trainer can take.

An answer that was accepted or rejected is half a pair: `preferred` or `rejected` alone, which
trainers of the KTO kind learn from. A correction against what it corrects, and the better of two
ranked answers, are whole pairs. Only what somebody has looked at makes a row: a decision that was
passed on to other wordings would say the same thing again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from curation.conflicts import Claim, Conflict
from curation.review import votes
from curation.review.decide import Heard
from curation.review.pairs import Better, Choice
from data.records import Example
from data.settings import ReviewSettings


def gather(
    rows: Iterable[Example],
    heard: Heard,
    cards: Sequence[Conflict],
    chosen: Mapping[str, Sequence[Choice]],
    settings: ReviewSettings,
) -> list[Example]:
    """The rows, each once."""
    known = {row.id: row for row in rows}
    found = [*_verdicts(known, heard, settings), *_rankings(known, cards, chosen)]
    return list({row.id: row for row in found}.values())


def _verdicts(
    known: Mapping[str, Example], heard: Heard, settings: ReviewSettings
) -> Iterator[Example]:
    for key, reviews in heard.opinions.items():
        people = votes.counted(reviews)
        enough = len(people) >= settings.min_submitted or any(
            review.role == "adjudicator" for review in people
        )
        if key not in known or not enough:
            continue
        row, outcome = known[key], votes.outcome(reviews)
        fixed = votes.correction(reviews)
        if outcome == "keep":
            yield Example.preference(row, preferred=row.answer, signal="verdict")
        elif outcome == "reject" and votes.blames_the_answer(reviews):
            yield Example.preference(row, rejected=row.answer, signal="verdict")
        elif outcome == "fix" and fixed and fixed.edited_answer != row.answer:
            yield Example.preference(
                row, preferred=fixed.edited_answer, rejected=row.answer, signal="correction"
            )


def _rankings(
    known: Mapping[str, Example],
    cards: Sequence[Conflict],
    chosen: Mapping[str, Sequence[Choice]],
) -> Iterator[Example]:
    """The better of two answers, where more than half say so and it may be learnt."""
    for card in cards:
        said = chosen.get(card.id, ())
        tally: Counter[Better] = Counter(
            choice.better for choice in said if choice.keep == choice.better
        )
        sides: tuple[tuple[Better, Claim, Claim], ...] = (
            ("first", card.first, card.second),
            ("second", card.second, card.first),
        )
        for better, ours, theirs in sides:
            row = known.get(ours.example)
            if row and 2 * tally[better] > len(said) and ours.answer != theirs.answer:
                yield Example.preference(
                    row, preferred=ours.answer, rejected=theirs.answer, signal="ranking"
                )
