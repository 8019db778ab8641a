from collections.abc import Iterator
from pathlib import Path

import pytest

from data.workspace import Workspace
from tests import served
from tests.curation.review import desk
from tests.served import Served


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Argilla's real server, one for all tests."""
    with served.running(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, server: Served, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A workspace with the owner's key where the settings expect it."""
    name = request.node.name.removeprefix("test_")[:40].strip("_")
    with server.signed_in():
        yield desk.workspace(tmp_path / "shop", server, name)
