"""What `train plan` tells: memory, steps and time of a training that has not begun."""

import math
from pathlib import Path
from typing import NamedTuple

from data.workspace import Workspace
from train import backends, checks, material, memory, resolve, runs, session
from train.checks import Counts
from train.plan import Plan
from train.resolve import Machine, fixed


class Forecast(NamedTuple):
    """One training, foreseen."""

    plan: Plan
    on: Machine
    counts: Counts
    steps: int
    tokens: int
    """Of all passes, padding not counted."""
    seconds: float | None
    """None where nothing like it ran on this GPU yet."""


def make(space: Workspace, split: Path, gpu_memory: float, gpus: int = 1) -> Forecast:
    """Plan the training of a split for GPUs as the one here, or of so many GiB each."""
    asked = space.settings.train
    on = (
        Machine(f"a GPU of {gpu_memory:g} GiB", int(gpu_memory * memory.GIB))
        if gpu_memory
        else None
    )
    on = Machine("") if asked.method == "embedder" else on or resolve.machine()
    on = on._replace(gpus=gpus)
    resolve.refuse(asked, on)
    prepared = session.prepare(space, split)
    backend = "unsloth" if gpu_memory else backends.choose(asked.backend, asked.method)
    before = runs.on_gpu(space, on.gpu, prepared.base.name, backend) if on.gpu else None
    plan = resolve.resolve(asked, on, backend, lambda: memory.shape(prepared.base, asked), before)
    counts = checks.count(prepared.rows, asked.trainer.max_length)
    trainer = plan.settings.trainer
    passed = trainer.num_train_epochs
    rows = material.entries(plan.settings, counts.rows)
    if trainer.packing or material.one_stream(plan.settings, prepared.base):
        rows = _packed(counts, trainer.max_length)
    added = fixed(trainer.gradient_accumulation_steps)
    a_step = fixed(trainer.per_device_train_batch_size) * added * gpus
    steps = math.ceil(rows / a_step) * passed
    steps = min(steps, trainer.max_steps) if trainer.max_steps > 0 else steps
    tokens = int(counts.tokens * passed)
    speed = before.tokens_seen / before.seconds if before else None
    return Forecast(plan, on, counts, math.ceil(steps), tokens, tokens / speed if speed else None)


def _packed(counts: Counts, max_length: int) -> int:
    """Rows of `max_length` that hold all tokens; best-fit packing comes this near."""
    return max(1, math.ceil(counts.tokens / max_length))
