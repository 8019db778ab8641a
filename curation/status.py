"""Where a workspace stands: each stage, its counts, whether it is fresh, what to run next."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data import store
from data.store import Freshness, Manifest
from data.workspace import Workspace


@dataclass(frozen=True)
class StageState:
    """One row of the table."""

    name: str
    command: str
    state: Freshness
    manifest: Manifest | None
    optional: bool = False


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
    for run in sorted(path for path in space.runs.glob("*") if (path / "manifest.json").exists()):
        name = f"runs/{run.name}"
        rows.append(
            _state(space, f"{name} answers", f"evaluate run {run.name}", run / "answers.jsonl")
        )
    return rows


def next_command(space: Workspace, rows: Sequence[StageState]) -> str:
    """The first thing that is missing, damaged or older than what it was made from."""
    for row in rows:
        if row.state in ("stale", "damaged") or (row.state == "missing" and not row.optional):
            return row.command
        if row.name == "ingested" and _state_of(rows, "synthetic") == "missing":
            return "synth run"
        if row.name == "unique" and _state_of(rows, "reviewed") == "missing":
            return "curate review policy"
    if not any(path.joinpath("manifest.json").exists() for path in space.runs.glob("*")):
        return "train check"
    return "evaluate report"


def _state_of(rows: Sequence[StageState], name: str) -> Freshness:
    return next(row.state for row in rows if row.name == name)


def _state(
    space: Workspace, name: str, command: str, path: Path, *, optional: bool = False
) -> StageState:
    return StageState(
        name, command, store.freshness(path, space.root), store.read_manifest(path), optional
    )
