"""One record and everything it came from or turned into, across all files of a workspace."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data import store
from data.errors import BadInputError
from data.records import Answer, Drop, Example, Finding, Passage, Record
from data.workspace import Workspace

STAGE_NAMES = ("ingested", "synthetic", "unique", "reviewed")
SPLIT_NAMES = ("train", "dev", "test", "probes")


@dataclass(frozen=True)
class Station:
    """Where a record with some id was met."""

    path: Path
    record: Record


@dataclass(frozen=True)
class Lineage:
    """The record, its ancestors (nearest first), its descendants, and its stations."""

    record: Passage | Example
    ancestors: tuple[Passage | Example, ...]
    descendants: tuple[Example, ...]
    stations: tuple[Station, ...]
    """Each file that holds the record, a drop of it, an answer to it or a finding on it."""


def trace(space: Workspace, key: str) -> Lineage:
    """Follow an id, or the beginning of one, up and down."""
    known = _known(space)
    record = known[_complete(key, known)]
    return Lineage(
        record,
        tuple(_ancestors(record, known)),
        tuple(_descendants(record, known)),
        tuple(_stations(space, record.id)),
    )


def _known(space: Workspace) -> dict[str, Passage | Example]:
    """Every passage and example by id, as it was first written."""
    known: dict[str, Passage | Example] = {}
    if space.passages.exists():
        for passage in store.read(space.passages, Passage):
            known.setdefault(passage.id, passage)
    for path in _example_files(space):
        for example in store.read(path, Example):
            known.setdefault(example.id, example)
    return known


def _complete(key: str, known: dict[str, Passage | Example]) -> str:
    found = [each for each in known if each.startswith(key)]
    if len(found) == 1 or key in known:
        return key if key in known else found[0]
    if not found:
        raise BadInputError(f"No record {key} in this workspace; ids stand in work/*.jsonl.")
    raise BadInputError(
        f"{key} begins {len(found)} ids: {', '.join(found[:5])}…; give more of it."
    )


def _example_files(space: Workspace) -> Iterator[Path]:
    paths = [space.work / f"{name}.jsonl" for name in STAGE_NAMES]
    paths += [space.split / f"{name}.jsonl" for name in SPLIT_NAMES]
    return (path for path in paths if path.exists())


def _ancestors(
    record: Passage | Example, known: dict[str, Passage | Example]
) -> Iterator[Passage | Example]:
    for parent in record.origin.parents:
        if parent in known:
            yield known[parent]
            yield from _ancestors(known[parent], known)


def _descendants(
    record: Passage | Example, known: dict[str, Passage | Example]
) -> Iterator[Example]:
    for other in known.values():
        if isinstance(other, Example) and record.id in other.origin.parents:
            yield other
            yield from _descendants(other, known)


def _stations(space: Workspace, key: str) -> Iterator[Station]:
    if space.passages.exists():
        yield from _matching(space.passages, Passage, key)
    for path in _example_files(space):
        yield from _matching(path, Example, key)
    for path in sorted(space.work.rglob("*.drops.jsonl")):
        for drop in store.read(path, Drop):
            if key in {part.id for part in (drop.example, drop.passage) if part}:
                yield Station(path, drop)
    for path in sorted(space.runs.glob("*/answers.jsonl")):
        yield from (Station(path, a) for a in store.read(path, Answer) if a.example == key)
    for path in sorted(space.runs.glob("*/findings.jsonl")):
        yield from (Station(path, f) for f in store.read(path, Finding) if f.example == key)


def _matching(path: Path, kind: type[Passage] | type[Example], key: str) -> Iterator[Station]:
    for record in store.read(path, kind):
        if record.id == key:
            yield Station(path, record)
