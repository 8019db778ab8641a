"""The whole loop on the bundled samples: no key, no GPU, no model hub. Called by `make demo`.

The commands run as they would be typed, but in one process: loading torch takes longer than most
stages, and here it is loaded once.
"""

import importlib
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

from curation.review.server import process
from data import workspace
from tests import labels, scripted

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
SOURCES = [str(SAMPLES / name) for name in ("faq.md", "faq_billing.csv", "slack")]

REVIEW = ["curate", "review"]
"""Stands for all that `review` does."""

COMMANDS = (
    ["curate", "ingest", *SOURCES],
    ["synth", "run"],
    ["curate", "dedup"],
    REVIEW,
    ["curate", "split"],
    ["train", "run", "--preset", "bundled-cpu", "--name", "first"],
    ["evaluate", "run", "first"],
    ["evaluate", "report", "first"],
    ["curate", "status"],
)

NEXT = """
The records that the script answered are on a screen, where people work:
  cd {folder} && curate review serve --open

On your own data you would type:
  curate init helpdesk && cd helpdesk
  curate ingest ../docs/faq.md ../slack-export.zip
  synth run && curate dedup && curate review policy && curate split
  train run
  evaluate run && evaluate report
"""


def main() -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    started, before = time.monotonic(), Path.cwd()
    folder = Path(sys.argv[1]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    typed(["curate", "init", os.path.relpath(folder)])
    os.chdir(folder)
    for command in COMMANDS:
        if command == REVIEW:
            review(folder)
        else:
            typed(command)
    report = folder / "reports" / "first.html"
    say(f"\nThe loop took {time.monotonic() - started:.0f} s. The report, for a browser: {report}")
    say(NEXT.format(folder=os.path.relpath(folder, before)))


def review(folder: Path) -> None:
    """A script stands in for an annotator; without a server the rules decide."""
    space = workspace.find(folder)
    try:
        typed(["curate", "review", "serve"])
    except SystemExit:
        say("The review server cannot be started here, so rules decide.")
        typed(["curate", "review", "policy"])
        return
    try:
        typed(["curate", "review", "serve", "users", "add", scripted.NAME])
        typed(["curate", "review", "push", "--budget", "40"])
        annotator = labels.client(space, scripted.NAME)
        done = scripted.work(annotator.url, annotator.api_key)
        say(f"\n{scripted.NAME}, a script and no person, answered {done} records")
        typed(["curate", "review", "pull"])
        typed(["curate", "review", "agreement"])
    finally:
        process.stop(process.folder_of(space))


def typed(command: list[str]) -> None:
    """Run one command line of ours as a shell would."""
    shown = [os.path.relpath(word) if word.startswith("/") else word for word in command]
    say(f"\n$ {shlex.join(shown)}")
    package = {"curate": "curation", "evaluate": "eval"}.get(command[0], command[0])
    sys.argv = command
    try:
        importlib.import_module(f"{package}.cli").main()
    except SystemExit as stop:
        if stop.code:
            raise


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
