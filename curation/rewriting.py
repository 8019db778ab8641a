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

from curation.conflicts import Conflict, Settlement
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


def prepare(space: Workspace, stays: Callable[[Record], bool]) -> Iterator[Rewritten]:
    """Every file of records in work/ that holds some that must go, written anew beside it."""
    for path in sorted(space.work.rglob("*.jsonl")):
        kind = _kind(path)
        if path.name.startswith("."):
            continue
        made = _filtered(path, kind, stays)
        if made.removed:
            yield made
        else:
            made.part.unlink()


def update_manifests(
    space: Workspace, files: dict[Path, Rewritten], hashes: dict[str, str]
) -> None:
    """Put the new hashes and counts where the old ones stood; `hashes` is from old to new."""
    for path in sorted(space.root.rglob("*.manifest.json")):
        old = store.read_json(path, Manifest)
        new = _updated(old, space.root, files, hashes)
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
}
"""What the other files of records in work/ hold."""


def _kind(path: Path) -> type[Record]:
    return Drop if path.name.endswith(".drops.jsonl") else NOT_EXAMPLES.get(path.name, Example)


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
