"""What each split gave to learn, so that a run can be asked later whether it learnt something.

A split is known by the hash of its train file, which a run names in its manifest. Of each row
only hashes stay: of its id, its family and its parents.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from data import store
from data.records import Example
from data.store import FileMark
from data.workspace import Workspace

TRAIN = "train.jsonl"
BESIDE = {"work/passages.jsonl", "work/preferences.jsonl"}


class _Run(msgspec.Struct):
    """Of the manifest of a run what it was trained on."""

    split: tuple[FileMark, ...] = ()
    base: str = ""


def remember(space: Workspace) -> None:
    """Note what the train side holds now."""
    train = space.split / TRAIN
    rows = list(store.read(train, Example))
    sha256 = store.mark(train, space.root, records=len(rows)).sha256
    named = {each for row in rows for each in (row.id, row.family, *row.origin.parents)}
    lines = "".join(f"{_hash(each)}\n" for each in sorted(named))
    store.write_bytes(_home(space, sha256), lines.encode())


def train_file(space: Workspace, run: str) -> str:
    """Hash of the train file that a run learnt from; "" where it does not tell."""
    marks = _read(space, run).split
    return next((each.sha256 for each in marks if each.path.endswith(TRAIN)), "")


def read_beside(space: Workspace, run: str) -> set[str]:
    """The files beside the split that a run learnt from: passages, preferences."""
    return {mark.path for mark in _read(space, run).split} & BESIDE


def heirs(space: Workspace, runs: Iterable[str]) -> set[str]:
    """These runs, and all that started from one of them or were taught by it."""
    found = set(runs)
    came_from = {path.name: _sources(space, path.name) for path in space.runs.glob("*")}
    while more := {run for run, sources in came_from.items() if sources & found} - found:
        found |= more
    return found


def _sources(space: Workspace, run: str) -> set[str]:
    """Other runs that a run names: as its base, as its judge or as its teacher."""
    made = _read(space, run)
    paths = (made.base, *(mark.path for mark in made.split))
    return {path.split("/")[1] for path in paths if path.startswith("runs/")}


def _read(space: Workspace, run: str) -> _Run:
    path = space.runs / run / "manifest.json"
    return msgspec.json.decode(path.read_bytes(), type=_Run) if path.exists() else _Run()


def held(space: Workspace, sha256: str, ids: Iterable[str]) -> bool | None:
    """Whether the train file with this hash held one of these; `None` where nobody noted it."""
    home = _home(space, sha256)
    if not home.exists():
        return None
    return not {_hash(each) for each in ids}.isdisjoint(home.read_text().split())


def _home(space: Workspace, sha256: str) -> Path:
    return space.work / "learnt" / f"{sha256}.hashes"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:24]
