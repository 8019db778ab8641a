"""What former runs of ingest brought, source by source, so that a new run can carry it over."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from curation.versions import Index
from data import store
from data.records import Drop, Passage, Record
from data.store import FileMark, Manifest


class SourceNotes(Record, frozen=True):
    """What the manifest tells about one source."""

    kind: str
    paths: tuple[str, ...]
    """The files it was read from, as the manifest's inputs name them."""
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    names: dict[str, list[str]] = msgspec.field(default_factory=dict)
    redacted: dict[str, int] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Earlier:
    index: Index = field(default_factory=Index)
    passages: tuple[Passage, ...] = ()
    """Those of sources that are carried over; a source that is read again brings its own."""
    drops: tuple[Drop, ...] = ()
    notes: dict[str, SourceNotes] = field(default_factory=dict)
    """By source."""
    marks: dict[str, FileMark] = field(default_factory=dict)
    """By path."""

    def of(self, source: str) -> Iterator[Passage | Drop]:
        """All that a source brought. What repeated another source's passage may now stand."""
        yield from (each for each in self.passages if each.origin.source == source)
        for drop in self.drops:
            if self._source_of(drop) == source:
                repeats = drop.reason == "repeated" and drop.passage is not None
                yield drop.passage if repeats and drop.passage else drop

    def inputs_of(self, source: str) -> list[FileMark]:
        paths = self.notes[source].paths if source in self.notes else ()
        return [self.marks[path] for path in paths if path in self.marks]

    def _source_of(self, drop: Drop) -> str:
        if drop.passage is not None:
            return drop.passage.origin.source
        fits = (
            name
            for name in self.notes
            if drop.locator == name or drop.locator.startswith((f"{name}#", f"{name}/"))
        )
        return max(fits, key=len, default="")


def read(passages: Path, *, without: Collection[str] = ()) -> Earlier:
    """What lies beside this file; of the sources named in `without` only the index."""
    manifest = store.read_manifest(passages)
    if manifest is None or not passages.exists():
        return Earlier()
    kept: list[Passage] = []
    told = notes(manifest)
    carried = told.keys() - set(without)
    return Earlier(
        index=Index(_noting(store.read(passages, Passage), carried, kept)),
        passages=tuple(kept),
        drops=tuple(store.read(store.drops_path(passages), Drop)) if carried else (),
        notes=told,
        marks={mark.path: mark for mark in manifest.inputs},
    )


def _noting(
    passages: Iterable[Passage], sources: Collection[str], kept: list[Passage]
) -> Iterator[Passage]:
    for each in passages:
        if each.origin.source in sources:
            kept.append(each)
        yield each


def notes(manifest: Manifest) -> dict[str, SourceNotes]:
    """What the manifest of passages tells of each source."""
    return msgspec.convert(manifest.details.get("sources", {}), dict[str, SourceNotes])
