"""dpo, kto, orpo, reward: a few real steps each, on what review would have left."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from data.errors import BadInputError
from data.records import Drop, Example, Side
from data.workspace import Workspace
from tests import make
from tests.train import splits, training
from train import chat, preferences, tiny

METHOD = """
[train]
method = "{method}"
[train.model]
model_name = "{base}"
[train.peft]
r = 8
"""
SETTINGS = (
    METHOD
    + """
[train.trainer]
num_train_epochs = 12
per_device_train_batch_size = 4
learning_rate = 2e-3
warmup_steps = 0
save_steps = 1000
"""
)


def judged(side: Side = "train") -> list[Example]:
    """The answer to the next fact is preferred to the one that was taught."""
    rows = [
        make.example(wordings[0], answer, family=answer, side=side)
        for wordings, answer in zip(splits.QUESTIONS, splits.ANSWERS, strict=True)
    ]
    return [
        Example.preference(row, preferred=other.answer, rejected=row.answer, signal="ranking")
        for row, other in zip(rows, [*rows[1:], rows[0]], strict=True)
    ]


def verdict(row: Example, *, accepted: bool) -> Example:
    said = {"preferred": "Yes."} if accepted else {"rejected": "No."}
    return Example.preference(row, **said, signal="verdict")


def space(
    folder: Path, method: str, rows: Iterable[Example] | None = None, base: object = "tiny"
) -> Workspace:
    made = splits.write(make.space(folder, SETTINGS.format(method=method, base=base)))
    make.stage_file(made.preferences, judged() if rows is None else rows, root=made.root)
    return made


@pytest.mark.parametrize("method", ["dpo", "kto", "orpo"])
def test_the_preferred_answer_gains_on_the_rejected_one(
    method: str, trained: Workspace, tmp_path: Path
) -> None:
    made = space(tmp_path, method, base=trained.runs / "first")

    training.run(made, stop_after=6 if method == "dpo" else 0)

    steps = training.steps(made)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].figures["rewards/margins"] > steps[0].figures["rewards/margins"] + 0.05
    assert steps[-1].loss < steps[0].loss


def test_rows_of_the_method_are_taken_and_the_others_counted(tmp_path: Path) -> None:
    pairs, accepted = judged(), verdict(splits.taught()[1], accepted=True)
    rejected = verdict(splits.taught()[3], accepted=False)
    rows = [*pairs, accepted, rejected, *judged("dev"), *judged("test")]

    dpo = preferences.read(space(tmp_path / "dpo", "dpo", rows), tmp_path / "dpo/work/split")
    kto = preferences.read(space(tmp_path / "kto", "kto", rows), tmp_path / "kto/work/split")

    assert dpo.rows == tuple(pairs)
    assert dpo.notes == ("4 pairs of 14 preferences; 8 are held out, 2 are no pairs",)
    assert kto.rows == (*pairs, accepted, rejected)
    assert preferences.dev(space(tmp_path / "dev", "dpo", rows), tmp_path / "dev/work/split") == (
        *judged("dev"),
    )


def test_what_the_split_keeps_from_training_is_kept_from_it_here(tmp_path: Path) -> None:
    pairs = judged()
    made = space(tmp_path, "dpo", pairs)
    probe = make.example(pairs[0].question, splits.ANSWERS[0], family=pairs[0].family)
    near = msgspec.structs.replace(splits.taught()[2], id=pairs[1].origin.parents[0])
    splits.write(
        made,
        splits.taught()[1:],
        probes=[probe],
        drops=[Drop("near-test", "faq.md", example=near)],
    )

    assert preferences.read(made, made.split).rows == tuple(pairs[2:])


@pytest.mark.parametrize(
    ("method", "rows", "said"),
    [
        ("dpo", [], "None of the 0 preferences"),
        ("dpo", judged("test"), r"may be learnt from \(train 0, dev 0, test 4; probes"),
        ("reward", [verdict(splits.taught()[0], accepted=True)], "reward learns from pairs"),
        ("kto", [verdict(splits.taught()[0], accepted=False)], "all 1 are rejected"),
    ],
)
def test_preferences_that_teach_nothing_are_refused(
    method: str, rows: list[Example], said: str, tmp_path: Path
) -> None:
    made = space(tmp_path, method, rows)

    with pytest.raises(BadInputError, match=said):
        preferences.read(made, made.split)


def test_without_a_review_its_command_is_named(tmp_path: Path) -> None:
    made = space(tmp_path, "dpo")
    made.preferences.unlink()

    with pytest.raises(BadInputError, match="`curate review pull` makes it"):
        preferences.read(made, made.split)


def test_half_of_a_pair_that_is_too_long_takes_the_other_half_along() -> None:
    tokenizer = tiny.tokenizer(splits.ANSWERS)
    row = judged()[0]
    long = msgspec.structs.replace(row, rejected=row.rejected * 30, id="long")

    rows = [answer for each in (row, long) for answer in preferences.render(each, tokenizer)]

    assert [each.wanted for each in rows] == [True, False, True, False]
    fitted = chat.fit(rows, 100, "drop")
    assert ([each.example.id for each in fitted.rows], fitted.dropped) == ([row.id, row.id], 1)


def test_ppo_is_told_where_it_went(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="PPO has left TRL: train a model of the preferences"):
        make.space(tmp_path, '[train]\nmethod = "ppo"\n')
