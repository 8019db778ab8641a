"""Run one benchmark, or all: `make bench NAME=store`.

Prints a JSON object as the last line. All of them together update the table of the README
beside this file; a figure without date, commit and machine is not kept.
"""

import importlib
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
NAMES = (
    "store",
    "start",
    "probes",
    "conflicts",
    "ingest",
    "threads",
    "review",
    "annotators",
    "resume",
    "detectors",
    "statistics",
    "generate",
    "report",
    "slices",
    "blame",
    "base",
)


def main() -> None:
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(sys.argv[1])) + "\n")
        return
    results = [measure(name) for name in NAMES]
    (HERE / "README.md").write_text(table(results), encoding="utf-8")
    for result in results:
        sys.stdout.write(json.dumps(result) + "\n")


def measure(name: str) -> dict[str, object]:
    """Run the benchmark of this name and put date, commit and machine to its figures."""
    if name not in NAMES:
        sys.exit(f"No benchmark {name}; there are: {', '.join(NAMES)}")
    figures = importlib.import_module(f"tests.benchmarks.{name}").measure()
    return {
        "name": name,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "machine": _machine(),
        "figures": figures,
    }


def table(results: list[dict[str, object]]) -> str:
    """The results as a page."""
    lines = [
        "# Benchmarks",
        "",
        "`make bench` runs all of them and writes this page; `make bench NAME=store` runs one.",
        "",
        "| benchmark | figure | value | date | commit | machine |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        figures = result["figures"]
        assert isinstance(figures, dict)
        end = f"{result['date']} | {result['commit']} | {result['machine']}"
        lines += [
            f"| {result['name']} | {key} | {value} | {end} |" for key, value in figures.items()
        ]
    return "\n".join(lines) + "\n"


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
