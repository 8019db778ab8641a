"""Pressing Ctrl-C in a command while it is at work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 60.0


def interrupted(command: str, folder: Path, ready: Callable[[], bool]) -> tuple[int, str]:
    """Start a command, wait until it is at work, press Ctrl-C."""
    program, *arguments = command.split()
    # A job in the background of a shell ignores Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [BIN / program, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not ready() and process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.01)
    assert process.poll() is None, "it ended before it could be interrupted"
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, said


def leftovers(folder: Path) -> list[Path]:
    return list(folder.rglob("*.part"))


def part_of(path: Path) -> Callable[[], bool]:
    return path.with_name(f".{path.name}.part").exists
