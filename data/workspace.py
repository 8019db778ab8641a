"""A workspace: the folder that holds `gristmill.toml` and all that the stages make.

Commands find it upwards from the current folder, as git does.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data import store
from data.errors import BadInputError

if TYPE_CHECKING:
    from data.settings import Settings

SETTINGS_FILE = "gristmill.toml"


@dataclass(frozen=True)
class Workspace:
    """Where everything of one project lies."""

    root: Path
    settings: "Settings"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def passages(self) -> Path:
        return self.work / "passages.jsonl"

    @property
    def ingested(self) -> Path:
        return self.work / "ingested.jsonl"

    @property
    def synthetic(self) -> Path:
        return self.work / "synthetic.jsonl"

    @property
    def unique(self) -> Path:
        return self.work / "unique.jsonl"

    @property
    def conflicts(self) -> Path:
        """Cards of sources that contradict one another."""
        return self.work / "conflicts.jsonl"

    @property
    def settled(self) -> Path:
        """What was decided about the cards."""
        return self.work / "settled.jsonl"

    @property
    def reviewed(self) -> Path:
        return self.work / "reviewed.jsonl"

    @property
    def preferences(self) -> Path:
        """What was preferred to what in review."""
        return self.work / "preferences.jsonl"

    @property
    def split(self) -> Path:
        """The folder of the curated split: train, dev, test, probes, certificate."""
        return self.work / "split"

    @property
    def tickets(self) -> Path:
        """What errors ask to be written next, and whether it paid."""
        return self.work / "tickets.jsonl"

    @property
    def ledger(self) -> Path:
        return self.work / "ledger.sqlite"

    @property
    def vectors(self) -> Path:
        """The cache of embeddings."""
        return self.work / "vectors.sqlite"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    def shown(self, path: Path) -> str:
        """A path as a person in this folder would type it."""
        resolved = path.resolve()
        here = Path.cwd()
        return str(resolved.relative_to(here) if resolved.is_relative_to(here) else resolved)


def find(start: Path | None = None, *, preset: str = "") -> Workspace:
    """The workspace around the current folder; `preset` stands in for the one it names."""
    from data import settings  # Here, because pydantic is a third of the time of `--help`.

    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return Workspace(folder, settings.load(folder / SETTINGS_FILE, preset))
    raise BadInputError(
        f"No {SETTINGS_FILE} in {here} or above it; `curate init DIR` makes a workspace."
    )


def create(folder: Path) -> Workspace:
    """Make a workspace; one that is there already is refused, never overwritten."""
    from data import settings

    path = folder / SETTINGS_FILE
    if path.exists():
        raise BadInputError(f"{path} is there already: this is a workspace; edit that file.")
    for name in ("work", "runs", "reports"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    store.write_bytes(path, settings.starter().encode())
    return find(folder)


@contextmanager
def locked(space: Workspace, command: str) -> Iterator[None]:
    """Hold the workspace for one command; the system frees it even after kill -9."""
    path = space.work / ".lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise BadInputError(
                f"{lock.read().strip() or 'Another command'} is running in {space.root}; "
                "wait until it ends, or stop it."
            ) from error
        lock.truncate(0)
        lock.write(f"`{command}` (process {os.getpid()})")
        lock.flush()
        yield
