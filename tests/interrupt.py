"""Pressing Ctrl-C in a command while it is at work."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests import fork

BIN = Path(sys.executable).parent


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
    fork.wait_until(ready, lambda: process.poll() is None)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=fork.PATIENCE_SECONDS)
    return process.returncode, said


def leftovers(folder: Path) -> list[Path]:
    return list(folder.rglob("*.part"))


def part_of(path: Path) -> Callable[[], bool]:
    return path.with_name(f".{path.name}.part").exists
