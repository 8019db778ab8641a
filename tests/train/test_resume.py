"""Runs that are stopped: the rest is what it would have been."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data import store
from data.workspace import Workspace
from tests import make
from tests.interrupt import BIN, interrupted
from tests.train import splits
from train.runs import Step

PASSES = "[train.trainer]\nnum_train_epochs = 12\nsave_steps = 2\n"


def losses(run: Path) -> list[float]:
    return [step.loss for step in store.read(run / "metrics.jsonl", Step)]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A run without any stop, to hold the others against."""
    space = splits.write(make.space(tmp_path_factory.mktemp("straight"), PASSES))
    ran = make.run("train run --name first", cwd=space.root)
    assert ran.code == 0, ran.output
    return space


def test_killed_inside_a_save_it_goes_on_to_the_same_curve(
    straight: Workspace, tmp_path: Path
) -> None:
    space = splits.write(make.space(tmp_path, PASSES))
    part = space.runs / ".first.part"
    killed_when("train run --name first", tmp_path, (part / "trainer/checkpoint-6").exists)

    again = make.run("train run --name first", cwd=tmp_path)
    ran = make.run("train resume first", cwd=tmp_path)

    assert again.code == 2
    assert "`train resume first` goes on with it" in again.output
    assert ran.code == 0, ran.output
    assert losses(space.runs / "first") == losses(straight.runs / "first")
    adapter = "adapter/adapter_model.safetensors"
    assert store.hash_file(space.runs / "first" / adapter) == store.hash_file(
        straight.runs / "first" / adapter
    )


def test_ctrl_c_keeps_a_checkpoint_and_changed_settings_are_refused(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path, "[train.trainer]\nnum_train_epochs = 5000\n"))
    metrics = space.runs / ".first.part" / "metrics.jsonl"

    code, said = interrupted(
        "train run --name first", tmp_path, lambda: metrics.exists() and metrics.stat().st_size > 0
    )
    settings = tmp_path / "gristmill.toml"
    settings.write_text("[train.trainer]\nnum_train_epochs = 5000\nlearning_rate = 1e-4\n")
    changed = make.run("train resume first", cwd=tmp_path)

    assert code == 130
    assert "is kept." in said
    assert "train resume first" in said
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
