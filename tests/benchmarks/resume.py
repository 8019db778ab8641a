"""kill -9 of a training at random moments, and what becomes of its curve.

Every other kill hits the command, the others the process that trains. What had no checkpoint yet is
begun again; the rest is resumed. Curve and adapter are compared with a run that was never stopped.
"""

import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from data import store
from data.workspace import Workspace
from tests import make
from tests.interrupt import BIN
from tests.train import splits
from train import runs
from train.runs import Step

KILLS = 20
STEPS = 40
SETTINGS = f"[train.trainer]\nnum_train_epochs = {STEPS}\nsave_steps = 3\n"


def measure() -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        straight = workspace(Path(folder) / "straight")
        _finish(straight)
        draw = random.Random(13)
        resumed = [_killed(Path(folder) / str(number), draw) for number in range(KILLS)]
        same = sum(_result(space) == _result(straight) for space, _ in resumed)
        return {
            "kills": KILLS,
            "of_them_with_a_checkpoint": sum(kept for _, kept in resumed),
            "identical_curves_and_adapters": same,
        }


def workspace(folder: Path) -> Workspace:
    return splits.write(make.space(folder, SETTINGS))


def _killed(folder: Path, draw: random.Random) -> tuple[Workspace, bool]:
    """A run that was killed once and then brought to its end; whether a checkpoint was kept."""
    space = workspace(folder)
    metrics = runs.part_of(space, "first") / "metrics.jsonl"
    step, pause, whole = draw.randint(1, STEPS - 2), draw.uniform(0, 0.1), draw.random() < 0.5
    command = subprocess.Popen(
        [BIN / "train", "run", "--name", "first"], cwd=space.root, stderr=subprocess.DEVNULL
    )
    while command.poll() is None and _lines(metrics) < step:
        time.sleep(0.001)
    time.sleep(pause)
    os.kill(command.pid if whole else _child(command.pid), signal.SIGKILL)
    command.wait()
    time.sleep(1)  # the process that trains ends once it sees that nobody listens
    kept = bool(runs.unfinished(space))
    _finish(space, resume=kept)
    return space, kept


def _finish(space: Workspace, *, resume: bool = False) -> None:
    verb = ["resume", "first"] if resume else ["run", "--name", "first"]
    subprocess.run([BIN / "train", *verb], cwd=space.root, check=True, stdout=subprocess.DEVNULL)


def _result(space: Workspace) -> tuple[list[float], str]:
    run = runs.find(space, "first")
    losses = [step.loss for step in store.read(run / "metrics.jsonl", Step)]
    return losses, store.hash_file(run / "adapter" / "adapter_model.safetensors")


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _child(process: int) -> int:
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])
