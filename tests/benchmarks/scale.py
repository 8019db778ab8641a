"""Time and memory of ingesting Slack exports, and how the time grows with them."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import exports

SMALL, USUAL, LONG = 4, 40, 400
SAMPLED_SECONDS = 0.05
_RUN = """
import resource, sys, time
from pathlib import Path
from curation import ingest
from data import workspace
space = workspace.create(Path(sys.argv[2]))
started = time.perf_counter()
ingest.run(space, [Path(sys.argv[1])])
took = time.perf_counter() - started
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(took, sum(each.ru_utime + each.ru_stime for each in used), used[0].ru_maxrss / 1000)
"""


def measure() -> dict[str, float]:
    """Growth is CPU seconds per megabyte, and memory at its most, of the largest to the smallest.

    Memory goes with the largest channel, which is as large in all of them.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = min(_ingested(folder / f"small-{n}.zip", SMALL) for n in range(3))
        usual = _ingested(folder / "usual.zip", USUAL)
        most, long = USUAL, usual
        if os.environ.get("GRISTMILL_BENCH_LONG") == "1":
            most, long = LONG, _ingested(folder / "long.zip", LONG)
    return {
        "slack_40mb_s": round(usual.seconds, 2),
        "slack_40mb_cpu_s": round(usual.cpu, 2),
        "slack_40mb_rss_mb": round(usual.megabytes),
        f"growth_{SMALL}_{most}_mb": round(long.cpu / small.cpu / (most / SMALL), 3),
        f"growth_{SMALL}_{most}_mb_rss": round(long.megabytes / small.megabytes, 3),
    }


class Taken(NamedTuple):
    """What one ingest took, its workers included."""

    cpu: float
    """Seconds of all processes: other programs do not change it much."""
    seconds: float
    megabytes: float
    """At their most."""


def _ingested(path: Path, megabytes: int) -> Taken:
    exports.export(path, megabytes * exports.MEGABYTE)
    command = [sys.executable, "-c", _RUN, str(path), str(path.with_suffix(""))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        most = 0.0
        while running.poll() is None:
            most = max(most, _megabytes(running.pid))
            time.sleep(SAMPLED_SECONDS)
        told = running.stdout.read() if running.stdout else ""
    if running.returncode:
        sys.exit("The ingest that was to be measured failed.")
    seconds, cpu, own = map(float, told.split())
    return Taken(cpu, seconds, max(most, own))


def _megabytes(process: int) -> float:
    """What a process and its children hold, what they share counted once; 0 where not told."""
    total = 0.0
    with suppress(OSError):
        about = Path(f"/proc/{process}")
        children = (about / "task" / str(process) / "children").read_text().split()
        total += sum(_megabytes(int(each)) for each in children)
        lines = (about / "smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
    return total
