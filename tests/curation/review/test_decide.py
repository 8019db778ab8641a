from curation.review.decide import decide
from data.records import Drop, Example, Review
from data.settings import ReviewSettings
from tests import make

EXAMPLE = make.example()


def decided(*reviews: Review, min_submitted: int = 1) -> Example | Drop:
    settings = ReviewSettings(min_submitted=min_submitted)
    [outcome] = decide([EXAMPLE], {EXAMPLE.id: reviews}, settings)
    return outcome


def reason(outcome: Example | Drop) -> str:
    return outcome.reason if isinstance(outcome, Drop) else ""


def test_a_majority_keeps() -> None:
    kept = decided(Review("ann", "keep"), Review("bob", "reject"), Review("eve", "keep"))

    assert isinstance(kept, Example)
    assert [review.annotator for review in kept.reviews] == ["ann", "bob", "eve"]


def test_a_tie_and_a_row_of_unsure_leave_it_out() -> None:
    assert reason(decided(Review("ann", "keep"), Review("bob", "reject"))) == "undecided"
    assert reason(decided(Review("ann", "unsure"))) == "undecided"


def test_a_rejection_keeps_the_annotators_words() -> None:
    drop = decided(Review("ann", "reject", reason="out of date"))

    assert isinstance(drop, Drop)
    assert drop.evidence == "ann: reject out of date"


def test_too_few_opinions_are_no_decision() -> None:
    assert reason(decided(Review("ann", "keep"), min_submitted=2)) == "not-reviewed"


def test_a_correction_is_a_child_of_what_it_corrects() -> None:
    fixed = decided(Review("ann", "fix", edited_answer="Press Reset, then Save."))

    assert isinstance(fixed, Example)
    assert fixed.answer == "Press Reset, then Save."
    assert fixed.origin.parents == (EXAMPLE.id,)
    assert (fixed.family, fixed.side) == (EXAMPLE.family, EXAMPLE.side)
