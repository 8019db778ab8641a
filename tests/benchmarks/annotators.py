"""Annotators who submit while push and pull run: every acknowledged response must be in the journal."""

import random
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from curation.review import journal, pull, push
from curation.review.journal import Opinion
from data import store
from data.records import Example
from data.workspace import Workspace
from tests import make, served
from tests.annotators import Annotator
from tests.served import Served

NAMES = ("ann", "bob", "eve", "joe", "kim", "lea")
SECONDS = 60.0
VERDICTS = ("keep", "keep", "keep", "fix", "reject", "unsure")


@dataclass
class Crowd:
    """What the annotators were told, and what went wrong."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """The verdict of each response by its id; the last one counts."""
    errors: list[str] = field(default_factory=list)
    pushes: int = 0
    pulls: int = 0


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, served.running(Path(folder)) as server:
        space = workspace(Path(folder) / "crowd", server, rows=3000)
        crowd = work(space, server, NAMES, seconds=SECONDS)
        lost = len(missing(space, crowd))
    return {
        "annotators": len(NAMES),
        "responses": len(crowd.acknowledged),
        "pushes": crowd.pushes,
        "pulls": crowd.pulls,
        "errors": len(crowd.errors),
        "lost_responses": lost,
    }


def workspace(folder: Path, server: Served, *, rows: int, name: str = "crowd") -> Workspace:
    """A workspace whose examples are all to be asked about, two hundred at a time."""
    names = ", ".join(f'"{each}"' for each in NAMES)
    space = make.space(
        folder,
        f'[dedup]\nembedder = "none"\n[review]\nurl = "{server.url}"\nworkspace = "{name}"\n'
        f"annotators = [{names}]\nmin_submitted = 2\nbudget = 200\naudit = 1.0\n",
    )
    examples = [make.example(f"How do I reset password number {n}?") for n in range(rows)]
    make.stage_file(space.unique, examples, root=space.root)
    return space


def work(space: Workspace, server: Served, names: Sequence[str], *, seconds: float) -> Crowd:
    """Let the annotators submit and change their minds, while push and pull take turns."""
    for name in names:
        server.user(name)
    rows = list(store.read(space.unique, Example))
    settings = space.settings.review
    with server.signed_in():
        push.run(space, rows, settings)
        crowd, over = Crowd(), threading.Event()
        threads = [
            threading.Thread(target=_submit, args=(server, name, crowd, over)) for name in names
        ]
        for each in threads:
            each.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pull.run(space, rows)
            crowd.pulls += 1
            push.run(space, rows, settings)
            crowd.pushes += 1
        over.set()
        for each in threads:
            each.join()
        pull.run(space, rows)
    return crowd


def missing(space: Workspace, crowd: Crowd) -> list[str]:
    """Acknowledged responses that are not in the journal, there twice, or there with an old verdict."""
    told: dict[str, list[object]] = {}
    for each in journal.read(journal.opinions_path(space), Opinion):
        told.setdefault(each.id, []).append(each.values.get("verdict"))
    return [key for key, verdict in crowd.acknowledged.items() if told.get(key, []) != [verdict]]


def _submit(server: Served, name: str, crowd: Crowd, over: threading.Event) -> None:
    draw = random.Random(name)
    annotator = Annotator.sign_in(server.url, name, server.password)
    mine: list[str] = []
    while not over.is_set():
        try:
            [dataset] = [key for each, key in annotator.datasets().items() if each == "examples"]
            for record in annotator.pending(dataset, limit=5):
                verdict = draw.choice(VERDICTS)
                key = annotator.answer(record, {"verdict": verdict})
                crowd.acknowledged[key] = verdict
                mine.append(key)
            if mine and draw.random() < 0.5:  # a change of mind
                again = draw.choice(mine)
                annotator.change(again, {"verdict": "reject"})
                crowd.acknowledged[again] = "reject"
        except httpx.HTTPError as error:
            crowd.errors.append(f"{name}: {error}")
