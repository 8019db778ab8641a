"""Records in files: JSON Lines in, JSON Lines out, a manifest beside each.

Writing is all or nothing. A stage writes under temporary names, renames at the end and
writes its manifest last, so the manifest is the commit marker: a stage file that does not
have the hash its manifest tells was interrupted or edited by hand, and `curate status` says so.

With the readers in `curation/sources` and the run folders of `train`, this is all the code
that opens files.
"""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Generic, Literal, NamedTuple, Self, TypeVar

import msgspec

from data.errors import BadInputError
from data.records import Drop, Record

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R", bound=msgspec.Struct)
_encode = msgspec.json.Encoder().encode
AT_ONCE = 256
"""Lines that are hashed and written together."""
Freshness = Literal["missing", "fresh", "stale", "damaged"]


class FileMark(Record, frozen=True):
    """A file as it was: what its bytes hashed to, and how many records it held."""

    path: str
    """Relative to the workspace where it lies inside, else as the user gave it."""
    sha256: str
    records: int = 0


class Manifest(Record, frozen=True):
    """What a stage did: from which bytes, by which settings, with what result."""

    stage: str
    made: tuple[FileMark, ...]
    drops: FileMark
    taken: int
    kept: int
    dropped: dict[str, int]
    inputs: tuple[FileMark, ...]
    settings: dict[str, object]
    version: str
    finished: str
    """UTC, ISO 8601."""
    seconds: float
    details: dict[str, object] = msgspec.field(default_factory=dict)
    """Counts and remarks that only this stage has."""


class Counted(Generic[T_co]):
    """An iterable that knows how many it has handed out: the `in` of the conservation law."""

    def __init__(self, items: Iterable[T_co]) -> None:
        self._items = iter(items)
        self.count = 0

    def __iter__(self) -> Iterator[T_co]:
        return self

    def __next__(self) -> T_co:
        item = next(self._items)
        self.count += 1
        return item


class Lines(NamedTuple):
    """Some outcomes of a stage as they will stand in its main output and in its drops."""

    kept: list[bytes]
    dropped: list[bytes]
    reasons: Counter[str]
    """How many of the dropped have each reason."""


def encoded(outcomes: Iterable[Record]) -> Lines:
    made = Lines([], [], Counter())
    for each in outcomes:
        if isinstance(each, Drop):
            made.reasons[each.reason] += 1
            made.dropped.append(_encode(each))
        else:
            made.kept.append(_encode(each))
    return made


def in_pieces(outcomes: Iterable[Record]) -> Iterator[Lines]:
    """The outcomes in pieces of a size that is good to write and to pass on."""
    coming = iter(outcomes)
    while piece := list(islice(coming, AT_ONCE)):
        yield encoded(piece)


class ConservationError(RuntimeError):
    """A stage lost a record, or made one up. Always a bug of ours."""


def read(path: Path, kind: type[R]) -> Iterator[R]:
    """Yield the records of a file, or say which line is not one."""
    decode = msgspec.json.Decoder(kind).decode
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadInputError(
                    f"{path}:{number}: no {kind.__name__} record: {error}. "
                    "Correct that line, or make the file again."
                ) from error


def read_there(path: Path, kind: type[R]) -> list[R]:
    """All records of a file; none where it is not there yet."""
    return list(read(path, kind)) if path.exists() else []


def read_stage(path: Path, kind: type[R], *, made_by: str) -> Iterator[R]:
    """Read a stage file, or say which command makes it."""
    if not path.exists():
        raise BadInputError(f"{path} is not there yet; `{made_by}` makes it.")
    return read(path, kind)


