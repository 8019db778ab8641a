"""Tables in the terminal."""

from collections.abc import Sequence

import pytest

from eval import table
from eval.report import Evaluation
from tests.eval import canned

UNKNOWN = canned.item("Who founded it?", "I don't know; the documents do not say.")
KNOWN = canned.item("How do I reset it?", "Press Reset.")


def headings(found: Evaluation) -> list[str]:
    made = table.refusals(found)
    return [str(column.header) for column in made.columns] if made else []


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ([(KNOWN, "Press it.", "Press Reset.")], []),
        ([(KNOWN, "I don't know.", "Press Reset.")], ["declining", "known: answers"]),
        (
            [(KNOWN, "Yes.", "Press Reset."), (UNKNOWN, "Ann.", "I don't know.")],
            ["declining", "known: answers", "unknown: answers"],
        ),
    ],
)
def test_declining_is_told_of_the_kinds_of_question_that_were_asked(
    said: Sequence[canned.Said], titles: list[str]
) -> None:
    shown = headings(canned.evaluation(said))

    assert [each for each in shown if each not in ("declines", "hedges")] == titles
