from dataclasses import dataclass

import pytest

from eval import contrast
from eval.contrast import Contrast


@dataclass(frozen=True)
class Mark:
    exact: bool
    chrf: float = 50.0


def held(tuned: str, base: str, families: str = "") -> Contrast:
    """Of answers written as `+` for right and `-` for wrong."""
    graded = {
        arm: [Mark(x == "+") for x in said] for arm, said in (("base", base), ("tuned", tuned))
    }
    [found] = contrast.against_all(
        graded, list(families or map(str, range(len(base)))), "tuned", "exact", seed=1
    )
    return found


def test_what_chance_explains_is_not_proven() -> None:
    found = held("+++-------", "----------")

    assert (found.state, found.fixed, found.broken, found.both_wrong) == ("NOT PROVEN", 3, 0, 7)
    assert found.needed is not None
    assert found.needed > 10
    assert 0.3 < found.detectable < 0.8


def test_better_and_worse_are_told_apart() -> None:
    assert held("+" * 10, "-" * 10).state == "IMPROVED"
    assert held("-" * 10, "+" * 10).state == "REGRESSED"


def test_ten_wordings_of_one_fact_prove_nothing_about_others() -> None:
    found = held("+" * 10, "-" * 10, families="a" * 10)

    assert (found.state, found.interval) == ("NOT PROVEN", None)


def test_ten_wordings_of_two_facts_count_as_two() -> None:
    assert held("+" * 10, "-" * 10, families="aaaaabbbbb").state == "NOT PROVEN"


def test_no_difference_seen_is_no_proof_of_none() -> None:
    found = held("+" * 30, "+" * 30)

    assert found.interval is not None
    assert found.interval.low == -found.interval.high < 0
    assert (found.state, found.needed) == ("NOT PROVEN", None)


def test_one_item_can_prove_nothing() -> None:
    assert held("+", "-").state == "NOT PROVEN"


def test_against_several_arms_the_strongest_comes_first_and_chance_is_adjusted() -> None:
    graded = {
        "base": [Mark(exact=False)] * 8,
        "retrieval": [Mark(exact=n < 5) for n in range(8)],
        "tuned": [Mark(exact=True)] * 8,
    }

    found = contrast.against_all(graded, list("abcdefgh"), "tuned", "exact", seed=1)

    assert [each.against for each in found] == ["retrieval", "base"]
    assert found[1].adjusted == pytest.approx(2 * found[1].chance)


def test_likeness_is_compared_where_nothing_is_exactly_right() -> None:
    graded = {
        "base": [Mark(exact=False, chrf=20.0 + n) for n in range(12)],
        "tuned": [Mark(exact=False, chrf=60.0 + n % 3) for n in range(12)],
    }

    [found] = contrast.against_all(graded, list("abcdefghijkl"), "tuned", "chrf", seed=1)

    assert found.state == "IMPROVED"
    assert found.difference == pytest.approx(0.355, abs=0.01)
