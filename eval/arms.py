"""The arms of an evaluation, and what each says to the same items."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Literal, Protocol

from data.records import Answer, Drop, Message
from data.settings import EvalSettings
from eval.items import Item

BASE, TUNED = "base", "tuned"
ARMS = (BASE, TUNED)


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


class Student(Protocol):
    """A loaded model; replies come in the order of the prompts."""

    def answer(
        self, prompts: Sequence[tuple[Message, ...]], *, max_new_tokens: int, batch_size: int
    ) -> Iterator[Reply]: ...


def from_run(run: Path) -> Callable[[str], Student]:
    """Opens an arm of a run; torch is loaded by the first one."""

    def open_arm(arm: str) -> Student:
        from train.student import Student as Tuned

        return Tuned.load(run, tuned=arm == TUNED)

    return open_arm


def ask(
    asked: Iterable[tuple[str, Item | Drop]],
    run_name: str,
    open_arm: Callable[[str], Student],
    settings: EvalSettings,
) -> Iterator[Answer | Drop]:
    """One answer for each arm and item, one arm after the other."""
    for arm, group in groupby(asked, key=itemgetter(0)):
        entries = [entry for _, entry in group]
        items = [entry for entry in entries if isinstance(entry, Item)]
        yield from (entry for entry in entries if isinstance(entry, Drop))
        replies = open_arm(arm).answer(
            [item.example.prompt for item in items],
            max_new_tokens=settings.max_new_tokens,
            batch_size=settings.batch_size,
        )
        for item, reply in zip(items, replies, strict=True):
            yield Answer(
                run=run_name,
                arm=arm,
                example=item.id,
                text=reply.text,
                tokens=reply.tokens,
                seconds=round(reply.seconds, 3),
                stop=reply.stop,
            )
