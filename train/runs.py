"""The run folders under `runs/`: found, read, and made all at once.

A run is written as `.NAME.part` and renamed when whole, its manifest last, so that what has a
manifest is a complete run and what was interrupted leaves nothing.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from data import store
from data.errors import BadInputError
from data.records import Record
from data.store import FileMark
from data.workspace import Workspace
from train import bundled, checkpoints

MADE_BY = "train run"
ANSWERING = ("sft", "pretrain", "dpo", "kto", "orpo", "grpo", "rloo", "gkd")
"""Methods whose runs can be asked something."""
TRAINER = "trainer"
"""The folder of a run in the making that holds its checkpoints."""


class Step(Record, frozen=True):
    """One line of `metrics.jsonl`."""

    step: int
    loss: float
    lr: float
    seconds: float
    """Since the first step began."""
    tokens: int = 0
    """Seen so far, padding not counted."""
    grad_norm: float | None = None
    """Before it was shortened; None where it is no number."""
    memory_gib: float = 0.0
    """Peak of the GPU's memory so far; 0 on a CPU."""
    dev_loss: float | None = None
    """Where it was looked at after this step."""
    figures: dict[str, float] = msgspec.field(default_factory=dict)
    """What else the method measures, by the names of TRL: `rewards/margins`."""

    def with_dev_loss(self, loss: float) -> "Step":
        return msgspec.structs.replace(self, dev_loss=loss)


Trained = Literal["adapter", "model"]


class RunManifest(Record, frozen=True):
    """What a run was made from, by what, on what, and how it ended."""

    name: str
    base: str
    """As the settings name it: `bundled`, `tiny`, a folder, or a name of the hub."""
    base_folder: str
    """Where it lies: `base` inside the run, else a full path."""
    base_hash: str
    split: tuple[FileMark, ...]
    """The files that it learnt from, or was kept away from: of the split, certificate included."""
    tokenizer_hash: str
    template_hash: str
    versions: dict[str, str]
    seed: int
    rows: int
    tokens: int
    """Of all rows, each counted once."""
    learnt_tokens: int
    """Those of them that the loss looks at."""
    tokens_seen: int
    """Of all passes, padding not counted."""
    steps: int
    seconds: float
    final_loss: float
    """Mean over the last tenth of the steps."""
    hardware: str
    backend: str
    trained: Trained
    """An adapter on the base, or all of its weights; the folder of that name holds it."""
    peak_memory_gib: float
    """Of one GPU; 0 on a CPU."""
    planned_memory_gib: float
    """What was expected of it before."""
    finished: str
    """UTC, ISO 8601."""
    method: str = "sft"
    figures: dict[str, float] = msgspec.field(default_factory=dict)
    """What else the method measures: mean over the last tenth of the steps."""


@contextmanager
def making(space: Workspace, name: str) -> Iterator[Path]:
    """Hand out the folder of a run to be; it appears under its name once the block is done.

    What fails leaves nothing, unless a whole checkpoint is there to go on from.
    """
    home, part = space.runs / name, part_of(space, name)
    _refuse_name(home, name)
    _sweep(space)
    part.mkdir(parents=True, exist_ok=True)
    try:
        yield part
        finish(part, home)
    finally:
        if not checkpoints.last_step(part / TRAINER):
            shutil.rmtree(part, ignore_errors=True)


def finish(part: Path, home: Path) -> None:
    """Make a complete run appear, all of it on the disk first."""
    for path in part.rglob("*"):
        store.sync(path)
    part.rename(home)


def part_of(space: Workspace, name: str) -> Path:
    """Where a run lies until it is complete."""
    return space.runs / f".{name}.part"


def unfinished(space: Workspace) -> list[str]:
    """Runs that stopped before their end and can go on."""
    parts = sorted(space.runs.glob(".*.part"))
    whole = [part for part in parts if checkpoints.last_step(part / TRAINER)]
    return [part.name[1:].removesuffix(".part") for part in whole]


def on_gpu(space: Workspace, gpu: str, base: str, backend: str) -> RunManifest | None:
    """The last run of this base on a GPU of this name, to learn from."""
    done = [read_manifest(run) for run in _folders(space) if (run / "manifest.json").exists()]
    same = [
        run
        for run in done
        if run.hardware.startswith(f"{gpu},") and (run.base, run.backend) == (base, backend)
    ]
    return max(same, key=lambda run: run.finished, default=None)


def next_name(space: Workspace) -> str:
    """`run-1`, `run-2`, …: one more than the highest."""
    numbers = [re.fullmatch(r"run-(\d+)", path.name) for path in _folders(space)]
    return f"run-{1 + max((int(each[1]) for each in numbers if each), default=0)}"


def latest(space: Workspace) -> Path:
    """The run that was finished last, of those that can answer."""
    done = [path for path in _folders(space) if (path / "manifest.json").exists()]
    runs = [run for run in done if read_manifest(run).method in ANSWERING]
    if not runs:
        raise BadInputError(f"No run in {space.runs} yet; `{MADE_BY}` makes one.")
    return max(runs, key=lambda run: read_manifest(run).finished)


def chosen(space: Workspace, name: str | None) -> Path:
    """The folder of the run that is named, or else of the newest."""
    return find(space, name) if name else latest(space)


def find(space: Workspace, name: str) -> Path:
    """The folder of a run, by its name."""
    run = space.runs / name
    if (run / "manifest.json").exists():
        return run
    if name in unfinished(space):
        raise BadInputError(
            f"Run `{name}` was stopped before its end; `train resume {name}` goes on with it."
        )
    names = ", ".join(sorted(path.name for path in _folders(space))) or "none yet"
    raise BadInputError(
        f"No run `{name}` in {space.runs} (there: {names}); `{MADE_BY} --name {name}` makes it."
    )


def read_manifest(run: Path) -> RunManifest:
    path = run / "manifest.json"
    if not path.exists():
        raise BadInputError(f"{run} is not a run: it has no manifest.json; `{MADE_BY}` makes one.")
    return store.read_json(path, RunManifest)


def read_answering(run: Path) -> RunManifest:
    """The manifest of a run whose model answers, which no reward model and no embedder does."""
    manifest = read_manifest(run)
    if manifest.method not in ANSWERING:
        raise BadInputError(
            f"{run.name} was trained by `{manifest.method}`, so its model answers no question; name a "
            f"run of {', '.join(ANSWERING)}. What it learnt lies in {run} as safetensors."
        )
    return manifest


def base_folder(run: Path) -> Path:
    """Where the base of a run lies."""
    manifest = read_manifest(run)
    if manifest.base == bundled.NAME:  # lies elsewhere where Gristmill was moved or installed anew
        return bundled.folder()
    folder = run / manifest.base_folder
    if not folder.is_dir():
        raise BadInputError(
            f"The base of {run.name}, {manifest.base}, is no longer at {folder}; put it back, "
            f"or train again with `{MADE_BY}`."
        )
    return folder


def _sweep(space: Workspace) -> None:
    """Remove what killed runs left and none can go on from; the workspace is locked for us."""
    going_on = unfinished(space)
    for part in space.runs.glob(".*.part"):
        if part.name[1:].removesuffix(".part") not in going_on:
            shutil.rmtree(part)


def _refuse_name(home: Path, name: str) -> None:
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise BadInputError(
            f"`{name}` cannot name a run; use letters, digits, dots, dashes and underscores."
        )
    if home.exists():
        raise BadInputError(f"{home} is there already; choose another --name, or remove it.")


def _folders(space: Workspace) -> list[Path]:
    return [path for path in space.runs.glob("[!.]*") if path.is_dir()]
