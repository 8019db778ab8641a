"""What coders said of each answer: `work/codes.jsonl`, over all runs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from data import store
from data.errors import BadInputError
from data.records import Answer, Record
from data.workspace import Workspace
from eval import evaluation
from eval.coding import sheet, taxonomy
from eval.coding.sheet import Entry
from eval.coding.taxonomy import Taxonomy, folded
from train import runs

SHOWN = 5
"""Unknown labels that an error names."""


class Coding(Record, frozen=True):
    """What one coder said of one answer of a tuned model."""

    run: str
    example: str
    coder: str
    labels: tuple[str, ...]
    """As they were given; `codes.toml` says which code each means."""
    note: str
    at: str
    """UTC, ISO 8601."""
    taxonomy: str
    """Version and hash of the codes that there were: `2@3f2a91c0`."""


@dataclass(frozen=True)
class Imported:
    """What came of an import."""

    new: int
    changed: int
    same: int
    older: int
    """Left out, for a later word of the same coder is known."""
    blank: int
    """Lines without label and note: not coded yet."""
    added: tuple[str, ...]
    """Labels that were written into `codes.toml`."""
    runs: tuple[str, ...]


def path_of(space: Workspace) -> Path:
    return space.work / "codes.jsonl"


def read(space: Workspace) -> list[Coding]:
    return store.read_there(path_of(space), Coding)


def bring_in(
    space: Workspace, paths: Sequence[Path], coder: str, *, open_coding: bool
) -> Imported:
    """Take in coded files, all or nothing; `coder` stands where a line names none.

    With `open_coding` labels that `codes.toml` does not know are written into it.
    """
    entries = [_signed(each, coder) for path in paths for each in sheet.read(path)]
    coded = [each for each in entries if each.is_coded]
    _refuse_unknown_items(space, entries)
    known = read(space)
    codes, added = _codes(space, coded, open_coding=open_coding)
    _refuse_silent_change(space, codes, known)
    before = {_key(each): each for each in known}
    merged, counts = dict(before), {"new": 0, "changed": 0, "same": 0, "older": 0}
    for entry in coded:
        fresh = _coding(entry, codes)
        counts[_fate(merged.get(_key(fresh)), fresh)] += 1
        merged[_key(fresh)] = _later(merged.get(_key(fresh)), fresh)
    store.write_records(path_of(space), merged.values())
    return Imported(
        **counts,
        blank=len(entries) - len(coded),
        added=tuple(added),
        runs=tuple(dict.fromkeys(each.line.run for each in entries)),
    )


def _signed(entry: Entry, coder: str) -> Entry:
    line = entry.line
    name = line.coder if line.coder not in ("", "anonymous") else coder or line.coder
    if entry.is_coded and not name:
        raise BadInputError(
            f"{entry.where}: nobody is named as coder; fill in the column, or give --coder NAME."
        )
    return Entry(entry.where, msgspec.structs.replace(line, coder=name))


def _refuse_unknown_items(space: Workspace, entries: Iterable[Entry]) -> None:
    """Codes of another run, or of answers that were never given."""
    asked: dict[str, set[str]] = {}
    for entry in entries:
        run, example = entry.line.run, entry.line.example
        if run not in asked:
            path = _answers(space, entry)
            asked[run] = {each.example for each in store.read(path, Answer)}
        if example not in asked[run]:
            raise BadInputError(
                f"{entry.where}: run {run} was never asked `{example}`; was the line changed, or "
                "is it of another run of this name?"
            )


def _answers(space: Workspace, entry: Entry) -> Path:
    try:
        path = evaluation.answers_path(runs.find(space, entry.line.run))
    except BadInputError as error:
        raise BadInputError(f"{entry.where}: {error}") from error
    if not path.exists():
        raise BadInputError(
            f"{entry.where}: run {entry.line.run} has no answers; "
            f"`evaluate run {entry.line.run}` asks it."
        )
    return path


def _codes(
    space: Workspace, coded: Sequence[Entry], *, open_coding: bool
) -> tuple[Taxonomy, list[str]]:
    """The taxonomy, with what open coding adds to it."""
    found = taxonomy.load(space)
    unknown: dict[str, tuple[str, str]] = {}
    for entry in coded:
        for label in entry.line.labels:
            if found is None or found.name_of(label) is None:
                unknown.setdefault(folded(label), (" ".join(label.split()), entry.where))
    if found is not None and not unknown:
        return found, []
    if not open_coding:
        raise BadInputError(_unknown(space, found, list(unknown.values())))
    added = [label for label, _ in unknown.values()]
    return taxonomy.extend(space, added), added


def _unknown(space: Workspace, found: Taxonomy | None, unknown: Sequence[tuple[str, str]]) -> str:
    name = space.shown(taxonomy.path_of(space))
    if found is None:
        return f"There is no {name} yet; `--new` writes it from these labels."
    told = []
    for label, where in unknown[:SHOWN]:
        like = found.like(label)
        hint = f"; did you mean `{like}`?" if like else "."
        told.append(f"{where}: `{label}` is no code of {name}{hint}")
    more = len(unknown) - SHOWN
    rest = [f"{more} more labels are unknown."] if more > 0 else []
    return " ".join((*told, *rest, "Correct them, or add them by `--new`."))


def _refuse_silent_change(space: Workspace, codes: Taxonomy, known: Iterable[Coding]) -> None:
    """Another meaning under the same version would make old and new codes look comparable."""
    marks = {each.taxonomy for each in known}
    if any(taxonomy.version_of(mark) == codes.version and mark != codes.mark for mark in marks):
        raise BadInputError(
            f"{space.shown(codes.path)} was changed since codes were given under its version "
            f"{codes.version}; set version = {codes.version + 1} in it, and import again."
        )


def _coding(entry: Entry, codes: Taxonomy) -> Coding:
    line = entry.line
    labels = tuple(dict.fromkeys(" ".join(label.split()) for label in line.labels))
    at = datetime.fromisoformat(line.at)
    when = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    stamp = when.isoformat(timespec="seconds")
    return Coding(line.run, line.example, line.coder, labels, line.note, stamp, codes.mark)


def _key(coding: Coding) -> tuple[str, str, str]:
    return coding.run, coding.example, coding.coder


def _fate(known: Coding | None, fresh: Coding) -> str:
    if known is None:
        return "new"
    said = (fresh.labels, fresh.note, fresh.taxonomy)
    if (known.labels, known.note) == said[:2] and (
        fresh.at <= known.at or known.taxonomy == said[2]
    ):
        return "same"
    return "older" if fresh.at < known.at else "changed"


def _later(known: Coding | None, fresh: Coding) -> Coding:
    """What was said last; the same said again leaves the first."""
    return fresh if known is None or _fate(known, fresh) == "changed" else known


def of_run(codings: Iterable[Coding], run: str) -> Iterator[Coding]:
    return (each for each in codings if each.run == run)
