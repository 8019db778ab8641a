"""The curated split as training takes it: read whole, and refused if held-out rows got in."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from data import store
from data.errors import BadInputError
from data.records import Example
from data.store import FileMark

MADE_BY = "curate split"
HELD_OUT = ("dev", "test", "probes")


class Curated(NamedTuple):
    """The rows to learn from, and the marks of all files of the split."""

    folder: Path
    rows: tuple[Example, ...]
    marks: tuple[FileMark, ...]
    notes: tuple[str, ...] = ()
    """What else the user should know of it, a line each."""


def read(folder: Path, root: Path) -> Curated:
    """Read a split, or say what forbids training on it."""
    certificate = folder / "certificate.json"
    for path in (*(file(folder, name) for name in ("train", *HELD_OUT)), certificate):
        if not path.exists():
            raise BadInputError(f"{path} is not there; `{MADE_BY}` makes it.")
    _refuse_edited(folder, root)
    rows = tuple(store.read(file(folder, "train"), Example))
    for problem in _problems(rows, folder):
        raise BadInputError(problem)
    counts = {"train": len(rows)} | {name: _count(file(folder, name)) for name in HELD_OUT}
    marks = [store.mark(file(folder, name), root, records=n) for name, n in counts.items()]
    return Curated(folder, rows, (*marks, store.mark(certificate, root)))


def file(folder: Path, name: str) -> Path:
    """One side of the split."""
    return folder / f"{name}.jsonl"


def stage(folder: Path) -> Path:
    """The name under which the split keeps its manifest."""
    return folder / "split.jsonl"


def _refuse_edited(folder: Path, root: Path) -> None:
    """The certificate speaks of the bytes that the split wrote, and of no others."""
    if store.read_manifest(stage(folder)) is None:
        return
    state = store.freshness(stage(folder), root)
    if state == "stale":
        raise BadInputError(
            f"{folder} is older than what it was made from; run `{MADE_BY}` again before training."
        )
    if state == "damaged":
        raise BadInputError(
            f"A file in {folder} was changed after `{MADE_BY}` certified it; change the "
            f"examples in review instead and run `{MADE_BY}` again."
        )


def _problems(rows: tuple[Example, ...], folder: Path) -> Iterator[str]:
    train = file(folder, "train")
    if not rows:
        yield (
            f"{train} is empty: nothing to learn. Ingest more, or lower the shares of dev and "
            f"test under [split], then run `{MADE_BY}` again."
        )
    for row in rows:
        if row.side != "train":
            yield f"{train}: {named(row)} is on the {row.side} side; run `{MADE_BY}` again."
        if row.kind != "chat":
            yield f"{train}: {named(row)} is of kind {row.kind}; `train run` learns from chats."
        elif row.messages[-1:] == () or row.messages[-1].role != "assistant":
            yield f"{train}: {named(row)} does not end with an answer of the assistant."
    yield from _leaks(rows, folder)


def _leaks(rows: tuple[Example, ...], folder: Path) -> Iterator[str]:
    """Rows that are held out too. A probe shares the family of its fact: that is its purpose."""
    for name in HELD_OUT:
        held_out = list(store.read(file(folder, name), Example))
        ids = {example.id for example in held_out}
        families = {example.family for example in held_out if name != "probes"}
        for row in rows:
            if row.id in ids or row.family in families:
                what = "itself" if row.id in ids else "with one of its family"
                yield (
                    f"{file(folder, 'train')}: {named(row)} stands {what} in {name}.jsonl; "
                    f"a score on {name} would mean nothing. Run `{MADE_BY}` again."
                )


def named(row: Example) -> str:
    """How an error names a row: its id, and where it was found."""
    return f"row {row.id} ({row.origin.locator})"


def _count(path: Path) -> int:
    return sum(1 for _ in store.read(path, Example))
