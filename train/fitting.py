"""What the worker does: from the prepared rows to a complete run folder."""

import os
import platform
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from data import store
from data.errors import BadInputError
from data.records import content_id
from data.training import TrainSettings
from data.workspace import Workspace
from train import (
    backends,
    card,
    chat,
    checkpoints,
    checks,
    job,
    material,
    memory,
    points,
    ranks,
    resolve,
    resolved,
    runs,
    session,
    teacher,
    wordings,
)
from train.chat import Row
from train.checkpoints import MadeOf
from train.checks import Check
from train.job import Begun, Done, Event, Job, Stepped, Stopped
from train.plan import Plan
from train.resolve import Machine
from train.runs import RunManifest, Step
from train.session import Prepared

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from train.backends import Model
    from train.bases import Base
    from train.tuner import Interrupt

LIBRARIES = (
    *("gristmill", "torch", "transformers", "trl", "peft", "datasets", "tokenizers"),
    *("accelerate", "bitsandbytes", "unsloth", "unsloth_zoo", "triton"),
)


def train(
    order: Job, folder: Path, backend: backends.Backend, tell: Callable[[Event], None]
) -> int | None:
    """Tune the model and write the run; the worker's whole task.

    Returns None when the run is complete, else the step of the checkpoint that was kept.
    """
    from train import tuner

    with _interruptible(tuner.Interrupt()) as interrupt, checkpoints.writing(folder):
        space = order.space
        asked = space.settings.train
        # An embedder is small: nothing about it has to be planned.
        on = Machine("") if asked.method == "embedder" else resolve.machine()
        resolve.refuse(asked, on)
        with ranks.first_alone(folder):
            prepared = session.prepare(space, Path(order.split))
            warnings = _warnings(session.refuse(prepared, asked))
            plan = _plan(order, prepared, folder, backend, on)
            resolve.refuse_batches(plan.settings)
            task = _Task(space, prepared, plan, folder, backend, order.name)
            home = _base_folder(prepared.base, plan.settings, folder)
            made_of = _made_of(task, home)
            checkpoint = checkpoints.newest(folder / runs.TRAINER, made_of)
        told = (*prepared.split.notes, *plan.reasons)
        tell(Begun(len(prepared.rows), backend, told, warnings))
        if not _tune(_Start(task, home, made_of, checkpoint), interrupt, tell):
            kept = checkpoints.last_step(folder / runs.TRAINER)
            tell(Stopped(kept))
            return kept
    return None


def _plan(
    order: Job, prepared: Prepared, folder: Path, backend: backends.Backend, on: Machine
) -> Plan:
    """The plan that the run began with, or a new one."""
    space = order.space
    asked = space.settings.train

    def make() -> Plan:
        return resolve.resolve(
            asked,
            on,
            backend,
            lambda: memory.shape(prepared.base, asked),
            runs.on_gpu(space, on.gpu, prepared.base.name, backend),
            halvings=order.halvings,
        )

    return resolved.plan(folder, backend, on.gpu, make)


def _warnings(found: list[Check]) -> tuple[str, ...]:
    return tuple(
        f"{each.name}: {each.found} {each.todo}" for each in found if each.state == "warn"
    )


class _Task(NamedTuple):
    """What is trained, and where to."""

    space: Workspace
    prepared: Prepared
    plan: Plan
    folder: Path
    backend: backends.Backend
    name: str

    @property
    def settings(self) -> TrainSettings:
        return self.plan.settings


class _Start(NamedTuple):
    """From where the training sets out."""

    task: _Task
    home: Path
    """Where the weights of the base lie."""
    made_of: MadeOf
    checkpoint: Path | None


