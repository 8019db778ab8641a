"""How fast exports are read here, against the reader of slack-export-viewer.

Both give all messages of all channels, in their threads, with the names of who wrote them. The
viewer leaves the texts as they are until it shows them; here they are Markdown already.
"""

import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median

from tests.benchmarks import exports

WANTED = "slack-export-viewer==3.5.0"
SIZE = 10 * exports.MEGABYTE
RUNS = 3
_OURS = """
import sys, time
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from curation import ingest
from curation.sources import slack, walk
from curation.sources.units import Notes
started = time.perf_counter()
notes = Notes()
with ExitStack() as zips, ingest.rare_collection():
    (source,) = walk.find([Path(sys.argv[1])], None, zips).sources
    names = {f"slack:{user.id}": user.name for user in source.archive.users()}
    told = slack.Told(lambda key: names.get(key, key))
    units = list(slack.read(source.archive, told, notes))
print(time.perf_counter() - started, notes.counts["messages"])
"""
_THEIRS = """
import sys, time
from types import SimpleNamespace
from slackviewer.reader import Reader
asked = SimpleNamespace(archive=sys.argv[1], since=None, hide_channels=[], filter_user=None,
    skip_channel_member_change=False, thread_note=True)
started = time.perf_counter()
channels = Reader(asked).compile_channels()
names = [message.username for channel in channels.values() for message in channel]
print(time.perf_counter() - started, len(names))
"""


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = _python(folder / "venv")
        if not python:
            sys.stderr.write(f"{WANTED} cannot be installed: no ratio to it.\n")
            return {}
        exports.export(folder / "export.zip", SIZE)
        with zipfile.ZipFile(folder / "export.zip") as archive:
            archive.extractall(folder / "export")
        pairs = [
            (_rate(sys.executable, _OURS, folder), _rate(python, _THEIRS, folder))
            for _ in range(RUNS)
        ]
    ours, theirs = (median(rates) for rates in zip(*pairs, strict=True))
    return {"ratio_slack_export_viewer": round(ours / theirs, 2)}


def _python(venv: Path) -> str:
    """An interpreter that has the viewer; "" where none can be had."""
    if importlib.util.find_spec("slackviewer"):
        return sys.executable
    made = subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False)
    python = str(venv / "bin" / "python")
    asked = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WANTED]
    return python if not made.returncode and not _failed(asked) else ""


def _failed(asked: list[str]) -> bool:
    return bool(subprocess.run(asked, check=False, stdout=subprocess.DEVNULL).returncode)


def _rate(python: str, code: str, folder: Path) -> float:
    """Messages per second of one run in a process of its own."""
    asked = [python, "-c", code, str(folder / "export")]
    ran = subprocess.run(asked, capture_output=True, text=True, check=True)
    seconds, messages = map(float, ran.stdout.strip().splitlines()[-1].split())
    return messages / seconds
