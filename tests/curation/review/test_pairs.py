from pathlib import Path

from curation import settle
from curation.conflicts import Claim, Conflict
from curation.review import pairs
from curation.review.journal import Asked, Opinion
from data.settings import ReviewSettings
from tests import make
from tests.curation.review.told import opinion

CARD = Conflict(
    "c1",
    Claim("e1", "f1", "How much?", "5 GB.", "faq.md#L1"),
    Claim("e2", "f2", "How much?", "20 GB.", "slack/help#2"),
    ("gb: 5 or 20",),
)
SWAPPED = Asked("c1", "pairs", "conflict", swapped=True)


def chose(usable: str, annotator: str = "ann", *, first: str = "a") -> Opinion:
    ranking = [{"value": "a", "rank": 1}, {"value": "b", "rank": 2}]
    values = {"usable": usable, "ranking": ranking if first == "a" else ranking[::-1]}
    return opinion("c1", annotator, queue="pairs", values=values)


def test_a_choice_is_told_in_the_order_of_the_card_and_not_of_the_screen() -> None:
    [said] = pairs.choices([SWAPPED], [chose("a")])["c1"]

    assert (said.keep, said.better) == ("second", "second")


def test_a_card_is_settled_when_enough_were_asked_and_more_than_half_agree() -> None:
    two = ReviewSettings(min_submitted_pairs=2)
    asked = [Asked("c1", "pairs", "conflict")]

    one = pairs.settled(pairs.choices(asked, [chose("a")]), two)
    tie = pairs.settled(pairs.choices(asked, [chose("a"), chose("b", "bob")]), two)
    both = pairs.settled(pairs.choices(asked, [chose("a"), chose("a", "bob")]), two)

    assert (one, tie) == ({}, {})
    assert (both["c1"].keep, both["c1"].by) == ("first", "review: ann, bob")


def test_a_settled_card_is_noted_once_and_a_later_word_by_hand_stands(tmp_path: Path) -> None:
    space = make.space(tmp_path / "shop")
    make.stage_file(space.conflicts, [CARD], root=space.root)
    done = pairs.settled(pairs.choices([SWAPPED], [chose("a")]), ReviewSettings())

    assert [pairs.note(space, done), pairs.note(space, done)] == [1, 0]
    assert settle.settled(space) == {"c1": "second"}
    settle.settle(space, "c1", "neither")
    assert pairs.note(space, done) == 0
    assert settle.settled(space) == {"c1": "neither"}


def test_a_choice_that_cannot_be_read_is_none() -> None:
    odd = opinion("c1", queue="pairs", values={"usable": "a", "ranking": "first"})

    assert pairs.choices([SWAPPED], [odd]) == {}
