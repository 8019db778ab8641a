"""Four public benchmarks, read from files on this machine as they are published.

What is asked is fixed by lm-eval's own definition of each; here it is only decided which rows can
be asked, and which of their choices is right.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from data.errors import BadInputError
from data.records import Drop, content_id
from data.settings import BenchmarkSettings
from data.workspace import Workspace

KINDS = (".parquet", ".jsonl")


class Row(Protocol):
    """One row of a published file."""

    @property
    def asked(self) -> str: ...
    @property
    def options(self) -> Sequence[str]: ...
    @property
    def right(self) -> int | None:
        """Which option is right; None where that is not told, or not exactly one is."""

    @property
    def group(self) -> str:
        """What it has in common with other rows, which are right and wrong together; or nothing."""


class _Labelled(msgspec.Struct, frozen=True):
    text: list[str]
    label: list[str]


class _Alone(msgspec.Struct, frozen=True):
    """A row that has nothing in common with others."""

    @property
    def group(self) -> str:
        return ""


class ArcRow(_Alone, frozen=True):
    question: str
    choices: _Labelled
    answerKey: str  # noqa: N815 - the name in the published file

    @property
    def asked(self) -> str:
        return self.question

    @property
    def options(self) -> Sequence[str]:
        return self.choices.text

    @property
    def right(self) -> int | None:
        known = self.answerKey in self.choices.label
        return self.choices.label.index(self.answerKey) if known else None


class HellaSwagRow(msgspec.Struct, frozen=True):
    activity_label: str
    ctx_a: str
    ctx_b: str
    endings: list[str]
    label: str | int
    """Empty in the part whose answers are kept secret."""
    source_id: str = ""

    @property
    def asked(self) -> str:
        return f"{self.activity_label}: {self.ctx_a} {self.ctx_b}"

    @property
    def options(self) -> Sequence[str]:
        return self.endings

    @property
    def right(self) -> int | None:
        return int(self.label) if str(self.label).isdecimal() else None

    @property
    def group(self) -> str:
        """The film or the page that it was made from."""
        return self.source_id


class MmluRow(_Alone, frozen=True):
    question: str
    subject: str
    choices: list[str]
    answer: int

    @property
    def asked(self) -> str:
        return f"{self.subject}: {self.question}"

    @property
    def options(self) -> Sequence[str]:
        return self.choices

    @property
    def right(self) -> int:
        return self.answer


class _Judged(msgspec.Struct, frozen=True):
    choices: list[str]
    labels: list[int]


class TruthfulRow(_Alone, frozen=True):
    question: str
    mc1_targets: _Judged

    @property
    def asked(self) -> str:
        return self.question

    @property
    def options(self) -> Sequence[str]:
        return self.mc1_targets.choices

    @property
    def right(self) -> int | None:
        # lm-eval takes the first for the right one, as the published rows have it.
        labels = self.mc1_targets.labels
        return 0 if labels[:1] == [1] and sum(labels) == 1 else None


@dataclass(frozen=True)
class Benchmark:
    """One set of questions, and how lm-eval asks it."""

    name: str
    """As in the settings, and lm-eval's name of the task."""
    title: str
    row: type[ArcRow | HellaSwagRow | MmluRow | TruthfulRow]
    split: str
    """The part that is published for scoring."""
    definition: str
    """lm-eval's file that says how it is asked."""
    metric: str
    """`acc`, or `acc_norm`: the likelihood of a choice by its length."""
    lettered: bool = False
    """Whether the model names a letter, so that liking one letter looks like knowledge."""


ALL = (
    Benchmark("arc_easy", "ARC easy", ArcRow, "test", "arc/arc_easy.yaml", "acc_norm"),
    Benchmark(
        "arc_challenge", "ARC challenge", ArcRow, "test", "arc/arc_challenge.yaml", "acc_norm"
    ),
    Benchmark(
        "hellaswag",
        "HellaSwag",
        HellaSwagRow,
        "validation",
        "hellaswag/hellaswag.yaml",
        "acc_norm",
    ),
    Benchmark(
        "mmlu",
        "MMLU",
        MmluRow,
        "test",
        "mmlu/default/_default_template_yaml",
        "acc",
        lettered=True,
    ),
    Benchmark(
        "truthfulqa_mc1",
        "TruthfulQA",
        TruthfulRow,
        "validation",
        "truthfulqa/truthfulqa_mc1.yaml",
        "acc",
    ),
)


