"""Where the queues of a workspace lie: `work/review/queues.json`.

By the names of workspace and dataset, so that another name in the settings begins another queue.
"""

from pathlib import Path

import msgspec

from curation.review import queue
from curation.review.form import Queue
from curation.review.queue import Place
from data import store
from data.settings import ReviewSettings
from data.workspace import Workspace


class Places(msgspec.Struct, frozen=True):
    """The queues that were filled from here."""

    by_name: dict[str, Place] = {}


def path(space: Workspace) -> Path:
    return space.work / "review" / "queues.json"


def read(space: Workspace) -> Places:
    where = path(space)
    return store.read_json(where, Places) if where.exists() else Places()


def known(places: Places, name: Queue, settings: ReviewSettings) -> Place | None:
    return places.by_name.get("/".join(queue.home(name, settings)))


def note(space: Workspace, name: Queue, place: Place) -> None:
    """Remember a place, or how far it was read."""
    key = "/".join(queue.home(name, space.settings.review))
    store.write_json(path(space), Places(read(space).by_name | {key: place}))
