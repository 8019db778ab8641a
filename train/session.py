"""One session of training as the commands see it: prepared, ordered, gone on with, repeated."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from data.errors import BadInputError
from data.settings import Settings
from data.training import TrainSettings
from data.workspace import Workspace
from train import (
    chat,
    checkpoints,
    checks,
    environment,
    job,
    material,
    resolved,
    rules,
    runs,
    teacher,
    template,
)
from train.chat import Fitted, Row
from train.checks import Check
from train.curated import Curated
from train.job import Event, Failed, Job, Stopped
from train.runs import RunManifest

if TYPE_CHECKING:
    from train.bases import Base


class Prepared(NamedTuple):
    """What training starts from: all that can be known before the first step."""

    split: Curated
    base: "Base"
    fitted: Fitted

    @property
    def rows(self) -> list[Row]:
        return self.fitted.rows


def prepare(space: Workspace, split_folder: Path) -> Prepared:
    """Read the split, find the base, turn every row into tokens. Checks what it can on the way."""
    split = material.read(space, split_folder)
    settings = space.settings.train
    environment.quiet()
    if not any(environment.on_hub(name, space.root) for name in settings.models):
        environment.offline()
    environment.lean()
    from train import bases

    base = bases.find(settings, space, split.rows)
    if settings.method == "gkd":
        teacher.refuse(space, settings, base)
    if settings.method == "embedder":
        return Prepared(split, base, Fitted(material.render(split.rows, base, settings)))
    talks = settings.method != "pretrain"
    checks.refuse_tokenizer(base.limits._replace(template=base.limits.template or not talks))
    rows = material.render(split.rows, base, settings)
    fitted = chat.fit(rows, settings.trainer.max_length, settings.data.over_long)
    if not fitted.rows:
        raise BadInputError(
            f"Every row is longer than max_length = {settings.trainer.max_length} and is dropped; "
            "raise it under [train.trainer]."
        )
    return Prepared(split, base, fitted)


def choose(prepared: Prepared, rows: int, key: str = "") -> list[Row]:
    """The rows to show: the first ones, or the one with this id."""
    if not key:
        return prepared.rows[:rows]
    found = [row for row in prepared.rows if row.example.id == key]
    if not found:
        raise BadInputError(f"No row `{key}` in train.jsonl; an error and the file name its rows.")
    return found


def examine(prepared: Prepared, settings: TrainSettings) -> list[Check]:
    """The fast checks: all that can be said without a forward pass.

    Plain text passes through no template, and the rows of an embedder have no answer.
    """
    if settings.method == "embedder":
        return list(checks.of_split(prepared.split))
    limits, length = prepared.base.limits, settings.trainer.max_length
    if settings.method == "pretrain":
        plain = limits._replace(template=True)
        return [*checks.of_tokenizer(plain), *rules.check(prepared.rows, plain, length)]
    habits = template.habits(prepared.base.tokenizer)
    return [
        *checks.of_split(prepared.split),
        *checks.of_tokenizer(limits),
        *checks.of_template(habits),
        *rules.check(prepared.rows, limits, length),
        *checks.of_fitted(prepared.fitted, habits),
    ]


def refuse(prepared: Prepared, settings: TrainSettings) -> list[Check]:
    """The fast checks before a training: raises where one fails, else hands out all."""
    found = examine(prepared, settings)
    checks.refuse(found)
    return found


class StoppedError(Exception):
    """The user stopped the training; `step` is that of the checkpoint kept, 0 is none."""

    def __init__(self, name: str, step: int) -> None:
        super().__init__(name)
        self.name, self.step = name, step


def run(
    space: Workspace, order: Job, hear: Callable[[Event], None], *, auto_shrink: bool = False
) -> RunManifest:
    """Train in a process of its own and return the manifest of the run."""
    _refuse_unfinished(space, order.name)
    with runs.making(space, order.name) as folder:
        while True:
            job.write(order, folder)
            failed = _carry_out(order, folder, hear)
            if failed is None:
                break
            if not (failed.memory and auto_shrink):
                raise failure(order, failed, folder)
            shutil.rmtree(folder / runs.TRAINER, ignore_errors=True)
            resolved.forget(folder)
            order = msgspec.structs.replace(order, halvings=order.halvings + 1)
    return runs.read_manifest(space.runs / order.name)


def resume(space: Workspace, name: str, hear: Callable[[Event], None]) -> RunManifest:
    """Go on from the newest checkpoint that is whole. Raises if the settings have changed."""
    part = runs.part_of(space, name)
    if not checkpoints.last_step(part / runs.TRAINER):
        names = ", ".join(runs.unfinished(space)) or "none"
        raise BadInputError(f"No unfinished run `{name}` with a whole checkpoint; there: {names}.")
    order = job.read(part)
    asked = Settings.model_validate(order.settings).train.of_training()
    if asked != space.settings.train.of_training():
        raise BadInputError(
            f"[train] has changed since {name} began: {', '.join(_differing(asked, space))}. "
            "Put it back to go on, or start a new run."
        )
    with runs.making(space, name) as folder:
        failed = _carry_out(order, folder, hear)
        if failed:
            raise failure(order, failed, folder)
    return runs.read_manifest(space.runs / name)


def again(space: Workspace, run: Path, name: str) -> Job:
    """The order that repeats a run: its resolved settings, on the split as it was."""
    manifest = runs.read_manifest(run)
    stored = msgspec.json.decode((run / "settings.json").read_bytes())["train"]
    settings = space.settings.model_copy(update={"train": TrainSettings.model_validate(stored)})
    then = Workspace(space.root, settings)
    folder = next(
        ((space.root / mark.path).parent for mark in manifest.split if "certificate" in mark.path),
        space.split,
    )
    now = {mark.path: mark for mark in material.read(then, folder).marks}
    changed = [was.path for was in manifest.split if now.get(was.path) != was]
    if changed:
        raise BadInputError(
            f"{run.name} was trained on other data: {', '.join(changed)} changed since. "
            "`train run` trains on what there is now."
        )
    return ordered(then, folder, name)


def ordered(space: Workspace, split_folder: Path, name: str, gpus: int = 1) -> Job:
    return Job(
        root=str(space.root),
        split=str(split_folder.resolve()),
        name=name,
        settings=space.settings.model_dump(),
        gpus=gpus,
    )


def _carry_out(order: Job, folder: Path, hear: Callable[[Event], None]) -> Failed | None:
    for event in job.carry_out(order, folder):
        if isinstance(event, Failed):
            return event
        if isinstance(event, Stopped):
            raise StoppedError(order.name, event.step)
        hear(event)
    return None


def _refuse_unfinished(space: Workspace, name: str) -> None:
    if name in runs.unfinished(space):
        raise BadInputError(
            f"Run `{name}` was stopped before its end: `train resume {name}` goes on with it. "
            f"To give it up, remove {runs.part_of(space, name)}, or choose another --name."
        )


def failure(order: Job, failed: Failed, folder: Path) -> BadInputError:
    """What to tell the user; checkpoints of a training that went wrong are removed."""
    if failed.spoilt:
        shutil.rmtree(folder / runs.TRAINER, ignore_errors=True)
        return BadInputError(failed.message)
    said = _advice(order, failed) if failed.memory else failed.message
    kept = checkpoints.last_step(folder / runs.TRAINER)
    if not kept:
        return BadInputError(said)
    when = "With more room on the GPU" if failed.memory else "Once that is mended"
    return BadInputError(f"{said} {when}, `train resume {order.name}` goes on from step {kept}.")


def _advice(order: Job, failed: Failed) -> str:
    """The three cheapest ways to need less memory, the cheapest first."""
    asked = order.space.settings.train
    ways = []
    if asked.trainer.gradient_checkpointing is not True:
        ways.append("gradient_checkpointing = true under [train.trainer] (a third more time)")
    if asked.trainer.per_device_train_batch_size != 1:
        ways.append(
            "half of per_device_train_batch_size and twice gradient_accumulation_steps "
            "(the same result, a little slower; `--auto-shrink` does it)"
        )
    if asked.model.load_in_4bit is not True and not asked.model.full_finetuning:
        ways.append("load_in_4bit = true under [train.model] (QLoRA)")
    ways.append("a smaller max_length under [train.trainer]")
    cheapest = "; ".join(ways[:3])
    return f"The GPU's memory is too small ({failed.message.splitlines()[0]}). Try: {cheapest}."


def _differing(asked: TrainSettings, space: Workspace) -> list[str]:
    """The keys that differ, as they are written: `trainer.learning_rate`."""
    was, now = _flat(asked.model_dump()), _flat(space.settings.train.of_training().model_dump())
    return [key for key in now if was.get(key) != now[key]]


def _flat(tree: dict[str, object], under: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in tree.items():
        flat |= _flat(value, f"{under}{key}.") if isinstance(value, dict) else {under + key: value}
    return flat
