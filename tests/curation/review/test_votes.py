import pytest

from curation.review import votes
from data.records import Review

KEEP, REJECT = Review("ann", "keep"), Review("bob", "reject")
FIX = Review("eve", "fix", edited_answer="Press Reset.")


def test_a_verdict_that_a_program_filled_in_and_nobody_changed_is_no_vote() -> None:
    untouched = Review("ann", "keep", suggestion_changed=False)

    assert votes.outcome([untouched]) == "undecided"
    assert votes.outcome([untouched, REJECT]) == "reject"


def test_the_adjudicators_word_replaces_all_others() -> None:
    final = Review("judy", "keep", role="adjudicator")

    assert votes.outcome([REJECT, REJECT, final]) == "keep"
    assert not votes.disagree([KEEP, REJECT, final], wanted=2)


def test_a_fix_without_a_correction_leaves_nothing_to_learn() -> None:
    assert votes.outcome([Review("ann", "fix")]) == "undecided"


def test_a_correction_counts_unless_more_annotators_let_the_answer_stand() -> None:
    assert votes.correction([KEEP, FIX]) == FIX
    assert votes.correction([KEEP, KEEP, FIX]) is None


@pytest.mark.parametrize(
    ("reviews", "disputed"),
    [
        ([KEEP, REJECT], True),
        ([KEEP, KEEP], False),
        ([KEEP, KEEP, REJECT], True),
        ([FIX, Review("ann", "fix", edited_answer="Call us.")], True),
        ([FIX, Review("ann", "fix", edited_answer="press reset")], False),
        ([Review("ann", "unsure"), Review("bob", "unsure")], True),
        ([KEEP], False),
    ],
)
def test_what_is_a_disagreement(reviews: list[Review], *, disputed: bool) -> None:
    assert votes.disagree(reviews, wanted=2) is disputed
