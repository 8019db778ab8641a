"""What is asked: three sets of questions, and what a right answer to each would show."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data import store
from data.errors import BadInputError
from data.records import Drop, Example, Message
from data.settings import EvalSettings


@dataclass(frozen=True)
class QuestionSet:
    """A file of the split, and what answering it right would show."""

    key: str
    file: str
    title: str
    meaning: str


UNSEEN_WORDING = QuestionSet(
    "unseen-wording",
    "probes.jsonl",
    "Unseen wording",
    "Facts it was taught, asked in words withheld from training. A right answer means that it "
    "learnt the fact and not just the sentence. This is the score to watch.",
)
UNSEEN_SOURCE = QuestionSet(
    "unseen-source",
    "dev.jsonl",
    "Unseen source",
    "Facts from sources it was never trained on. Without looking them up it cannot know them, so "
    "a low exact score is expected here and is no failure. Read it for tone, length and invention.",
)
SEEN_WORDING = QuestionSet(
    "seen-wording",
    "train.jsonl",
    "Seen wording",
    "Questions it was trained on, word for word. This checks memory only: a low score means that "
    "training was too short or failed, a high one proves nothing more.",
)
SETS = (UNSEEN_WORDING, UNSEEN_SOURCE, SEEN_WORDING)


@dataclass(frozen=True)
class Item:
    """One example in one question set; every arm is asked the same items."""

    example: Example
    question_set: QuestionSet

    @property
    def id(self) -> str:
        return self.example.id

    @property
    def expected(self) -> str:
        return self.example.preferred or self.example.answer

    @property
    def context(self) -> tuple[Message, ...]:
        """What stands before the question: instructions, earlier turns."""
        return self.example.prompt[:-1]


def load(split: Path, settings: EvalSettings) -> list[Item | Drop]:
    """The items of a split; an example that cannot be asked is a `Drop`."""
    held_out = [
        Item(example, each)
        for each in (UNSEEN_WORDING, UNSEEN_SOURCE)
        for example in _read(split / each.file)
    ]
    if not held_out:
        raise BadInputError(
            f"Neither probes.jsonl nor dev.jsonl in {split} holds an example, so there is nothing "
            "held out to ask; raise `probes` or `dev` under [split], or ingest more sources."
        )
    trained = list(_read(split / SEEN_WORDING.file))
    seen = (Item(example, SEEN_WORDING) for example in _sample(trained, settings))
    return list(_askable([*held_out, *seen]))


def of_file(path: Path, question_set: QuestionSet) -> list[Item | Drop]:
    """The items of one file."""
    return list(_askable(Item(example, question_set) for example in _read(path)))


def _read(path: Path) -> Iterator[Example]:
    return store.read_stage(path, Example, made_by="curate split")


def _sample(examples: list[Example], settings: EvalSettings) -> list[Example]:
    size = min(settings.seen, len(examples))
    chosen = random.Random(settings.seed).sample(range(len(examples)), size)
    return [examples[i] for i in sorted(chosen)]


def _askable(items: Iterable[Item]) -> Iterator[Item | Drop]:
    asked: set[str] = set()
    for item in items:
        if reason := _why_not(item, asked):
            yield Drop(reason, item.example.origin.locator, example=item.example)
            continue
        asked.add(item.id)
        yield item


def _why_not(item: Item, asked: set[str]) -> str:
    if not item.example.question.strip():
        return "no-question"
    if not item.expected.strip():
        return "no-expected-answer"
    return "asked-twice" if item.id in asked else ""