class StageWriter:
    """Collects what a stage yields; on leaving the `with` block all of it appears at once.

    If the block raises, Ctrl-C included, the temporary files are removed and what a former
    run wrote stays as it was.
    """

    def __init__(
        self,
        home: Path,
        stage: str,
        *,
        inputs: Sequence[Path | FileMark],
        settings: Mapping[str, object],
        root: Path,
    ) -> None:
        """`home` names the drops and the manifest; records go there unless told otherwise."""
        self._home = home
        self._stage = stage
        self._inputs = inputs
        self._settings = dict(settings)
        self._root = root
        self._drops = drops_path(home)
        self._files: dict[Path, _PartFile] = {}
        self._reasons: Counter[str] = Counter()
        self._started = time.monotonic()
        self._taken: Counted[object] | None = None
        self._expected: int | None = None
        self.details: dict[str, object] = {}
        self.manifest: Manifest | None = None

    def __enter__(self) -> Self:
        self.came_from(self._inputs)
        self._open(self._drops)
        return self

    def came_from(self, inputs: Sequence[Path | FileMark]) -> None:
        """Say what the stage reads, where that was not known at its start."""
        self._marks = tuple(
            each if isinstance(each, FileMark) else mark(each, self._root) for each in inputs
        )

    def conserve(self, taken: Counted[T]) -> Counted[T]:
        """Say what this stage takes in; on leaving, `in = kept + dropped` is checked."""
        self._taken = taken
        return taken

    def expect(self, count: int) -> None:
        """The same for a stage that knows beforehand how many it takes in."""
        self._expected = count

    def add(self, outcome: Record, to: Path | None = None) -> None:
        """Write a record to `to` (the main output by default), or a `Drop` to the drops."""
        if isinstance(outcome, Drop):
            self._reasons[outcome.reason] += 1
            self._open(self._drops).write(outcome)
        else:
            self._open(to or self._home).write(outcome)

    def add_all(self, outcomes: Iterable[Record]) -> None:
        for outcome in outcomes:
            self.add(outcome)

    def add_lines(self, lines: Lines) -> None:
        """Write what was encoded elsewhere."""
        self._reasons.update(lines.reasons)
        self._open(self._home).write_lines(lines.kept)
        self._open(self._drops).write_lines(lines.dropped)

    def attach(self, path: Path, document: object) -> None:
        """Write one JSON document that belongs to the stage; it is no record and is not counted."""
        self._open(path).write_document(document)

    def open_empty(self, path: Path) -> None:
        """Make sure that `path` is written, even if no record goes there."""
        self._open(path)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._commit()
        finally:
            for part in self._files.values():
                part.discard()

    def _open(self, path: Path) -> "_PartFile":
        if path not in self._files:
            self._files[path] = _PartFile(path)
        return self._files[path]

    @property
    def done(self) -> Manifest:
        """What was written, once the `with` block has been left."""
        if self.manifest is None:
            raise RuntimeError(f"{self._stage} has not finished")
        return self.manifest

    def _count_taken(self, written: int) -> int:
        if self._taken is not None:
            return self._taken.count
        return written if self._expected is None else self._expected

    def _commit(self) -> None:
        if set(self._files) == {self._drops}:
            self._open(self._home)
        kept = sum(f.records for path, f in self._files.items() if path != self._drops)
        dropped = self._reasons.total()
        taken = self._count_taken(kept + dropped)
        if taken != kept + dropped:
            raise ConservationError(f"{self._stage}: {taken} in, {kept} kept, {dropped} dropped")
        for part in self._files.values():
            part.finish()
        marks = {path: part.mark(self._root) for path, part in self._files.items()}
        self.manifest = Manifest(
            stage=self._stage,
            made=tuple(m for path, m in marks.items() if path != self._drops),
            drops=marks[self._drops],
            taken=taken,
            kept=kept,
            dropped=dict(self._reasons.most_common()),
            inputs=self._marks,
            settings=self._settings,
            version=_version(),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._started, 3),
            details=self.details,
        )
        manifest_path(self._home).unlink(missing_ok=True)
        for part in self._files.values():
            part.publish()
        write_json(manifest_path(self._home), self.manifest)


class _PartFile:
    """One output under its temporary name."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._out: BinaryIO = self._part.open("wb")
        self._digest = hashlib.sha256()
        self._lines: list[bytes] = []
        self.records = 0

    def write(self, record: Record) -> None:
        self._lines.append(_encode(record))
        self.records += 1
        if len(self._lines) == AT_ONCE:
            self._flush()

    def write_lines(self, lines: Sequence[bytes]) -> None:
        self._lines += lines
        self.records += len(lines)
        self._flush()

    def write_document(self, document: object) -> None:
        self._put(_pretty(document))

    def _flush(self) -> None:
        if self._lines:
            self._lines.append(b"")
            piece = b"\n".join(self._lines)
            self._lines.clear()
            self._put(piece)

    def _put(self, piece: bytes) -> None:
        self._out.write(piece)
        self._digest.update(piece)

    def finish(self) -> None:
        self._flush()
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()

    def publish(self) -> None:
        self._part.replace(self._path)

    def discard(self) -> None:
        with suppress(OSError):  # On a full disk closing fails as writing did.
            self._out.close()
        self._part.unlink(missing_ok=True)

    def mark(self, root: Path) -> FileMark:
        return FileMark(_relative(self._path, root), self._digest.hexdigest(), self.records)


def drops_path(path: Path) -> Path:
    """`work/unique.jsonl` has its drops in `work/unique.drops.jsonl`."""
    return path.with_suffix(".drops.jsonl")


def manifest_path(path: Path) -> Path:
    return path.with_suffix(".manifest.json")


def read_manifest(path: Path) -> Manifest | None:
    """The manifest beside a stage file; None where there is none."""
    beside = manifest_path(path)
    if not beside.exists():
        return None
    return read_json(beside, Manifest)


def freshness(path: Path, root: Path) -> Freshness:
    """Whether a stage file is whole, and made from its inputs as they are now."""
    manifest = read_manifest(path)
    if manifest is None:
        return "damaged" if path.exists() else "missing"
    if any(changed(m, root) for m in (*manifest.made, manifest.drops)):
        return "damaged"
    if any(changed(m, root) for m in manifest.inputs):
        return "stale"
    return "fresh"


def mark(path: Path, root: Path, *, records: int = 0) -> FileMark:
    return FileMark(_relative(path, root), hash_file(path), records)


def sync(path: Path) -> None:
    """Have a file or folder reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_file(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def read_json(path: Path, kind: type[R]) -> R:
    """Read a file that holds one record."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: not a {kind.__name__}: {error}") from error


def write_json(path: Path, record: object) -> None:
    """Write one record, indented for people; the file appears only when complete."""
    write_bytes(path, _pretty(record))


def append(path: Path, record: Record) -> None:
    """Add one record to a file that only grows, and have it reach the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        out.write(_encode(record) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def _pretty(document: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file; it appears only when complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Write records that are no stage's output; the file appears only when complete."""
    write_bytes(path, b"".join(_encode(each) + b"\n" for each in records))


def _version() -> str:
    from importlib.metadata import version  # Slow to load, and wanted only here.

    return version("gristmill")


def changed(was: FileMark, root: Path) -> bool:
    """Whether a file is not what it was, or gone."""
    path = root / was.path
    return not path.exists() or hash_file(path) != was.sha256


def _relative(path: Path, root: Path) -> str:
    """A path that still holds when the workspace is moved, where that is possible."""
    resolved = path.resolve()
    return str(resolved.relative_to(root) if resolved.is_relative_to(root) else resolved)
