"""A disk that is full: one sentence, exit code 2, and what was there before."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from data import store
from data.records import Example
from tests import make

BIN = Path(sys.executable).parent
ROOM_BYTES = 200_000


def squeezed(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that may write files of this size and no more."""
    program, *arguments = command.split()
    return subprocess.run(
        [BIN / program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES)),
    )


@pytest.mark.parametrize("command", ["synth run", "curate dedup", "curate review policy"])
def test_a_stage_that_cannot_write_leaves_what_was_there(tmp_path: Path, command: str) -> None:
    space = make.space(tmp_path, '[dedup]\nembedder = "none"\n')
    rows = [make.example(f"How about thing {i}, {i * i}?", f"Yes, {i}. " * 20) for i in range(900)]
    make.stage_file(space.ingested, rows, root=tmp_path)
    make.stage_file(space.unique, rows, root=tmp_path)
    before = {path: path.read_bytes() for path in space.work.glob("*.jsonl")}

    ran = squeezed(command, tmp_path)

    assert ran.returncode == 2, ran.stderr
    assert "File too large" in ran.stderr
    assert "unchanged" in ran.stderr
    assert {path: path.read_bytes() for path in space.work.glob("*.jsonl")} == before
    assert not list(space.work.glob("*.part")) + list(space.work.glob(".*.part"))
    assert list(store.read(space.unique, Example)) == rows
