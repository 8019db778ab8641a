"""Runs that are stopped: the rest is what it would have been."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data import store
from data.errors import BadInputError
from data.training import TrainSettings
from data.workspace import Workspace
from tests import make
from tests.interrupt import BIN, interrupted
from tests.train import forked, splits
from tests.train.forked import Kill
from train import checkpoints, resolved, runs
from train.plan import Plan
from train.runs import Step

PASSES = "[train.trainer]\nnum_train_epochs = 12\nsave_steps = 2\n"
STEPS = 12
FOR_EVER = "num_train_epochs = 5000\nsave_steps = 2\n"


def losses(run: Path) -> list[float]:
    return [step.loss for step in store.read(run / "metrics.jsonl", Step)]


def adapter(run: Path) -> str:
    return store.hash_file(run / "adapter" / "adapter_model.safetensors")


def workspace(folder: Path) -> Workspace:
    return splits.write(make.space(folder, PASSES))


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without any stop, to hold the others against."""
    part = forked.begin(workspace(tmp_path_factory.mktemp("straight")), "first")
    assert forked.train(part) == [0]
    return part


def drawn() -> list[Kill]:
    """Points of a training in order: after a step, and between two files of a checkpoint."""
    draw = random.Random(11)
    files = ("adapter_model.safetensors", "optimizer.pt", "rng_state.pth", "trainer_state.json")
    after = [Kill(step) for step in draw.sample(range(2, STEPS), 2)]
    inside = [Kill(step, draw.choice(files)) for step in draw.sample(range(4, STEPS, 2), 3)]
    return sorted(after + inside)


def test_killed_five_times_at_random_points_it_comes_to_the_same_curve(
    straight: Path, tmp_path: Path
) -> None:
    part = forked.begin(workspace(tmp_path), "first")
    kills = drawn()

    codes = [forked.train(part, kill) for kill in kills]

    assert codes == [[-signal.SIGKILL]] * len(kills), kills
    assert forked.train(part) == [0]
    assert losses(part) == losses(straight)
    assert adapter(part) == adapter(straight)


def test_a_disk_that_fills_up_inside_a_save_costs_no_more_than_the_steps_since(
    straight: Path, tmp_path: Path
) -> None:
    part = forked.begin(workspace(tmp_path), "first")
    forked.train(part, Kill(3))

    full = forked.train(part, room_bytes=100_000)
    said = (part / forked.ERROR).read_text()
    again = forked.train(part)

    assert (full, again) == ([2], [0])
    assert "not all of it could be written" in said
    assert "File too large" in said
    assert losses(part) == losses(straight)


def test_two_processes_that_share_a_training_write_each_thing_once(tmp_path: Path) -> None:
    part = forked.begin(workspace(tmp_path), "first")

    codes = forked.train(part, processes=2)

    assert codes == [0, 0]
    steps = [step.step for step in store.read(part / "metrics.jsonl", Step)]
    assert steps == list(range(1, STEPS + 1))
    assert runs.read_manifest(part).steps == STEPS


def test_two_processes_stop_together_where_one_is_told_to(tmp_path: Path) -> None:
    part = forked.begin(workspace(tmp_path), "first")

    codes = forked.train(part, Kill(7, rank=1, by=signal.SIGINT), processes=2)

    assert codes == [0, 0]
    assert checkpoints.last_step(part / runs.TRAINER) == 8
    kept = {path.name for path in (part / runs.TRAINER / "checkpoint-8").iterdir()}
    assert {"rng_state_0.pth", "rng_state_1.pth"} <= kept


def test_what_auto_stood_for_at_the_start_holds_to_the_end(tmp_path: Path) -> None:
    def made(rows: int) -> Callable[[], Plan]:
        trainer = {"per_device_train_batch_size": rows}
        return lambda: Plan(TrainSettings().having(model={}, trainer=trainer), None, ("why",))

    begun = resolved.plan(tmp_path, "trl", "H100", made(4))
    later = resolved.plan(tmp_path, "trl", "H100", made(1))

    assert later == begun
    with pytest.raises(
        BadInputError, match="began by trl on H100 and would go on by trl on a CPU"
    ):
        resolved.plan(tmp_path, "trl", "", made(4))


def test_a_command_that_is_killed_goes_on_to_the_same_curve(
    straight: Path, tmp_path: Path
) -> None:
    space = workspace(tmp_path)
    part = runs.part_of(space, "first")
    killed_when("train run --name first", tmp_path, (part / "trainer/checkpoint-6").exists)

    again = make.run("train run --name first", cwd=tmp_path)

    assert again.code == 2
    assert "`train resume first` goes on with it" in again.output
    assert forked.train(part) == [0]
    assert losses(part) == losses(straight)
    assert adapter(part) == adapter(straight)


def test_ctrl_c_keeps_a_checkpoint_and_changed_settings_are_refused(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path, "[train.trainer]\n" + FOR_EVER))
    part = forked.begin(space, "first")
    forked.train(part, Kill(3))
    metrics = part / "metrics.jsonl"

    code, said = interrupted(
        "train resume first", tmp_path, lambda: metrics.read_bytes().count(b"\n") > 3
    )
    settings = tmp_path / "gristmill.toml"
    settings.write_text(f"[train.trainer]\n{FOR_EVER}learning_rate = 1e-4\n")
    changed = make.run("train resume first", cwd=tmp_path)

    assert code == 130
    assert "is kept." in said
    assert "train resume first" in said
    assert checkpoints.last_step(part / runs.TRAINER) > 3
    assert changed.code == 2
    assert "[train] has changed since first began: trainer.learning_rate." in changed.output


def killed_when(command: str, folder: Path, ready: Callable[[], bool]) -> None:
    program, *arguments = command.split()
    process = subprocess.Popen(
        [BIN / program, *arguments], cwd=folder, env={**os.environ, "HF_HUB_OFFLINE": "1"}
    )
    give_up = time.monotonic() + 120
    while not ready() and process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.001)
    assert process.poll() is None, "it ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.2)  # the worker ends once it sees that nobody listens
