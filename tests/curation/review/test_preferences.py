from curation.review import preferences
from curation.review.decide import Heard
from curation.review.pairs import Choice
from data.records import Example, Review
from data.settings import ReviewSettings
from tests import make
from tests.curation.review.test_pairs import CARD

ROW = make.example()


def gathered(*reviews: Review) -> list[tuple[str, str, tuple[str, ...]]]:
    heard = Heard({ROW.id: reviews}, stands_for={"another wording": ROW.id})
    rows = preferences.gather([ROW], heard, [], {}, ReviewSettings())
    assert all(row.origin.parents == (ROW.id,) and row.side == ROW.side for row in rows)
    return [(row.preferred, row.rejected, row.signals) for row in rows]


def test_an_accepted_and_a_rejected_answer_are_half_a_pair_each() -> None:
    assert gathered(Review("ann", "keep")) == [(ROW.answer, "", ("verdict",))]
    assert gathered(Review("ann", "reject")) == [("", ROW.answer, ("verdict",))]


def test_a_correction_is_preferred_to_what_it_corrects() -> None:
    fixed = Review("ann", "fix", edited_answer="Press Reset.")

    assert gathered(fixed) == [("Press Reset.", ROW.answer, ("correction",))]


def test_an_odd_question_says_nothing_against_its_answer() -> None:
    assert gathered(Review("ann", "reject", labels=("unclear-question",))) == []
    assert gathered(Review("ann", "keep"), Review("bob", "reject")) == []


def test_the_better_of_two_answers_is_preferred_where_it_may_be_learnt() -> None:
    row = Example("e2", "chat", ROW.origin, "f2", "train", ROW.messages)
    said = {"c1": [Choice("ann", "second", "second", ""), Choice("bob", "neither", "first", "")]}

    assert preferences.gather([row], Heard({}), [CARD], said, ReviewSettings()) == []
    [made] = preferences.gather([row], Heard({}), [CARD], {"c1": said["c1"][:1]}, ReviewSettings())
    assert (made.preferred, made.rejected, made.signals) == ("20 GB.", "5 GB.", ("ranking",))
