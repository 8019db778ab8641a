from curation.review.decide import Heard, decide
from data.records import Drop, Example, Origin, Review
from data.settings import ReviewSettings
from tests import make

EXAMPLE = make.example()


def decided(*reviews: Review, min_submitted: int = 1) -> Example | Drop:
    settings = ReviewSettings(min_submitted=min_submitted)
    [outcome] = decide([EXAMPLE], Heard({EXAMPLE.id: reviews}), settings)
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


def asked_about(*reviews: Review, member: Example, unasked: str = "policy") -> Example | Drop:
    """What becomes of a wording for which EXAMPLE stands."""
    heard = Heard({EXAMPLE.id: reviews}, frozenset({EXAMPLE.id}), {member.id: EXAMPLE.id})
    settings = ReviewSettings.model_validate({"unasked": unasked})
    [outcome] = decide([member], heard, settings)
    return outcome


MEMBER = make.example("How can I get a new password?")


def test_a_decision_holds_for_other_wordings_and_is_marked_as_passed_on() -> None:
    kept = asked_about(Review("ann", "keep"), member=MEMBER)
    fixed = asked_about(Review("ann", "fix", edited_answer="Press Reset."), member=MEMBER)

    assert isinstance(kept, Example)
    assert [review.propagated_from for review in kept.reviews] == [EXAMPLE.id]
    assert isinstance(fixed, Example)
    assert (fixed.question, fixed.answer) == (MEMBER.question, "Press Reset.")
    assert fixed.origin.parents == (MEMBER.id,)


def test_a_rejected_answer_takes_other_wordings_along_and_a_rejected_question_does_not() -> None:
    wrong = asked_about(Review("ann", "reject", labels=("wrong",)), member=MEMBER)
    odd = asked_about(Review("ann", "reject", labels=("unclear-question",)), member=MEMBER)

    assert reason(wrong) == "rejected"
    assert isinstance(wrong, Drop)
    assert wrong.evidence == f"ann on {EXAMPLE.id}: reject wrong"
    assert isinstance(odd, Example)
    assert [review.annotator for review in odd.reviews] == ["policy"]


def test_a_wording_waits_with_the_example_that_stands_for_it() -> None:
    assert reason(asked_about(member=MEMBER)) == "not-reviewed"


def test_what_nobody_was_asked_about_goes_by_rules_or_leaves() -> None:
    [by_rules] = decide([EXAMPLE], Heard({}), ReviewSettings())
    [left] = decide([EXAMPLE], Heard({}), ReviewSettings(unasked="drop"))

    assert isinstance(by_rules, Example)
    assert [review.annotator for review in by_rules.reviews] == ["policy"]
    assert reason(left) == "not-asked"


def test_an_opinion_of_its_own_beats_one_passed_on() -> None:
    heard = Heard(
        {EXAMPLE.id: [Review("ann", "keep")], MEMBER.id: [Review("bob", "reject")]},
        frozenset({EXAMPLE.id, MEMBER.id}),
    )

    assert [reason(each) for each in decide([EXAMPLE, MEMBER], heard, ReviewSettings())] == [
        "",
        "rejected",
    ]


def test_two_answers_to_one_question_corrected_to_the_same_words_are_one() -> None:
    other = make.example(EXAMPLE.question, "Somewhere in the settings.")
    same = [Review("ann", "fix", edited_answer="Press Reset.")]
    heard = Heard({EXAMPLE.id: same, other.id: same})

    first, second = decide([EXAMPLE, other], heard, ReviewSettings())

    assert isinstance(first, Example)
    assert isinstance(second, Drop)
    assert (second.reason, second.twin) == ("repeats-a-correction", first.id)


def test_a_corrected_wording_of_a_teacher_stays_one_of_a_teacher() -> None:
    origin = Origin("faq.md", "faq.md#L1", recipe="reword@1", teacher="template")
    heard = [Review("ann", "fix", edited_answer="Press Reset.")]
    row = make.example(origin=origin)

    [fixed] = decide([row], Heard({row.id: heard}), ReviewSettings())

    assert isinstance(fixed, Example)
    assert fixed.origin.teacher == "template"
