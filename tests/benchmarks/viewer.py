"""How fast exports are read here, against the reader of slack-export-viewer.

Both do the same: read an export, put all messages of all channels into their threads, resolve
users and channels, and render each message, here as Markdown, there as the HTML it shows
(its reader leaves texts as they are until `Message.msg` is asked for). What ingest does with
the messages afterwards, scrubbing and finding answers, is no part of it. The runs alternate,
each in a process of its own, over the same folder, and CPU time is what counts.

The second ratio is against that reader when nobody looks at a text: it renders none.
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
from pathlib import Path
from curation import ingest
from curation.sources import slack, walk
from curation.sources.units import Notes
started = time.process_time()
notes = Notes()
with ExitStack() as zips, ingest.rare_collection():
    (source,) = walk.find([Path(sys.argv[1])], None, zips).sources
    names = {f"slack:{user.id}": user.name for user in source.archive.users()}
    told = slack.Told(lambda key: names.get(key, key))
    units = list(slack.read(source.archive, told, notes))
print(time.process_time() - started, notes.counts["messages"])
"""
_THEIRS = """
import sys, time
from types import SimpleNamespace
from slackviewer.reader import Reader
asked = SimpleNamespace(archive=sys.argv[1], since=None, hide_channels=[], filter_user=None,
    skip_channel_member_change=False, thread_note=True)
started = time.process_time()
channels = Reader(asked).compile_channels()
said = [message for channel in channels.values() for message in channel]
names = [message.username for message in said]
read = time.process_time() - started
shown = [(message.time, message.msg) for message in said]
print(time.process_time() - started, len(shown), read)
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
        runs = [
            (_told(sys.executable, _OURS, folder), _told(python, _THEIRS, folder))
            for _ in range(RUNS)
        ]
    if any(ours[1] != theirs[1] for ours, theirs in runs):
        sys.exit("The two readers did not read the same messages.")
    return {
        "ratio_slack_export_viewer": _ratio([theirs[0] / ours[0] for ours, theirs in runs]),
        "ratio_to_it_without_texts": _ratio([theirs[2] / ours[0] for ours, theirs in runs]),
    }


def _ratio(of_runs: list[float]) -> float:
    return round(median(of_runs), 2)


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


def _told(python: str, code: str, folder: Path) -> list[float]:
    """The numbers that one run in a process of its own prints last: seconds, messages, more."""
    asked = [python, "-c", code, str(folder / "export")]
    ran = subprocess.run(asked, capture_output=True, text=True, check=True)
    return [float(each) for each in ran.stdout.strip().splitlines()[-1].split()]
