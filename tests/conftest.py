"""What holds for all tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, so that processes that share the tests end together."""
    items.sort(key=lambda item: "test_story" not in item.nodeid)
