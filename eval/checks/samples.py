"""Facts that a model tells once and not again: what it made up differs each time it is asked.

SelfCheckGPT's idea (Manakul, Liusie and Gales, EMNLP 2023), by hard facts instead of a second
model. It needs no source, but several samples; an error that is told each time passes.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from data.records import Answer
from eval.checks import facts
from eval.checks.facts import Fact, Support

METHOD = "unsettled@1"
MEANING = "A hard fact that most other samples of the same model do not tell: probably made up."
MIN_OTHERS = 3
MISSING = 0.6
"""Share of the other samples without a fact from which it is flagged."""


class Unsettled(NamedTuple):
    answer: Answer
    fact: Fact
    score: float
    """Share of the other samples that do not tell it."""


def find(answers: Iterable[Answer]) -> Iterator[Unsettled]:
    """Facts of the first sample of each arm and item, held against its other samples."""
    samples: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        samples.setdefault((answer.arm, answer.example), []).append(answer)
    for first, *others in samples.values():
        if len(others) >= MIN_OTHERS:
            yield from _unsettled(first, others)


def _unsettled(first: Answer, others: Sequence[Answer]) -> Iterator[Unsettled]:
    supports = [Support((other.text,)) for other in others]
    for fact in facts.find(first.text, names=False):
        missing = sum(not support.holds(fact) for support in supports) / len(supports)
        if missing > MISSING:
            yield Unsettled(first, fact, round(missing, 3))
