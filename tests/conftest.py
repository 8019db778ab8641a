"""What holds for all tests."""

import os

import pytest

# Before torch is loaded: threads that spin while they wait double the time of small trainings.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# The processes that share the tests share the cores too; second threads would only wait for them.
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, so that processes that share the tests end together."""
    items.sort(key=lambda item: "test_story" not in item.nodeid)
