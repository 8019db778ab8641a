import pytest

from eval import verdict
from eval.items import SEEN_WORDING, UNSEEN_SOURCE
from eval.report import Evaluation
from tests.eval import canned
from train.runs import Trained

RIGHT = "Open Settings, choose Security and press Reset."


def asked(right: int, wrong: int, base_right: int = 0, *, seen: int | None = None) -> Evaluation:
    """Probes answered right and wrong by the tuned model, and ten questions of the training."""
    said: list[canned.Said] = []
    for n in range(right + wrong):
        base, tuned = (RIGHT if n < count else "No." for count in (base_right, right))
        said.append((canned.item(f"Reset, case {n}?"), base, tuned))
    for n in range(10 if seen is not None else 0):
        item = canned.item(f"Trained on, case {n}?", question_set=SEEN_WORDING)
        said.append((item, "No.", RIGHT if n < (seen or 0) else "No."))
    return canned.evaluation(said)


def first_commands(found: Evaluation) -> tuple[str, ...]:
    return verdict.next_steps(found.sets, found.checks)[0].commands


def test_the_verdict_gives_count_share_and_interval() -> None:
    said = verdict.sentence(asked(31, 39).sets).replace("\u00a0", " ")

    assert said == (
        "On wordings it never saw, the tuned model gives 31 of 70 taught answers exactly "
        "(44 %, 95 % interval 33 to 56 %); the base gives 0."
    )


def test_a_small_difference_is_called_what_it_is() -> None:
    assert "NOT PROVEN" in verdict.remarks(asked(2, 8).sets, "some/model")[0]
    assert "IMPROVED" in verdict.remarks(asked(9, 1).sets, "some/model")[0]
    assert "REGRESSED" in verdict.remarks(asked(0, 9, 9).sets, "some/model")[0]


def test_no_difference_says_what_the_questions_could_have_shown() -> None:
    said = verdict.remarks(asked(0, 9).sets, "some/model")[0]

    assert "9 questions about 9 facts would show a difference from" in said


def test_memory_without_knowledge_asks_for_more_wordings() -> None:
    found = asked(1, 9, seen=10)

    assert (
        "remembers sentences better than it knows facts"
        in verdict.remarks(found.sets, "some/model")[1]
    )
    assert first_commands(found)[0] == "synth run"


def test_a_model_that_does_not_know_its_training_questions_should_train_longer() -> None:
    found = asked(1, 9, seen=3)

    assert "too short" in verdict.remarks(found.sets, "some/model")[1]
    assert first_commands(found) == ("train run",)


@pytest.mark.parametrize(
    ("trained", "told"),
    [
        ("model", "full_finetuning = false"),
        ("adapter", "fewer epochs or a lower learning rate (`[train.trainer]`)"),
    ],
)
def test_what_was_forgotten_asks_for_a_training_that_keeps_more(
    trained: Trained, told: str
) -> None:
    found = asked(9, 1)

    steps = verdict.next_steps(found.sets, found.checks, forgot=trained)

    kept = next(step for step in steps if step.link == "forgetting")
    assert told in kept.why
    assert "evaluate forgetting" in kept.commands


def test_a_base_that_knows_nothing_is_named_as_such() -> None:
    found = asked(9, 1)

    assert any("knows nothing before training" in r for r in verdict.remarks(found.sets, "tiny"))
    assert not any("knows nothing" in r for r in verdict.remarks(found.sets, "some/model"))


def test_without_probes_the_verdict_claims_nothing_about_taught_facts() -> None:
    found = canned.evaluation([(canned.item(question_set=UNSEEN_SOURCE), "No.", "No.")])

    assert verdict.sentence(found.sets).startswith("On sources it never saw")
    assert any(
        "There are no probes" in remark for remark in verdict.remarks(found.sets, "some/model")
    )


def test_the_first_screen_has_five_numbers_and_calls_nothing_clean_that_was_not_looked_for() -> (
    None
):
    told = verdict.headlines(asked(1, 9).sets, [])

    assert len(told) == 5
    assert "being wrong is not counted here" in told[-1].note