def _tune(start: _Start, interrupt: "Interrupt", tell: Callable[[Event], None]) -> bool:
    """Train and write what was trained; False where it was told to stop before."""
    from train import tuner
    from train.methods import known
    from train.tuner import Making

    task, home, made_of, checkpoint = start
    base, settings, folder = task.prepared.base, task.settings, task.folder
    patience = settings.trainer.early_stopping_patience
    weights = backends.load(task.backend, home, settings)
    model = backends.adapt(task.backend, weights, settings, new_words=base.random)
    trainer = known.trainer(
        Making(
            model,
            base,
            settings,
            task.backend,
            rows=task.prepared.rows,
            dev=_dev(task) if patience else [],
            folder=folder / runs.TRAINER,
            fresh=partial(backends.load, task.backend, home, settings),
            judge=_judge(task),
            teacher=_teacher(task),
        )
    )
    fitting = tuner.Session(trainer, patience)
    before = _recall(task, model)
    with _metrics(folder, checkpoint) as note:

        def on_step(step: Step, of: int) -> None:
            note(step)
            tell(Stepped(step, of))

        if not fitting.fit(on_step, made_of, interrupt, checkpoint):
            return False
    if not ranks.first():
        return True
    what = "model" if settings.trains_all else "adapter"
    tuner.name_base(model, "base" if base.folder is None else base.name)
    tuner.save(model, folder / what)
    if settings.trains_all and settings.method != "embedder":
        base.tokenizer.save_pretrained(folder / what)  # a whole model serves as a base as it is
    told = {"train": settings.model_dump(), **tuner.resolved(model, trainer.args)}
    store.write_json(folder / "settings.json", told)
    after = _recall(task, model)
    found = {f"{name} before": share for name, share in before.items()} | after
    _write_rest(task, home, found)
    tell(Done())
    return True


def _recall(task: _Task, model: "Model") -> dict[str, float]:
    """Of an embedder, how often it finds the fact that a withheld wording asks for."""
    if task.settings.method != "embedder":
        return {}
    from train.methods import contrastive

    return contrastive.recall(model, wordings.search(task.prepared.split.folder))


def _write_rest(task: _Task, home: Path, found: dict[str, float]) -> None:
    """The pages for people, and the manifest, after which the run counts."""
    folder = task.folder
    steps = list(store.read(folder / "metrics.jsonl", Step))
    # What the trainer leaves of its own are pickles, which run code when they are read.
    for scrap in (runs.TRAINER, "compiled"):
        shutil.rmtree(folder / scrap, ignore_errors=True)
    for scrap in (job.FILE, job.LOG, resolved.FILE, ranks.AHEAD):
        (folder / scrap).unlink(missing_ok=True)
    manifest = _manifest(task, home, steps, found)
    store.write_bytes(folder / "loss.svg", card.loss_plot(steps).encode())
    store.write_bytes(folder / "README.md", card.text(manifest, task.settings).encode())
    store.write_json(folder / "manifest.json", manifest)


def _judge(task: _Task) -> Path | None:
    if task.settings.method not in material.ONLINE:
        return None
    return points.find(task.space, task.settings.rewards.reward_run)


def _teacher(task: _Task) -> "Callable[[], PreTrainedModel] | None":
    if task.settings.method != "gkd":
        return None
    return partial(teacher.load, task.space, task.settings)


def _dev(task: _Task) -> list[Row]:
    """The rows of the dev side, for the loss to be watched on."""
    examples = material.dev(task.space, task.prepared.split.folder)
    if not examples:
        raise BadInputError(
            "[train.trainer] early_stopping_patience watches the loss on dev, and there is nothing "
            "on that side to learn by this method; raise dev under [split], or set the patience to 0."
        )
    rows = material.render(examples, task.prepared.base, task.settings)
    return chat.fit(rows, task.settings.trainer.max_length, "truncate").rows


def _base_folder(base: "Base", settings: TrainSettings, folder: Path) -> Path:
    """Where the weights lie; what of the base lies nowhere else is written into the run."""
    from train import bases

    if base.folder is None:
        if not (folder / "base" / "config.json").exists():
            bases.write_new(base, folder / "base", settings.trainer.seed)
        return folder / "base"
    changed = settings.model.pad_token or settings.data.chat_template != "tokenizer"
    if changed and ranks.first():
        base.tokenizer.save_pretrained(folder / "tokenizer")
    return base.folder


