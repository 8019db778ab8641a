import math

import numpy as np
import pytest

from eval import bradley_terry
from eval.bradley_terry import Meeting, Standing
from tests.benchmarks import statistics as bench


def meetings(wins: int, losses: int, *, ties: int = 0, same: int = 0) -> list[Meeting]:
    """Of contestant 1 against contestant 0, each about a fact of its own."""
    scores = [0.0] * wins + [1.0] * losses + [0.5] * ties
    judged = [Meeting(f"f{n}", 0, 1, score) for n, score in enumerate(scores)]
    return judged + [Meeting(f"s{n}", 0, 1, None, same=True) for n in range(same)]


def second(met: list[Meeting], contestants: int = 2) -> Standing:
    found = bradley_terry.standings(met, contestants, seed=1)[1]
    assert found is not None
    return found


@pytest.mark.parametrize(("wins", "published"), bench.BRADLEY_TERRY)
def test_strengths_agree_with_published_ones(
    wins: tuple[tuple[int, ...], ...], published: tuple[float, ...]
) -> None:
    found = bradley_terry.strengths(np.array(wins, dtype=float))

    assert found - found[0] == pytest.approx(np.array(published) - published[0], abs=2e-4)


def test_a_tie_is_half_a_win_and_the_elo_scale_is_that_of_the_odds() -> None:
    found = second(meetings(30, 10, ties=20))

    assert found.probability == pytest.approx((30 + 10 + 0.5) / 61)
    assert found.elo == pytest.approx(
        400 * math.log10(found.probability / (1 - found.probability))
    )


def test_who_never_lost_is_neither_infinitely_strong_nor_certainly_so() -> None:
    found = second(meetings(20, 0))

    assert 0.95 < found.probability < 1
    assert found.interval is not None
    assert found.interval.low < 0.85


def test_same_answers_count_at_the_rate_at_which_other_answers_were_judged() -> None:
    unjudged = [Meeting(f"u{n}", 0, 1, None) for n in range(40)]

    all_judged = second(meetings(40, 0, same=40))
    half_judged = second([*meetings(40, 0, same=80), *unjudged])

    assert all_judged.probability == pytest.approx(0.75, abs=0.01)
    assert half_judged.probability == pytest.approx(0.75, abs=0.01)


def test_who_was_compared_with_nobody_has_no_strength() -> None:
    apart = [*meetings(3, 1), Meeting("x", 2, 3, 1.0), Meeting("y", 2, 3, 0.0)]

    found = bradley_terry.standings(apart, 4, seed=1)

    assert [each is None for each in found] == [False, False, True, True]


def test_comparisons_about_one_fact_give_no_interval() -> None:
    assert second([Meeting("f", 0, 1, 0.0), Meeting("f", 0, 1, 1.0)]).interval is None
