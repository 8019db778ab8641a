"""Stage files without some of their records, with manifests that still tell the truth.

Everything is prepared under temporary names first. Then the manifests are written and the
files renamed; a crash between the two leaves a file that `curate status` calls damaged, until
the same command is run again.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from curation import earlier
from curation.conflicts import Conflict, Settlement
from curation.earlier import SourceNotes
from curation.review.journal import Asked, Opinion
from data import store
from data.records import Drop, Example, Passage, Record, Ticket
from data.store import FileMark, Manifest
from data.workspace import Workspace


@dataclass(frozen=True)
class Rewritten:
    """A file that is ready to be replaced."""

    path: Path
    part: Path
    before: str
    """Hash of what lies there now."""
    after: str
    kept: int
    removed: int
    reasons: Counter[str] = field(default_factory=Counter)
    """Of a file of drops: how many of each reason stay."""

    def publish(self) -> None:
        self.part.replace(self.path)


def prepare(
    space: Workspace, stays: Callable[[Record], bool], is_quoted: Callable[[str], bool]
) -> Iterator[Rewritten]:
    """Every file of records in work/ that holds some that must go, written anew beside it.

    Of a file whose records nobody here knows, the lines go that quote what must go.
    """
    for path in sorted(space.work.rglob("*.jsonl")):
        kind = kind_of(path)
        if path.name.startswith("."):
            continue
        made = _filtered(path, kind, stays) if kind else _unquoting(path, is_quoted)
        if made.removed:
            yield made
        else:
            made.part.unlink()


def files_of(space: Workspace, source: str) -> list[str]:
    """Hashes of the files that this source alone was read from."""
    manifest = store.read_manifest(space.passages)
    if manifest is None:
        return []
    paths = _own_paths(earlier.notes(manifest), source)
    return [each.sha256 for each in manifest.inputs if each.path in paths]


def _own_paths(notes: dict[str, SourceNotes], source: str) -> set[str]:
    others = {path for name, each in notes.items() if name != source for path in each.paths}
    return set(notes[source].paths) - others if source in notes else set()


def update_manifests(
    space: Workspace, files: dict[Path, Rewritten], hashes: dict[str, str], *, without: str = ""
) -> None:
    """Put the new hashes and counts where the old ones stood; `hashes` is from old to new.

    What they tell of the source `without` leaves too.
    """
    for path in sorted(space.root.rglob("*.manifest.json")):
        old = store.read_json(path, Manifest)
        new = _without_source(_updated(old, space.root, files, hashes), without)
        if new != old:
            store.write_json(path, new)


def _updated(
    old: Manifest, root: Path, files: dict[Path, Rewritten], hashes: dict[str, str]
) -> Manifest:
    made = tuple(_marked(each, root, files, hashes) for each in old.made)
    drops = _marked(old.drops, root, files, hashes)
    inputs = tuple(
        msgspec.structs.replace(each, sha256=hashes.get(each.sha256, each.sha256))
        for each in old.inputs
    )
    changed = files.get(root / drops.path)
    dropped = dict(changed.reasons.most_common()) if changed else old.dropped
    kept = old.kept - sum(b.records - a.records for a, b in zip(made, old.made, strict=True))
    removed = old.taken - kept - sum(dropped.values())
    details = dict(old.details)
    if removed:
        before = details.get("forgotten", 0)
        details["forgotten"] = removed + (before if isinstance(before, int) else 0)
    return msgspec.structs.replace(
        old,
        made=made,
        drops=drops,
        inputs=inputs,
        kept=kept,
        dropped=dropped,
        taken=kept + sum(dropped.values()),
        details=details,
    )


def _without_source(manifest: Manifest, source: str) -> Manifest:
    notes = earlier.notes(manifest)
    if source not in notes:
        return manifest
    paths = _own_paths(notes, source)
    del notes[source]
    return msgspec.structs.replace(
        manifest,
        inputs=tuple(each for each in manifest.inputs if each.path not in paths),
        details={**manifest.details, "sources": notes},
    )


def _marked(
    mark: FileMark, root: Path, files: dict[Path, Rewritten], hashes: dict[str, str]
) -> FileMark:
    made = files.get(root / mark.path)
    if made is not None and mark.sha256 == made.before:
        return FileMark(mark.path, made.after, made.kept)
    return msgspec.structs.replace(mark, sha256=hashes.get(mark.sha256, mark.sha256))


NOT_EXAMPLES: dict[str, type[Record]] = {
    "passages.jsonl": Passage,
    "tickets.jsonl": Ticket,
    "conflicts.jsonl": Conflict,
    "settled.jsonl": Settlement,
    "asked.jsonl": Asked,
    "opinions.jsonl": Opinion,
}
"""What the other files of records in work/ hold."""


EXAMPLES = {
    "ingested",
    "synthetic",
    "unique",
    "reviewed",
    "train",
    "dev",
    "test",
    "probes",
    "split",
}
"""Stems of the files of examples that have no manifest of their own name."""


def kind_of(path: Path) -> type[Record] | None:
    """What a file of records holds; None where it is of no stage."""
    if path.name.endswith(".drops.jsonl"):
        return Drop
    if path.name in NOT_EXAMPLES:
        return NOT_EXAMPLES[path.name]
    staged = path.stem in EXAMPLES or store.manifest_path(path).exists()
    return Example if staged and _opens_with_example(path) else None


def _opens_with_example(path: Path) -> bool:
    """A stage may keep records of its own; those are known by no one else."""
    with path.open("rb") as lines:
        first = next(lines, b"")
    try:
        msgspec.json.decode(first, type=Example)
    except msgspec.MsgspecError:
        return not first.strip()
    return True


def _unquoting(path: Path, is_quoted: Callable[[str], bool]) -> Rewritten:
    part = path.with_name(f".{path.name}.forget")
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not is_quoted(line.decode("utf-8", "replace"))]
    part.write_bytes(b"".join(kept))
    before, after = store.hash_file(path), store.hash_file(part)
    return Rewritten(path, part, before, after, len(kept), len(lines) - len(kept))


def _filtered(path: Path, kind: type[Record], stays: Callable[[Record], bool]) -> Rewritten:
    part = path.with_name(f".{path.name}.forget")
    encode = msgspec.json.Encoder().encode
    kept = removed = 0
    reasons: Counter[str] = Counter()
    with part.open("wb") as out:
        for record in store.read(path, kind):
            if not stays(record):
                removed += 1
                continue
            kept += 1
            if isinstance(record, Drop):
                reasons[record.reason] += 1
            out.write(encode(record) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    before, after = store.hash_file(path), store.hash_file(part)
    return Rewritten(path, part, before, after, kept, removed, reasons)