@dataclass(frozen=True)
class Question:
    """One row that can be asked."""

    id: str
    group: str
    """Its own id where it stands alone."""
    options: int
    right: int
    row: dict[str, object]
    """As it was published."""


def named(space: Workspace) -> dict[Benchmark, Path]:
    """The benchmarks that the settings name files of."""
    settings = space.settings.evaluate.benchmarks
    paths = {each: getattr(settings, each.name) for each in ALL}
    return {
        each: (space.root / Path(path).expanduser()).resolve()
        for each, path in paths.items()
        if path
    }


def load(
    benchmark: Benchmark, path: Path, settings: BenchmarkSettings, seed: int
) -> list[Question | Drop]:
    """As many questions as the settings want, drawn at random, and all rows that cannot be asked."""
    entries = list(_askable(benchmark, files(benchmark, path)))
    questions = [each for each in entries if isinstance(each, Question)]
    if not questions:
        raise BadInputError(
            f"[evaluate.benchmarks] {benchmark.name}: {path} holds no question with one right "
            f"answer; the part to fetch is `{benchmark.split}`."
        )
    drawn = sorted(
        random.Random(seed).sample(range(len(questions)), min(settings.questions, len(questions)))
    )
    return [
        *(questions[place] for place in drawn),
        *(each for each in entries if isinstance(each, Drop)),
    ]


def files(benchmark: Benchmark, path: Path) -> list[Path]:
    """The file that is named, or those of a folder whose names begin with the part to be asked."""
    where = f"[evaluate.benchmarks] {benchmark.name}"
    if path.is_file():
        if path.suffix in KINDS:
            return [path]
        raise BadInputError(f"{where}: {path} is neither Parquet nor JSON Lines.")
    if not path.is_dir():
        raise BadInputError(
            f"{where}: there is no {path}; fetch the file first, docs/evaluate.md says which."
        )
    found = sorted(
        each
        for each in path.rglob(f"{benchmark.split}*")
        if each.suffix in KINDS and each.is_file()
    )
    if not found:
        raise BadInputError(
            f"{where}: {path} holds no file {benchmark.split}*.parquet or {benchmark.split}*.jsonl; "
            "name the file itself."
        )
    return found


def _askable(benchmark: Benchmark, paths: Iterable[Path]) -> Iterator[Question | Drop]:
    known: set[str] = set()
    for path in paths:
        for number, row in _rows(path):
            locator = f"{path.name}#{number}"
            entry = _question(benchmark, _shaped(benchmark, row, f"{path}:{number}"), row, locator)
            if isinstance(entry, Question) and entry.id in known:
                entry = Drop("asked-twice", locator)
            if isinstance(entry, Question):
                known.add(entry.id)
            yield entry


def _question(
    benchmark: Benchmark, shaped: Row, row: dict[str, object], locator: str
) -> Question | Drop:
    options, right = shaped.options, shaped.right
    if right is None or right >= len(options):
        return Drop("no-right-answer", locator)
    if len(options) < 2 or not all(option.strip() for option in options):
        return Drop("no-choice", locator)
    key = content_id(benchmark.name, shaped.asked, *options)
    fields = {name: row[name] for name in benchmark.row.__struct_fields__ if name in row}
    return Question(key, shaped.group or key, len(options), right, fields)


def _shaped(benchmark: Benchmark, row: dict[str, object], where: str) -> Row:
    try:
        return msgspec.convert(row, benchmark.row)
    except msgspec.ValidationError as error:
        raise BadInputError(
            f"{where}: no row of {benchmark.title} as it is published: {error}."
        ) from error


def _rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows with their numbers, the first is 1."""
    if path.suffix == ".parquet":
        yield from enumerate(_parquet(path), start=1)
        return
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if line.strip():
            yield number, _decoded(line, f"{path}:{number}")


def _decoded(line: bytes, where: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(line, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"{where}: no JSON object in this line: {error}.") from error


def _parquet(path: Path) -> Iterable[dict[str, object]]:
    import pyarrow
    from pyarrow import parquet

    try:
        rows: list[dict[str, object]] = parquet.read_table(path).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise BadInputError(f"{path}: no Parquet file that can be read: {error}") from error
    return rows
