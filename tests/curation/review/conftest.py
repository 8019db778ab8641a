import importlib.util
from collections.abc import Iterator

import pytest

from tests import served
from tests.served import Served


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Argilla's real server, one for all tests."""
    if importlib.util.find_spec("tests.labels") is None:
        pytest.skip("needs `curate review serve`")
    with served.running(tmp_path_factory.mktemp("served")) as running:
        yield running