def _made_of(task: _Task, home: Path) -> MadeOf:
    from train import bases

    marks = [f"{mark.path} {mark.sha256}" for mark in task.prepared.split.marks]
    told = msgspec.json.encode(task.settings.model_dump(), order="sorted").decode()
    return {
        "settings": content_id(told),
        "data": content_id(*marks),
        "base": bases.hash_folder(home),
        # Of `tiny` it is built anew from the passages, which may have changed since.
        "tokenizer": bases.hash_tokenizer(task.prepared.base.tokenizer),
        "library versions": content_id(*(f"{name} {v}" for name, v in _versions().items())),
        "number of GPUs": str(ranks.count()),
    }


@contextmanager
def _metrics(folder: Path, checkpoint: Path | None) -> Iterator[Callable[[Step], None]]:
    """Append to `metrics.jsonl` from the checkpoint on; what came after it is done again."""
    if not ranks.first():
        yield lambda _: None
        return
    path = folder / "metrics.jsonl"
    done = checkpoints.step_of(checkpoint) if checkpoint else 0
    before = [step for step in store.read(path, Step) if step.step <= done] if done else []
    store.write_bytes(path, b"".join(msgspec.json.encode(step) + b"\n" for step in before))
    elapsed = before[-1].seconds if before else 0.0
    with path.open("ab") as metrics:

        def note(step: Step) -> None:
            late = msgspec.structs.replace(step, seconds=round(step.seconds + elapsed, 3))
            metrics.write(msgspec.json.encode(late) + b"\n")
            metrics.flush()

        yield note


@contextmanager
def _interruptible(interrupt: "Interrupt") -> Iterator["Interrupt"]:
    """While this lasts, Ctrl-C asks for a stop after the step instead of breaking off."""

    def ask(*_: object) -> None:
        interrupt.asked = True

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


def _versions() -> dict[str, str]:
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _manifest(task: _Task, home: Path, steps: list[Step], found: dict[str, float]) -> RunManifest:
    from train import bases

    base, settings = task.prepared.base, task.settings
    counts = checks.count(task.prepared.rows, settings.trainer.max_length)
    last = steps[-max(1, len(steps) // 10) :]
    return RunManifest(
        name=task.name,
        base=base.name,
        base_folder="base" if base.folder is None else str(base.folder),
        base_hash=bases.hash_folder(home),
        split=task.prepared.split.marks,
        tokenizer_hash=bases.hash_tokenizer(base.tokenizer),
        template_hash=chat.template_hash(base.tokenizer),
        versions=_versions(),
        seed=settings.trainer.seed,
        method=settings.method,
        rows=counts.rows,
        tokens=counts.tokens,
        learnt_tokens=counts.learnt,
        tokens_seen=steps[-1].tokens,
        steps=len(steps),
        seconds=steps[-1].seconds,
        final_loss=round(sum(step.loss for step in last) / len(last), 4),
        hardware=_hardware(),
        backend=task.backend,
        trained="model" if settings.trains_all else "adapter",
        planned_memory_gib=_planned(task.plan),
        peak_memory_gib=max(step.memory_gib for step in steps),
        finished=datetime.now(UTC).isoformat(),
        figures={
            name: round(sum(step.figures.get(name, 0.0) for step in last) / len(last), 4)
            for name in last[-1].figures
        }
        | found,
    )


def _planned(plan: Plan) -> float:
    return round(plan.need.total / memory.GIB, 3) if plan.need else 0.0


def _hardware() -> str:
    gpu = resolve.machine().gpu
    host = f"{platform.machine()}, {os.cpu_count()} CPU cores"
    return f"{gpu}, {host}" if gpu else f"{host}, no GPU used"
