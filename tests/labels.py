"""Argilla's real server, run as `curate review serve` runs it, and a dataset with everything in it."""

import json
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curation.review.server import accounts, process
from data.workspace import Workspace
from tests import make

Json = dict[str, Any]


@dataclass(frozen=True)
class Client:
    """Somebody at a server."""

    url: str
    api_key: str

    def send(self, method: str, path: str, body: object = None) -> Json:
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-Argilla-Api-Key": self.api_key},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            said: Json = json.loads(answer.read() or b"{}")
            return said

    def post(self, path: str, body: object) -> Json:
        return self.send("POST", path, body)

    def get(self, path: str) -> Json:
        return self.send("GET", path)


@contextmanager
def serving(folder: Path) -> Iterator[Workspace]:
    """A workspace whose server runs."""
    space = make.space(folder)
    process.start(space, None)
    try:
        yield space
    finally:
        process.stop(process.folder_of(space))


def client(space: Workspace, name: str = accounts.OWNER) -> Client:
    folder = process.folder_of(space)
    running = process.find(folder)
    assert running
    (person,) = [user for user in accounts.load(folder).users if user.name == name]
    return Client(running.url, person.api_key)


@dataclass(frozen=True)
class Dataset:
    """A published dataset: two fields, three questions, three metadata properties, vectors."""

    owner: Client
    id: str
    questions: dict[str, str] = field(default_factory=dict)
    """Ids by name."""

    def log(self, rows: Sequence[Json]) -> list[str]:
        """Log records, as many as fit into one request; the ids they got."""
        done = self.owner.post(f"/datasets/{self.id}/records/bulk", {"items": rows})
        return [str(each["id"]) for each in done["items"]]

    def search(self, body: Json, *, by: Client | None = None, limit: int = 1000) -> Json:
        """What the owner finds among all, or an annotator on the screen."""
        start = "/me" if by else ""
        path = f"{start}/datasets/{self.id}/records/search?limit={limit}"
        return (by or self.owner).post(path, body)

    def found(self, text: str) -> list[str]:
        """Ids of what a search for text finds."""
        found = self.search({"query": {"text": {"q": text}}})
        return [str(each["record"]["id"]) for each in found["items"]]


def dataset(owner: Client, name: str = "things", dimensions: int = 8) -> Dataset:
    """Make and publish one."""
    (place,) = [
        each for each in owner.get("/me/workspaces")["items"] if each["name"] == "gristmill"
    ]
    made = owner.post(
        "/datasets",
        {
            "name": name,
            "workspace_id": place["id"],
            "guidelines": "Look.",
            "distribution": {"strategy": "overlap", "min_submitted": 1},
        },
    )
    at = f"/datasets/{made['id']}"
    for title, kind in (("text", "text"), ("talk", "chat")):
        settings = {"type": kind, "use_markdown": False}
        owner.post(
            f"{at}/fields",
            {"name": title, "title": title, "required": title == "text", "settings": settings},
        )
    questions = {
        title: str(
            owner.post(
                f"{at}/questions",
                {
                    "name": title,
                    "title": title,
                    "required": title == "verdict",
                    "settings": settings,
                },
            )["id"]
        )
        for title, settings in QUESTIONS.items()
    }
    for title in ("source", "length", "score"):
        kind = {"source": "terms", "length": "integer", "score": "float"}[title]
        owner.post(
            f"{at}/metadata-properties",
            {
                "name": title,
                "title": title,
                "settings": {"type": kind},
                "visible_for_annotators": True,
            },
        )
    owner.post(
        f"{at}/vectors-settings", {"name": "meaning", "title": "meaning", "dimensions": dimensions}
    )
    owner.send("PUT", f"{at}/publish")
    return Dataset(owner, str(made["id"]), questions)


def _options(*values: object) -> list[Json]:
    return [{"value": value, "text": str(value)} for value in values]


QUESTIONS: dict[str, Json] = {
    "verdict": {"type": "label_selection", "options": _options("keep", "fix", "reject")},
    "tags": {"type": "multi_label_selection", "options": _options("a", "b", "c")},
    "quality": {"type": "rating", "options": [{"value": n} for n in range(1, 6)]},
}
