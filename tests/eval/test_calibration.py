import pytest

from eval import length_control
from eval.judge import calibration
from eval.judge.calibration import Calibration


def test_kappa_is_that_of_statsmodels() -> None:
    assert Calibration(45, 8, 6, 41).kappa == pytest.approx(0.7196635963155786)


def test_perfect_agreement_on_a_few_is_no_proof() -> None:
    few, many = Calibration(10, 0, 0, 10), Calibration(500, 0, 0, 500)

    assert few.kappa == many.kappa == 1.0
    assert few.kappa_interval.low < 0.85 < many.kappa_interval.low
    assert not few.trusted
    assert many.trusted


def test_a_judge_that_passes_all_has_no_kappa_and_corrects_nothing() -> None:
    blind = Calibration(90, 30, 0, 0)

    assert blind.kappa == 0.0
    assert Calibration(90, 0, 0, 0).kappa is None
    assert blind.corrected(50, 60) is None


def test_what_is_unscored_counts_for_nobody() -> None:
    held = calibration.calibrate([("pass", "unscored"), ("fail", "fail"), ("pass", "fail")])

    assert (held.total, held.unscored, held.false_alarms) == (2, 1, 1)
    assert held.leniency == -0.5


def test_a_lenient_judge_is_corrected() -> None:
    # It passes all that is right and a fifth of what is wrong: of 120 passes in 200, 100 are right.
    lenient = Calibration(both_pass=100, missed=20, false_alarms=0, both_fail=80)

    found = lenient.corrected(120, 200)

    assert found is not None
    assert found.rate == pytest.approx(0.5)
    assert 0.35 < found.interval.low < 0.5 < found.interval.high < 0.62
    grouped = lenient.corrected(120, 200, design=4)
    assert grouped is not None
    assert grouped.interval.low < found.interval.low


def test_length_is_taken_out_where_both_are_longer_at_times() -> None:
    # Of each ten pairs the arm is longer in six; it wins when it is, and half of the others.
    longer = [400.0, 300, 200, 350, 250, 150, -300, -200, -250, -150] * 20
    wins = [1.0, 1, 1, 1, 1, 0, 1, 0, 1, 0] * 20

    found = length_control.win_rate(wins, longer, range(200), seed=1)

    assert found.raw == pytest.approx(0.7)
    assert found.controlled is not None
    assert 0.6 < found.controlled < 0.69
    assert [(each.name, each.pairs) for each in found.bins] == [("shorter", 80), ("longer", 120)]
    assert found.state == "IMPROVED"


def test_where_one_is_always_longer_nothing_is_said_of_equal_length() -> None:
    found = length_control.win_rate([1.0, 0.5, 1.0] * 10, [9.0] * 29 + [-1.0], range(30), seed=1)

    assert found.controlled is None
    assert found.state == "IMPROVED"


def test_all_won_is_no_certainty() -> None:
    found = length_control.win_rate([1.0] * 30, [5.0, -5.0] * 15, range(30), seed=1)

    assert found.controlled_interval is not None
    assert found.controlled_interval.low == pytest.approx(0.95)
