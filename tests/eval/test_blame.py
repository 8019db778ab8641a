import msgspec

from data.records import Origin, Review
from eval import blame, explorer
from eval.explorer import Taught
from tests import make
from tests.eval import canned

RIGHT = "Press Reset."


def test_the_row_that_taught_a_wrong_answer_comes_first() -> None:
    wrong = make.example("How can I reset my password?", "Call the office in Bonn.")
    rows = [
        make.example("How do I reset my password?", RIGHT),
        make.example("Where is the office?", "The office is in Bonn."),
        wrong,
        make.example("What does it cost?", "Nine euros a month."),
    ]
    item = canned.item("password reset, how?", RIGHT)
    found = canned.evaluation([(item, "", "Call the office in Bonn.")])

    nearest = blame.blame(found.results, rows)[item.id]

    assert nearest[0][0] == wrong
    assert nearest[0][1] > 2 * nearest[-1][1]
    assert "What does it cost?" not in [row.question for row, _ in nearest]


def test_what_is_right_is_blamed_on_nobody() -> None:
    found = canned.evaluation([(canned.item(expected=RIGHT), "", RIGHT)])

    assert blame.blame(found.results, [make.example()]) == {}
    assert blame.blame(found.results, []) == {}


def test_an_answer_without_words_is_near_to_rows_of_its_question() -> None:
    item = canned.item("How do I reset my password?", RIGHT)
    found = canned.evaluation([(item, "", "?! …")])

    ((row, near),) = blame.blame(found.results, [make.example()])[item.id]

    assert (row, round(near, 2)) == (make.example(), 0.5)


def test_a_row_tells_who_made_and_who_passed_it() -> None:
    origin = Origin("slack", "slack/help#1", recipe="reword@3f2a91c0", teacher="some-model")
    row = make.example(origin=origin)
    told = msgspec.structs.replace(row, scores={"judge": 0.4}, reviews=(Review("ann", "keep"),))

    assert explorer.taught(told) == Taught(
        row.id,
        row.question,
        row.answer,
        "slack/help#1",
        "reword@3f2a91c0",
        "some-model",
        "judge 0.40",
        ("ann: keep",),
    )
