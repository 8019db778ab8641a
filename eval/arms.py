"""The arms of an evaluation, and what each says to the same items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from data.journal import Journal
from data.records import Answer, Message
from data.scrub import writable
from data.settings import EvalSettings
from eval import scores
from eval.items import Item
from eval.prompts import Prompter

BASE, TUNED = "base", "tuned"
ARMS = (BASE, TUNED)
"""Those that every evaluation has."""
MEANINGS = {
    BASE: "the model before training",
    "system-prompt": "the base with instructions",
    "few-shot": "the base with instructions and examples",
    "retrieval": "the base with instructions and passages looked up for each question",
    TUNED: "the model of this run",
}
"""What each arm of ours is; others are models that the settings name."""


class Reply(Protocol):
    """What a model said to one prompt."""

    @property
    def text(self) -> str: ...
    @property
    def tokens(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def stop(self) -> Literal["eos", "length"]: ...


class Sampling(NamedTuple):
    """How an answer is drawn that is not the likeliest."""

    temperature: float
    seed: int


class Student(Protocol):
    """A loaded model; replies come in the order of the prompts."""

    @property
    def template_hash(self) -> str: ...

    def answer(
        self,
        prompts: Sequence[tuple[Message, ...]],
        *,
        max_new_tokens: int,
        batch_size: int,
        sampling: Sampling | None,
    ) -> Iterator[Reply]: ...


OpenArm = Callable[[str], Student]


def of(settings: EvalSettings, base: str) -> tuple[str, ...]:
    """The arms in the order in which they are asked: those of one model follow one another.

    The base `tiny` starts from random weights: no prompt can help it, and each would take as long.
    """
    prompted = () if base == "tiny" else settings.arms
    return (BASE, *prompted, *settings.models, TUNED)


@dataclass(frozen=True)
class Questioner:
    """Asks all arms the same items, and goes on where a killed evaluation stopped."""

    run: str
    open_arm: OpenArm
    prompter: Prompter
    settings: EvalSettings
    journal: Journal[Answer]

    def ask(self, arm: str, items: Sequence[Item], templates: dict[str, str]) -> Iterator[Answer]:
        """One answer for each item and sample; `templates` learns how the arm writes a chat."""
        known = {(a.arm, a.example, a.sample): a for a in self.journal.known}
        student = self.open_arm(arm)
        templates[arm] = student.template_hash
        for sample in range(self.settings.samples):
            missing = [item for item in items if (arm, item.id, sample) not in known]
            fresh = iter(self._answers(student, arm, missing, sample))
            for item in items:
                told = known.get((arm, item.id, sample))
                yield told or next(fresh)

    def _answers(
        self, student: Student, arm: str, items: Sequence[Item], sample: int
    ) -> Iterator[Answer]:
        prompts = self.prompter.prompts(arm, items)
        replies = student.answer(
            [prompt.messages for prompt in prompts],
            max_new_tokens=self.settings.max_new_tokens,
            batch_size=self.settings.batch_size,
            sampling=self._sampling(sample),
        )
        for item, prompt, reply in zip(items, prompts, replies, strict=True):
            text = writable(reply.text)
            answer = Answer(
                run=self.run,
                arm=arm,
                example=item.id,
                text=text,
                tokens=reply.tokens,
                seconds=round(reply.seconds, 3),
                stop=reply.stop,
                sample=sample,
                shown=prompt.shown,
                scores={} if sample else scores.kept(text, item.expected),
            )
            self.journal.add(answer)
            yield answer

    def _sampling(self, sample: int) -> Sampling | None:
        if not sample:
            return None
        return Sampling(self.settings.temperature, self.settings.seed + sample)
