import msgspec
import pytest

from curation.review import inclusion
from data.records import Drop, Example, Review
from data.settings import ReviewSettings
from tests import make

KEEP, REJECT, UNSURE = Review("ann", "keep"), Review("bob", "reject"), Review("eve", "unsure")
FINAL = Review("judy", "keep", role="adjudicator")
BY_RULES = Review("policy", "keep")


def applied(rule: str, *reviews: Review) -> Example | Drop:
    row = msgspec.structs.replace(make.example(), reviews=reviews)
    settings = ReviewSettings.model_validate({"inclusion": rule})
    [outcome] = inclusion.apply([row], settings)
    return outcome


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        ("majority", [(KEEP,), (KEEP, KEEP, REJECT), (BY_RULES,), (), (REJECT, FINAL)]),
        ("unanimous", [(KEEP, KEEP), (BY_RULES,), (), (REJECT, FINAL)]),
        ("adjudicated", [(REJECT, FINAL)]),
        ("weighted", [(KEEP, KEEP, REJECT), (BY_RULES,)]),
    ],
)
def test_what_a_rule_takes_in(rule: str, taken: list[tuple[Review, ...]]) -> None:
    assert all(isinstance(applied(rule, *reviews), Example) for reviews in taken)


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("majority", [(KEEP, REJECT), (UNSURE,)]),
        ("unanimous", [(KEEP, KEEP, REJECT), (KEEP, UNSURE)]),
        ("adjudicated", [(KEEP, KEEP), (BY_RULES,), ()]),
        ("weighted", [(KEEP, REJECT)]),
    ],
)
def test_what_a_rule_leaves_out(rule: str, left: list[tuple[Review, ...]]) -> None:
    for reviews in left:
        dropped = applied(rule, *reviews)
        assert isinstance(dropped, Drop)
        assert dropped.reason == f"not-{rule}"


def test_a_row_weighs_the_share_that_accepts() -> None:
    kept = applied("weighted", KEEP, KEEP, REJECT)

    assert isinstance(kept, Example)
    assert kept.scores["weight"] == pytest.approx(2 / 3, abs=1e-4)


def test_the_card_says_the_rule_and_who_decided() -> None:
    rows = [
        msgspec.structs.replace(make.example(f"How {n}?"), reviews=reviews)
        for n, reviews in enumerate([(KEEP,), (REJECT, FINAL), (BY_RULES,), ()])
    ]

    told = inclusion.summary(rows, ReviewSettings())

    assert told["rule"] == "majority"
    assert told["by"] == {"annotators": 1, "adjudicators": 1, "rules": 1, "nobody": 1}
