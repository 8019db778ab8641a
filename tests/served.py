"""A real Argilla server for tests and measurements: the one that `curate review serve` starts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import httpx

from tests import labels


@dataclass(frozen=True)
class Served:
    """A server, and the key of its owner."""

    url: str
    key: str
    password: str = "correct horse"
    """Of everybody whom the tests let in."""
    known: set[str] = field(default_factory=set)

    def user(self, name: str) -> None:
        """Make somebody known; twice does no harm."""
        if name in self.known:
            return
        said = self.send(
            "POST",
            "/users",
            {"username": name, "first_name": name, "password": self.password, "role": "annotator"},
        )
        assert said.status_code in (201, 409), said.text
        self.known.add(name)

    def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        """A request as the owner."""
        headers = {"X-Argilla-Api-Key": self.key}
        return httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            json=body,
            headers=headers,
            timeout=60,
            verify=False,  # nothing to verify; reading the certificates would take longest
        )

    @contextmanager
    def signed_in(self) -> Iterator[None]:
        """With the owner's key where the settings expect it."""
        with mock.patch.dict(os.environ, {"ARGILLA_API_KEY": self.key}):
            yield


@contextmanager
def running(folder: Path) -> Iterator[Served]:
    """A server that lives as long as the block."""
    with labels.serving(folder / "served") as space:
        owner = labels.client(space)
        yield Served(owner.url, owner.api_key)
