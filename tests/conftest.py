"""What holds for all tests."""

import os

import pytest

# Before torch is loaded: threads that spin while they wait double the time of small trainings.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# The processes that share the tests share the cores too; second threads would only wait for them.
os.environ["OMP_NUM_THREADS"] = "1"


LONGEST = (
    "tests/test_story.py",
    "tests/curation/review/server/test_serve.py",  # on a new machine it installs the server
    "tests/train/test_resume.py",
    "tests/curation/review/test_server.py",
    "tests/curation/review/test_screen.py",
    "tests/eval/test_report.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that processes that share the tests end together."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))
