"""From preferences to points, from points to better answers; and from a teacher to a student."""

from pathlib import Path

import pytest

from data import workspace
from data.errors import BadInputError
from data.workspace import Workspace
from tests import make
from tests.train import splits, test_preferred, training
from train import points, resolve, session
from train.points import Judge

SETTINGS = (
    test_preferred.METHOD
    + """
[train.rewards]
reward_run = "judge"
num_generations = 4
max_completion_length = 12
[train.distillation]
teacher_model = "runs/first"
max_new_tokens = 8
[train.trainer]
max_steps = 4
per_device_train_batch_size = 8
learning_rate = 5e-3
warmup_steps = 0
save_steps = 1000
"""
)


@pytest.fixture(scope="module")
def judged(begun: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a tuned model, `first`, and a model of preferences, `judge`."""
    space = test_preferred.space(tmp_path_factory.mktemp("judged"), "reward", base="runs/first")
    (space.runs / "first").symlink_to(begun.runs / "first")
    training.run(space, "judge")
    return space


def having(space: Workspace, method: str, base: str = "runs/first") -> Workspace:
    """The same workspace with other settings."""
    toml = SETTINGS.format(method=method, base=base)
    (space.root / workspace.SETTINGS_FILE).write_text(toml)
    return workspace.find(space.root)


def test_a_model_of_preferences_ranks_what_it_has_seen(judged: Workspace) -> None:
    rows = test_preferred.judged()
    judge = Judge.load(points.find(judged, "judge"))

    good = judge.score([row.messages for row in rows], [row.preferred for row in rows])
    bad = judge.score([row.messages for row in rows], [row.rejected for row in rows])

    assert all(better > worse for better, worse in zip(good, bad, strict=True))
    assert training.steps(judged, "judge")[-1].figures["accuracy"] == 1.0


@pytest.mark.parametrize("method", ["grpo", "rloo"])
def test_answers_are_drawn_judged_and_learnt_from(method: str, judged: Workspace) -> None:
    made = training.run(having(judged, method), method)

    steps = training.steps(judged, method)
    assert len(steps) == 4
    assert all("rewards/points/mean" in step.figures for step in steps)
    assert any(step.grad_norm for step in steps)
    assert any(mark.path == "runs/judge/manifest.json" for mark in made.split)


def test_a_student_comes_nearer_to_its_teacher(judged: Workspace) -> None:
    training.run(having(judged, "gkd", base="runs/first/base"), "student")

    steps = training.steps(judged, "student")
    assert steps[-1].loss < steps[0].loss


def test_what_is_no_model_of_preferences_is_refused(judged: Workspace) -> None:
    with pytest.raises(BadInputError, match="first was trained by `sft` and gives no points"):
        points.find(judged, "first")
    with pytest.raises(BadInputError, match="reward_run is not set"):
        points.find(judged, "")
    with pytest.raises(BadInputError, match="No run `none`"):
        points.find(judged, "none")


def test_a_model_of_preferences_is_no_base_to_answer(judged: Workspace) -> None:
    space = having(judged, "sft", base="runs/judge")

    with pytest.raises(BadInputError, match="judge was trained by `reward` and cannot answer"):
        session.prepare(space, space.split)


def test_a_teacher_of_other_words_is_refused(judged: Workspace) -> None:
    space = having(judged, "gkd", base="tiny")
    splits.write(space, [make.example("Other words?", "Entirely.")])
    try:
        with pytest.raises(BadInputError, match="has another tokenizer than tiny"):
            session.prepare(space, space.split)
    finally:
        splits.write(space)


def test_groups_of_answers_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    toml = SETTINGS.format(method="grpo", base="tiny").replace("ations = 4", "ations = 3")
    space = make.space(tmp_path, toml)

    with pytest.raises(BadInputError, match="is 8, and no multiple of num_generations, 3"):
        resolve.refuse_batches(space.settings.train)
