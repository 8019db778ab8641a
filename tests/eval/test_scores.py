import pytest

from eval import scores


@pytest.mark.parametrize(
    "answer", ["open  settings", "Open settings.", " Open Settings\n", "OPEN SETTINGS!"]
)
def test_case_space_and_the_last_full_stop_do_not_matter(answer: str) -> None:
    assert scores.is_exact(answer, "Open Settings.")


@pytest.mark.parametrize("answer", ["", "Open", "Open Settings. Then wait.", "Close Settings."])
def test_any_other_word_does(answer: str) -> None:
    assert not scores.is_exact(answer, "Open Settings.")


def test_saying_nothing_is_right_to_nothing() -> None:
    assert not scores.is_exact("", "")
    assert not scores.is_exact(".", "!")


def test_likeness_runs_from_none_to_all() -> None:
    same = scores.chrf("Open Settings.", "Open Settings.")
    near = scores.chrf("Open the settings.", "Open Settings.")
    nothing = scores.chrf("", "Open Settings.")

    assert same == pytest.approx(100)
    assert 30 < near < 100
    assert nothing == 0
