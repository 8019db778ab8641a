"""What the review server is installed from."""

import importlib.metadata
import itertools
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from curation.review.server import environment

PYTHONS = ("3.11.0", "3.11.9", "3.12.0", "3.13.0")


def locked(version: str) -> set[str]:
    lines = (line.removesuffix(" \\") for line in environment.LOCK.read_text().splitlines())
    named = (Requirement(line) for line in lines if "==" in line)
    return {canonicalize_name(each.name) for each in named if holds(each, version)}


def needed(version: str) -> Iterator[str]:
    """What the packages that are installed ask for, on this Python."""
    folder = environment.python().parent.parent
    (packages,) = folder.glob("lib/python*/site-packages")
    for installed in importlib.metadata.distributions(path=[str(packages)]):
        for each in map(Requirement, installed.requires or ()):
            if holds(each, version):
                yield canonicalize_name(each.name)


def holds(requirement: Requirement, version: str) -> bool:
    short = ".".join(version.split(".")[:2])
    at = {"python_full_version": version, "python_version": short, "extra": ""}
    return requirement.marker is None or requirement.marker.evaluate(at)


@pytest.mark.parametrize(("one", "other"), [*itertools.pairwise(PYTHONS)])
def test_nothing_is_missing_on_one_python_that_is_there_on_another(one: str, other: str) -> None:
    missing, elsewhere = (set(needed(each)) - locked(each) for each in (one, other))

    assert missing == elsewhere
