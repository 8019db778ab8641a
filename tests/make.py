"""Small real records and workspaces for the claims, each with sensible defaults."""

import importlib
import io
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import numpy.typing as npt

from data import store, workspace
from data.records import Example, Message, Origin, Passage, Record, Side, content_id
from data.store import FileMark
from data.workspace import Workspace
from train.runs import RunManifest


def passage(
    title: str = "How do I reset my password?",
    text: str = "Open Settings, choose Security and press Reset.",
    *,
    side: Side = "train",
    locator: str = "faq.md#L1",
) -> Passage:
    key = content_id("faq", title, text)
    origin = Origin("faq.md", locator)
    return Passage(key, "faq", title, origin, family=key, side=side, text=text)


def example(
    question: str = "How do I reset my password?",
    answer: str = "Open Settings, choose Security and press Reset.",
    *,
    side: Side = "train",
    family: str = "",
    origin: Origin | None = None,
) -> Example:
    return Example.chat(
        (Message("user", question), Message("assistant", answer)),
        origin or Origin("faq.md", "faq.md#L1"),
        family=family or content_id(question),
        side=side,
    )


def stage_file(path: Path, records: Iterable[Record], *, root: Path | None = None) -> Path:
    """Write records as a stage would, manifest and drops beside them."""
    home = root or path.parent
    with store.StageWriter(path, "test", inputs=(), settings={}, root=home) as out:
        out.add_all(records)
    return path


def space(folder: Path, toml: str = "") -> Workspace:
    """A workspace in a folder, with these settings."""
    made = workspace.create(folder)
    if toml:
        (folder / workspace.SETTINGS_FILE).write_text(toml, encoding="utf-8")
    return workspace.find(made.root)


def manifest(
    name: str = "first",
    *,
    split: tuple[FileMark, ...] = (),
    finished: str = "2026-11-20T10:00:00+00:00",
) -> RunManifest:
    """The manifest of a run that nobody has trained."""
    return RunManifest(
        name=name,
        base="tiny",
        base_folder="base",
        base_hash="b",
        split=split,
        tokenizer_hash="t",
        template_hash="c",
        versions={},
        seed=1,
        rows=40,
        tokens=900,
        learnt_tokens=500,
        tokens_seen=0,
        steps=3,
        seconds=1.0,
        final_loss=0.25,
        hardware="CPU",
        backend="trl",
        trained="adapter",
        peak_memory_gib=0.0,
        planned_memory_gib=0.0,
        finished=finished,
    )


def space_again(made: Workspace, toml: str) -> Workspace:
    """The same workspace with other settings."""
    (made.root / workspace.SETTINGS_FILE).write_text(toml, encoding="utf-8")
    return workspace.find(made.root)


def vectors(made: Workspace, meant: Mapping[str, npt.NDArray[np.float64]]) -> None:
    """The embeddings of these texts as if a model had made them."""
    model = made.settings.dedup.embedder
    rows = [
        (content_id(model, text), (vector / np.linalg.norm(vector)).astype(np.float32).tobytes())
        for text, vector in meant.items()
    ]
    with closing(sqlite3.connect(made.vectors)) as sql, sql:
        sql.execute("CREATE TABLE vector (key TEXT PRIMARY KEY, value BLOB)")
        sql.executemany("INSERT INTO vector VALUES (?, ?)", rows)


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    output: str


def run(command: str, *, cwd: Path) -> Ran:
    """Run a command line in this process, as typed: `curate status`."""
    program, *arguments = command.split()
    package = {"curate": "curation", "evaluate": "eval"}.get(program, program)
    said = io.StringIO()
    with (
        inside(cwd),
        mock.patch("sys.argv", [program, *arguments]),
        redirect_stdout(said),
        redirect_stderr(said),
    ):
        try:
            importlib.import_module(f"{package}.cli").main()
        except SystemExit as stop:
            return Ran(int(stop.code or 0), said.getvalue())
    return Ran(0, said.getvalue())


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
