import pytest
from scipy.stats import binom, binomtest

from eval import statistics
from eval.statistics import Interval


@pytest.mark.parametrize(("right", "total"), [(0, 1), (1, 1), (0, 100), (31, 70), (100, 100)])
def test_the_interval_of_a_rate_is_that_of_scipy(right: int, total: int) -> None:
    theirs = binomtest(right, total).proportion_ci(method="wilson")

    ours = statistics.wilson(right, total)

    assert ours.low == pytest.approx(theirs.low, abs=1e-9)
    assert ours.high == pytest.approx(theirs.high, abs=1e-9)


def test_no_failure_in_a_few_is_no_proof_of_none() -> None:
    assert statistics.wilson(10, 10).low < 0.75


def test_mcnemar_by_hand() -> None:
    # Five changes, one of them for the worse: 2 (1 + 5) / 32 - 5 / 32.
    assert statistics.mcnemar(4, 1) == pytest.approx(7 / 32)
    # Six fixed, none broken: 2 / 64 - 1 / 64.
    assert statistics.mcnemar(6, 0) == pytest.approx(1 / 64)


def test_no_change_and_an_even_change_are_what_chance_does() -> None:
    assert statistics.mcnemar(0, 0) == 1.0
    assert statistics.mcnemar(3, 3) == pytest.approx(1.0)


def test_wordings_of_one_fact_count_as_one_observation() -> None:
    values = [0.0, 100.0] * 10
    single = statistics.bootstrap_mean(values, range(20), seed=1)
    clustered = statistics.bootstrap_mean(values, [i % 2 for i in range(20)], seed=1)

    assert single is not None
    assert 20 < single.low < single.high < 80
    assert clustered == Interval(0.0, 100.0)


def test_one_fact_says_nothing_of_others() -> None:
    assert statistics.bootstrap_mean([1.0, 2.0], ["a", "a"], seed=1) is None


def test_the_same_seed_gives_the_same_interval() -> None:
    values, groups = [3.0, 5.0, 9.0], ["a", "b", "c"]

    first, second = (statistics.bootstrap_mean(values, groups, seed=7) for _ in range(2))

    assert first == second


def test_right_answers_by_chance_are_counted_exactly() -> None:
    assert statistics.above_chance(9, [0.25] * 20) == pytest.approx(binom.sf(8, 20, 0.25))
    # Both of two right: a half times a third.
    assert statistics.above_chance(2, [1 / 2, 1 / 3]) == pytest.approx(1 / 6)
    assert statistics.above_chance(0, [0.25]) == 1.0


def test_the_interval_of_a_difference_is_that_of_newcombe() -> None:
    # 56 of 70 against 48 of 80: method 10 of Newcombe, Statistics in Medicine 17 (1998) 873-890.
    one, other = statistics.wilson(56, 70), statistics.wilson(48, 80)

    found = statistics.gap(56 / 70, one, 48 / 80, other)

    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
