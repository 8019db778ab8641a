"""How long each command takes to show its help."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

REPEATS = 7


def measure() -> dict[str, float]:
    return {
        f"{command}_help_s": round(statistics.median(_help(command) for _ in range(REPEATS)), 3)
        for command in ("curate", "synth", "train", "evaluate")
    }


def _help(command: str) -> float:
    program = Path(sys.executable).with_name(command)
    started = time.perf_counter()
    subprocess.run([program, "--help"], check=True, capture_output=True)
    return time.perf_counter() - started
