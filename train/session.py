"""One session of training, from the curated split to a run folder."""

import os
import platform
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from data import store
from data.errors import BadInputError
from data.settings import TrainSettings
from data.workspace import Workspace
from train import card, chat, checks, curated, environment, runs
from train.chat import Row
from train.curated import Curated
from train.runs import RunManifest, Step

if TYPE_CHECKING:
    from train.bases import Base

LIBRARIES = ("gristmill", "torch", "transformers", "trl", "peft", "datasets", "tokenizers")


class Prepared(NamedTuple):
    """What training starts from: all that can be known before the first step."""

    split: Curated
    base: "Base"
    rows: list[Row]


def prepare(space: Workspace, split_folder: Path) -> Prepared:
    """Read the split, find the base, turn every row into tokens. Checks what it can on the way."""
    split = curated.read(split_folder, space.root)
    settings = space.settings.train
    environment.quiet()
    if not environment.on_hub(settings.model, space.root):
        environment.offline()
    from train import bases

    base = bases.find(settings, space, split.rows)
    checks.refuse_tokenizer(base.limits)
    return Prepared(split, base, [chat.render(row, base.tokenizer) for row in split.rows])


def choose(prepared: Prepared, rows: int, key: str = "") -> list[Row]:
    """The rows to show: the first ones, or the one with this id."""
    if not key:
        return prepared.rows[:rows]
    found = [row for row in prepared.rows if row.example.id == key]
    if not found:
        raise BadInputError(f"No row `{key}` in train.jsonl; an error and the file name its rows.")
    return found


def refuse(prepared: Prepared, max_length: int) -> None:
    """The checks of the rows, apart so that `train check` can show them first."""
    checks.refuse_rows(prepared.rows, prepared.base.limits, max_length)


def run(
    space: Workspace, name: str, split_folder: Path, on_step: Callable[[Step, int], None]
) -> RunManifest:
    """Tune the model and write the run."""
    settings = space.settings.train
    with runs.making(space, name) as folder:
        prepared = prepare(space, split_folder)
        refuse(prepared, settings.max_length)
        _write_base(prepared.base, settings, folder)
        steps = _tune(prepared, settings, folder, on_step)
        manifest = _manifest(name, prepared, settings, folder, steps)
        store.write_bytes(folder / "loss.svg", card.loss_plot(steps).encode())
        store.write_bytes(folder / "README.md", card.text(manifest, settings).encode())
        store.write_json(folder / "manifest.json", manifest)
    return manifest


def _write_base(base: "Base", settings: TrainSettings, folder: Path) -> None:
    """What of the base lies nowhere else: a model built on the spot, a tokenizer we changed."""
    from train import bases

    if base.folder is None:
        bases.load(base, settings.seed).save_pretrained(folder / "base")
        base.tokenizer.save_pretrained(folder / "base")
    elif settings.pad_token:
        base.tokenizer.save_pretrained(folder / "tokenizer")


def _tune(
    prepared: Prepared,
    settings: TrainSettings,
    folder: Path,
    on_step: Callable[[Step, int], None],
) -> list[Step]:
    from train import bases, tuner

    told = tuner.arguments(settings, folder / "trainer")
    model = tuner.adapt(bases.load(prepared.base, settings.seed), prepared.base, settings)
    resolved = {"train": settings.model_dump(), **tuner.resolved(model, told)}
    store.write_json(folder / "settings.json", resolved)
    steps: list[Step] = []
    with (folder / "metrics.jsonl").open("wb") as metrics:

        def note(step: Step, of: int) -> None:
            steps.append(step)
            metrics.write(msgspec.json.encode(step) + b"\n")
            metrics.flush()
            on_step(step, of)

        tuner.fit(model, prepared.base, prepared.rows, told, note)
    tuner.save(model, folder / "adapter")
    # What the trainer leaves of its own are pickles, which run code when they are read.
    shutil.rmtree(folder / "trainer", ignore_errors=True)
    return steps


def _manifest(
    name: str, prepared: Prepared, settings: TrainSettings, folder: Path, steps: list[Step]
) -> RunManifest:
    from train import bases

    base = prepared.base
    counts = checks.count(prepared.rows, settings.max_length)
    last = steps[-max(1, len(steps) // 10) :]
    return RunManifest(
        name=name,
        base=base.name,
        base_folder="base" if base.folder is None else str(base.folder),
        base_hash=bases.hash_folder(base.folder or folder / "base"),
        split=prepared.split.marks,
        tokenizer_hash=bases.hash_tokenizer(base.tokenizer),
        template_hash=chat.template_hash(base.tokenizer),
        versions={library: version(library) for library in LIBRARIES},
        seed=settings.seed,
        rows=counts.rows,
        tokens=counts.tokens,
        learnt_tokens=counts.learnt,
        steps=len(steps),
        seconds=steps[-1].seconds,
        final_loss=round(sum(step.loss for step in last) / len(last), 4),
        hardware=f"{platform.machine()}, {os.cpu_count()} CPU cores, no GPU used",
        finished=datetime.now(UTC).isoformat(),
    )
