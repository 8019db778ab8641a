import random

import pytest
from sacrebleu.metrics.chrf import CHRF

from data.records import Answer
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


def test_likeness_is_what_sacrebleu_says() -> None:
    reference, chance = CHRF(), random.Random(7)
    texts = ["", "a", "ab ab", "日本語 日本", "half \ud83d", "aaaa aaaa"]
    texts += ["".join(chance.choices("abcdé \n🙂", k=chance.randrange(80))) for _ in range(40)]

    for answer, expected in zip(texts, [*texts[3:], *texts[:3]], strict=True):
        theirs = reference.sentence_score(answer, [expected]).score
        assert scores.chrf(answer, expected) == pytest.approx(theirs, abs=1e-9)


def test_a_score_that_was_kept_is_not_counted_again_and_an_older_answer_has_none() -> None:
    kept = Answer(
        "first", "tuned", "a", "Open.", 2, 0.1, "eos", scores={scores.CHRF: 12.5, scores.EXACT: 1}
    )
    older = Answer("first", "tuned", "a", "Open Settings.", 2, 0.1, "eos")

    assert scores.chrf_of(kept, "Open Settings.") == 12.5
    assert scores.exact_of(kept, "Open Settings.")
    assert scores.chrf_of(older, "Open Settings.") == 100
    assert not scores.exact_of(older, "Open Setup.")
