"""Errors as a table that people code, and codes as they come back: a spreadsheet's CSV or JSON Lines.

The report's own export is JSON Lines of the same shape. Cells that a spreadsheet would take for
formulas get an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from curation.sources import delimited, files
from data.errors import BadInputError
from data.workspace import Workspace
from eval import codes, comparison, evaluation
from eval.arms import TUNED
from eval.comparison import Result, check_name

COLUMNS = (
    "labels", "note", "coder", "question", "expected", "answer", "findings", "set", "outcome",
    "run", "example",
)  # fmt: skip
NEEDED = ("run", "example", "labels")
BETWEEN = ";"
"""Between several labels of one cell."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_LABEL = 60
"""Characters, as in the report."""


class Line(msgspec.Struct, frozen=True):
    """What a line of an import must hold; what else stands there is for the reader alone."""

    run: str
    example: str
    labels: tuple[str, ...] = ()
    note: str = ""
    coder: str = ""
    at: str = ""
    """ISO 8601; when the file was saved, where it does not say."""


@dataclass(frozen=True)
class Entry:
    """A line with its place."""

    where: str
    """`codes.csv:12`."""
    line: Line

    @property
    def is_coded(self) -> bool:
        return bool(self.line.labels or self.line.note)


def errors_of(space: Workspace, run: Path) -> list[Result]:
    """The wrong answers of a run, with what the checks found in them."""
    answered = evaluation.read_answers(space, run)
    findings, _ = evaluation.read_findings(space, run)
    results = comparison.grade(answered.items, answered.answers, findings)
    return errors(results, answered.settings.seed)


def errors(results: Sequence[Result], seed: int) -> list[Result]:
    """The wrong answers of the tuned model, those to read first at the top."""
    sample = codes.sample(results, seed)
    first = set(sample)
    order = [*sample, *(place for place in range(len(results)) if place not in first)]
    return [results[place] for place in order if not results[place].grades[TUNED].exact]


def write(results: Sequence[Result], suffix: str) -> bytes:
    """The sheet, `.csv` or `.jsonl`, with the columns for codes empty."""
    rows = [_row(each) for each in results]
    if suffix == ".jsonl":
        return b"".join(msgspec.json.encode(_as_line(row)) + b"\n" for row in rows)
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    table.writerows({name: _cell(text) for name, text in row.items()} for row in rows)
    # The mark in front tells spreadsheets that it is UTF-8.
    return out.getvalue().encode("utf-8-sig", "replace")


def read(path: Path) -> list[Entry]:
    """The lines of a file, or what is wrong with which of them."""
    if path.suffix not in (".csv", ".jsonl"):
        raise BadInputError(f"{path} is no .csv and no .jsonl; save the sheet as CSV.")
    try:
        text = files.decode(path.read_bytes(), str(path))
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadInputError(
            f"{path} is not there; `evaluate code export` writes a sheet to fill in."
        ) from error
    entries = list(_read_lines(text, path) if path.suffix == ".jsonl" else _read_table(text, path))
    for each in entries:
        _refuse_odd(each)
    return [replace(each, line=_dated(each.line, saved)) for each in entries]


def _dated(line: Line, saved: str) -> Line:
    return line if line.at else msgspec.structs.replace(line, at=saved)


def _row(result: Result) -> dict[str, str]:
    grade, item = result.grades[TUNED], result.item
    found = (f"{check_name(f)}: {f.evidence}" for f in result.findings if f.arm == TUNED)
    before = (f"{turn.role}: {turn.content}" for turn in item.context)
    told = {
        "question": "\n\n".join((*before, item.example.question)),
        "expected": item.expected,
        "answer": grade.answer.text,
        "findings": "\n".join(found),
        "set": item.question_set.key,
        "outcome": result.outcome,
        "run": grade.answer.run,
        "example": item.id,
    }
    return {name: told.get(name, "") for name in COLUMNS}


def _as_line(row: Mapping[str, str]) -> dict[str, object]:
    told = {name: text.encode("utf-8", "replace").decode() for name, text in row.items()}
    return told | {"labels": [], "findings": told["findings"].splitlines()}


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _read_lines(text: str, path: Path) -> Iterator[Entry]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = msgspec.json.decode(line.encode(), type=Line)
        except msgspec.DecodeError as error:
            raise BadInputError(
                f"{path}:{number}: no coded answer: {error}. It must hold at least run, example "
                "and labels, as the report exports them."
            ) from error
        yield Entry(f"{path}:{number}", found)


def _read_table(text: str, path: Path) -> Iterator[Entry]:
    header = text.partition("\n")[0]
    rows, _ = delimited.mended(text, max(",;\t", key=header.count), str(path))
    if not rows:
        return
    names = [each.strip().casefold() for each in rows[0].cells]
    if missing := [name for name in NEEDED if name not in names]:
        raise BadInputError(
            f"{path}:1: no column {', no column '.join(missing)}; the first row must name the "
            "columns, as `evaluate code export` writes them."
        )
    for row in rows[1:]:
        told = dict(zip(names, (cell.strip() for cell in row.cells), strict=False))
        labels = tuple(
            filter(None, (each.strip() for each in told.get("labels", "").split(BETWEEN)))
        )
        yield Entry(
            f"{path}:{row.line}",
            Line(
                run=told.get("run", ""),
                example=told.get("example", ""),
                labels=labels,
                note=told.get("note", ""),
                coder=told.get("coder", ""),
                at=told.get("at", ""),
            ),
        )


def _refuse_odd(entry: Entry) -> None:
    """What no label and no time can be."""
    for label in entry.line.labels:
        if not label.strip() or len(label) > LONGEST_LABEL:
            raise BadInputError(
                f"{entry.where}: a label has 1 to {LONGEST_LABEL} characters; "
                f"put sentences into the note, and `{BETWEEN}` between labels."
            )
    try:
        datetime.fromisoformat(entry.line.at or "2000-01-01")
    except ValueError as error:
        raise BadInputError(
            f"{entry.where}: `at` is a time such as 2026-11-20T10:00:00Z, not `{entry.line.at}`."
        ) from error
