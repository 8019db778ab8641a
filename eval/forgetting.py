"""What training made the model forget: base against tuned on what training was not about.

Both read a neutral text, and where the settings name files of public benchmarks, both answer those.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from math import log2
from pathlib import Path
from typing import Protocol

from data import store, terminal
from data.errors import BadInputError
from data.journal import Journal
from data.records import Drop, Record, content_id
from data.store import Manifest, StageWriter
from data.workspace import Workspace
from eval import benchmarks
from eval.arms import ARMS
from eval.benchmarks import Benchmark, Question
from eval.harness import Choice

NEUTRAL = "neutral-text"


class Recall(Record, frozen=True):
    """What one arm made of one item that training was not about."""

    run: str
    arm: str
    test: str
    """`neutral-text`, or the name of a benchmark."""
    item: str
    score: float
    """Bits per character; of a question 1 for right and 0 for wrong."""
    group: str = ""
    """Items of one group are right and wrong together."""
    options: int = 0
    right: int = 0
    chosen: int = 0
    """The likeliest option; -1 where all are equally likely."""


class Reader(Protocol):
    """A loaded model that reads and chooses."""

    def bits(self, texts: Sequence[str]) -> Iterator[float]: ...
    def ask(self, benchmark: Benchmark, questions: Sequence[Question]) -> Sequence[Choice]: ...


OpenReader = Callable[[str], Reader]


@dataclass(frozen=True)
class _Asked:
    """What both arms get."""

    passages: Sequence[str]
    questions: Mapping[Benchmark, Sequence[Question]]
    drops: Sequence[Drop]
    """Rows that cannot be asked."""
    letters: float
    files: Mapping[str, dict[str, str]]
    """Of each benchmark its files with their hashes."""

    @property
    def total(self) -> int:
        return len(self.passages) + sum(map(len, self.questions.values())) + len(self.drops)


def path_of(run: Path) -> Path:
    return run / "forgetting.jsonl"


def measure(space: Workspace, run: Path, open_reader: OpenReader) -> Manifest:
    """Write what both arms made of each item: in = items x arms = kept + dropped."""
    settings = space.settings.evaluate
    asked = _gather(space)
    with (
        StageWriter(
            path_of(run),
            "evaluate forgetting",
            inputs=[run / "manifest.json"],
            settings={"seed": settings.seed, **settings.benchmarks.model_dump()},
            root=space.root,
        ) as out,
        Journal(run / ".forgetting.journal", _key(run, asked), Recall) as journal,
    ):
        out.expect(len(ARMS) * asked.total)
        for arm in ARMS:
            out.add_all(_recalls(_Sitting(run.name, arm, open_reader, journal), asked))
            out.add_all(asked.drops)
        out.details["letters"] = asked.letters
        out.details["files"] = asked.files
    return out.done


def _gather(space: Workspace) -> _Asked:
    settings = space.settings.evaluate
    passages = _passages(space)
    entries = {
        benchmark: benchmarks.load(benchmark, path, settings.benchmarks, settings.seed)
        for benchmark, path in benchmarks.named(space).items()
    }
    return _Asked(
        passages,
        {
            benchmark: [each for each in found if isinstance(each, Question)]
            for benchmark, found in entries.items()
        },
        [each for found in entries.values() for each in found if isinstance(each, Drop)],
        _letters("".join(passages)),
        {
            benchmark.name: {
                file.name: store.hash_file(file) for file in benchmarks.files(benchmark, path)
            }
            for benchmark, path in benchmarks.named(space).items()
        },
    )


def _passages(space: Workspace) -> list[str]:
    named = space.settings.evaluate.benchmarks.neutral_text
    path = space.root / Path(named).expanduser()
    if not named:
        text = (files("eval") / "assets" / "neutral.txt").read_text(encoding="utf-8")
    elif path.is_file():
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadInputError(f"{path}: not UTF-8; save it as UTF-8.") from error
    else:
        raise BadInputError(f"[evaluate.benchmarks] neutral_text: there is no file {path}.")
    passages = list(dict.fromkeys(each.strip() for each in text.split("\n\n") if each.strip()))
    if len(passages) < 2:
        raise BadInputError(
            f"[evaluate.benchmarks] neutral_text: {path} holds {len(passages)} passage; write "
            "some dozens, apart by an empty line."
        )
    return passages


def _letters(text: str) -> float:
    """Bits per character where nothing is known but how frequent each character is."""
    counts = Counter(text)
    total = counts.total()
    return -sum(count / total * log2(count / total) for count in counts.values())


def _key(run: Path, asked: _Asked) -> str:
    items = (each.id for questions in asked.questions.values() for each in questions)
    trained = store.hash_file(run / "manifest.json")
    return content_id(trained, *asked.passages, *items)


@dataclass(frozen=True)
class _Sitting:
    """One arm that is asked; its model is loaded by the first test that no killed run has left."""

    run: str
    arm: str
    open_reader: OpenReader
    journal: Journal[Recall]

    @cached_property
    def reader(self) -> Reader:
        return self.open_reader(self.arm)

    def left(self, test: str, total: int) -> list[Recall]:
        """What a killed run has left of a test, if it is whole."""
        known = [e for e in self.journal.known if (e.arm, e.test) == (self.arm, test)]
        return known if len(known) == total else []

    def kept(self, recalls: Sequence[Recall]) -> Sequence[Recall]:
        for each in recalls:
            self.journal.add(each)
        return recalls

    def read(self, passages: Sequence[str]) -> Sequence[Recall]:
        bits = self.reader.bits(passages)
        return [
            Recall(self.run, self.arm, NEUTRAL, content_id(NEUTRAL, text), taken / len(text))
            for text, taken in zip(passages, bits, strict=True)
        ]

    def answer(self, benchmark: Benchmark, questions: Sequence[Question]) -> Sequence[Recall]:
        choices = self.reader.ask(benchmark, questions)
        return [
            Recall(
                self.run,
                self.arm,
                benchmark.name,
                question.id,
                float(choice.right),
                question.group,
                question.options,
                question.right,
                choice.likeliest,
            )
            for question, choice in zip(questions, choices, strict=True)
        ]


def _recalls(sitting: _Sitting, asked: _Asked) -> Iterator[Recall]:
    with terminal.waiting(f"{sitting.arm} reads {len(asked.passages)} passages"):
        yield from sitting.left(NEUTRAL, len(asked.passages)) or sitting.kept(
            sitting.read(asked.passages)
        )
    for benchmark, questions in asked.questions.items():
        with terminal.waiting(f"{sitting.arm} answers {len(questions)} of {benchmark.title}"):
            yield from sitting.left(benchmark.name, len(questions)) or sitting.kept(
                sitting.answer(benchmark, questions)
            )
