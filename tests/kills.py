"""kill -9 of the review server at random points while records are logged."""

import os
import random
import signal
import threading
import time

from curation.review.server import process
from data.workspace import Workspace
from tests import labels

BATCH = 20


def survived(space: Workspace, kills: int) -> int:
    """Kill the server so many times; after how many was every acknowledged record findable."""
    draw = random.Random(13)
    made = labels.dataset(labels.client(space), "kills")
    acknowledged: list[str] = []
    good = 0
    for _ in range(kills):
        running = process.find(process.folder_of(space))
        assert running
        threading.Timer(draw.uniform(0.05, 1.0), os.kill, (running.pid, signal.SIGKILL)).start()
        acknowledged += _log_until_killed(made)
        while process.find(process.folder_of(space)):
            time.sleep(0.02)
        process.start(space, None)
        made = labels.Dataset(labels.client(space), made.id, made.questions)
        good += _all_there(made, acknowledged)
    return good


def _log_until_killed(made: labels.Dataset) -> list[str]:
    """Log batches, each record with a word of its own; the words of those acknowledged."""
    words: list[str] = []
    while True:
        batch = [f"word{os.urandom(5).hex()}" for _ in range(BATCH)]
        try:
            made.log([{"fields": {"text": f"all {word}"}} for word in batch])
        except OSError:
            return words
        words += batch


def _all_there(made: labels.Dataset, words: list[str]) -> bool:
    """Whether every word is found by a search for it; twenty a query."""
    pages = [words[start : start + BATCH] for start in range(0, len(words), BATCH)]
    return all(len(made.found(" | ".join(page))) == len(page) for page in pages)
