"""How fast records of about 500 bytes are read, validated and written, on one core."""

import statistics
import tempfile
import time
from pathlib import Path

from data import store
from data.records import Example
from tests import make

RECORDS = 200_000
REPEATS = 5


def measure() -> dict[str, float]:
    answer = "Open Settings, choose Security and press Reset. " * 5
    rows = [
        make.example(f"How do I reset password number {i}?", answer[:240]) for i in range(1000)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "unique.jsonl"
        started = time.perf_counter()
        make.stage_file(path, (rows[i % 1000] for i in range(RECORDS)))
        written = time.perf_counter() - started
        speeds = [_read(path) for _ in range(REPEATS)]
        return {
            "bytes_per_record": round(path.stat().st_size / RECORDS),
            "records_read_per_s": round(statistics.median(speeds)),
            "records_written_per_s": round(RECORDS / written),
        }


def _read(path: Path) -> float:
    started = time.perf_counter()
    count = sum(1 for _ in store.read(path, Example))
    return count / (time.perf_counter() - started)
