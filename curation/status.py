"""Where a workspace stands: each stage, its counts, whether it is fresh, what to run next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from data import store, tickets
from data.store import FileMark, Freshness, Manifest
from data.workspace import Workspace


@dataclass(frozen=True)
class StageState:
    """One row of the table."""

    name: str
    command: str
    state: Freshness
    manifest: Manifest | None
    optional: bool = False


class _LearntFrom(msgspec.Struct):
    """Of the manifest of a run, the part that is asked for here."""

    split: tuple[FileMark, ...] = ()


def stages(space: Workspace) -> list[StageState]:
    """Every stage of the workspace, in the order of the loop."""
    rows = [
        _state(space, "passages", "curate ingest SRC…", space.passages),
        _state(space, "ingested", "curate ingest SRC…", space.ingested),
        _state(space, "synthetic", "synth run", space.synthetic, optional=True),
        _state(space, "unique", "curate dedup", space.unique),
        _state(space, "reviewed", "curate review policy", space.reviewed, optional=True),
        _state(space, "split", "curate split", space.split / "split.jsonl"),
    ]
    for run in _runs(space):
        name = f"runs/{run.name}"
        rows.append(StageState(name, "train run", _run_freshness(run, space.root), None))
        rows.append(
            _state(space, f"{name} answers", f"evaluate run {run.name}", run / "answers.jsonl")
        )
    return _spread(rows)


def stopped(space: Workspace) -> list[str]:
    """Runs that a checkpoint is kept of and that did not come to their end."""
    seals = space.runs.glob(".*.part/trainer/checkpoint-*/MANIFEST.json")
    return sorted({seal.parents[2].name[1:].removesuffix(".part") for seal in seals})


def next_command(space: Workspace, rows: Sequence[StageState]) -> str:
    """The first thing that is missing, damaged or older than what it was made from."""
    newest = f"runs/{_runs(space)[-1].name}" if _runs(space) else ""
    for row in rows:
        if row.name.startswith("runs/") and row.name.split(" ")[0] != newest:
            continue  # An earlier run stays as it was; nobody wants it made again.
        if row.state in ("stale", "damaged") or (row.state == "missing" and not row.optional):
            return row.command
        if row.name == "ingested" and _state_of(rows, "synthetic") == "missing":
            return "synth run"
        if row.name == "unique" and _state_of(rows, "reviewed") == "missing":
            return "curate review policy"
    if not newest:
        return "train check"
    answers = space.root / newest / "answers.jsonl"
    report = space.reports / f"{Path(newest).name}.html"
    if report.exists() and report.stat().st_mtime >= answers.stat().st_mtime:
        more = "--tickets" if tickets.still_open(space) else "with more wordings"
        return f"open {report.relative_to(space.root)}, then synth run {more}"
    return "evaluate report"


def _runs(space: Workspace) -> list[Path]:
    """The complete runs, the newest last."""
    made = [path for path in space.runs.glob("*/manifest.json") if path.parent.name[0] != "."]
    return [path.parent for path in sorted(made, key=lambda path: path.stat().st_mtime)]


def _run_freshness(run: Path, root: Path) -> Freshness:
    """Stale when the split is no longer the one that the run learnt from."""
    marks = store.read_json(run / "manifest.json", _LearntFrom).split
    return "stale" if any(store.changed(mark, root) for mark in marks) else "fresh"


def _state_of(rows: Sequence[StageState], name: str) -> Freshness:
    return next(row.state for row in rows if row.name == name)


def _spread(rows: list[StageState]) -> list[StageState]:
    """What was made from a stage that is not as it should be is no fresher than that."""
    doubtful: set[str] = set()
    spread = []
    for row in rows:
        state = row.state
        made = row.manifest
        if made and state == "fresh" and doubtful & {mark.path for mark in made.inputs}:
            state = "stale"
        if made and state != "fresh":
            doubtful |= {mark.path for mark in made.made}
        spread.append(replace(row, state=state))
    return spread


def _state(
    space: Workspace, name: str, command: str, path: Path, *, optional: bool = False
) -> StageState:
    return StageState(
        name, command, store.freshness(path, space.root), store.read_manifest(path), optional
    )
