"""What each arm is shown: the question alone, or with instructions, examples or passages before it.

A tuned model is worth its training only if the base cannot do as well with what a prompt can
hold. So the same items are asked in each of these ways.
"""

import random
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data import embed
from data.embed import Vectors
from data.records import Example, Message, Passage
from data.settings import EvalSettings
from eval.checks.grounding import Rarity, telling_words
from eval.checks.known import text_of
from eval.items import Item

SYSTEM_PROMPT, FEW_SHOT, RETRIEVAL = "system-prompt", "few-shot", "retrieval"
PASSAGE_CHARACTERS = 1_200
"""Of one passage that are shown."""


class Prompt(NamedTuple):
    """What an arm is asked, and the ids of what stands before the question."""

    messages: tuple[Message, ...]
    shown: tuple[str, ...] = ()


class Index:
    """Passages by their nearness to a question: in meaning, or by telling words without a model."""

    def __init__(self, passages: Sequence[Passage], embedder: str, cache: Path) -> None:
        self._passages = passages
        self._texts = [text_of(passage) for passage in passages]
        self._embedder = embedder
        self._cache = cache

    def nearest(self, questions: Sequence[str], count: int) -> list[list[Passage]]:
        """For each question the passages that are nearest to it, the nearest first."""
        by_words = self._embedder == "none" or not embed.available()
        scores = self._by_words(questions) if by_words else self._by_meaning(questions)
        return [[self._passages[place] for place in _largest(row, count)] for row in scores]

    def _by_meaning(self, questions: Sequence[str]) -> Vectors:
        texts = [*self._texts, *questions]
        vectors = embed.embed(texts, self._embedder, self._cache)
        return vectors[len(self._texts) :] @ vectors[: len(self._texts)].T

    def _by_words(self, questions: Sequence[str]) -> Vectors:
        rarity = Rarity(self._texts)
        words = [telling_words(text) for text in self._texts]
        rows = [
            [sum(map(rarity.of, telling_words(question) & each)) for each in words]
            for question in questions
        ]
        return np.asarray(rows, dtype=np.float32)


def _largest(scores: Vectors, count: int) -> list[int]:
    return [int(place) for place in np.argsort(-scores, kind="stable")[:count]]


class Prompter:
    """Writes the prompt of each arm."""

    def __init__(self, settings: EvalSettings, rows: Sequence[Example], index: Index) -> None:
        self._settings = settings
        self._rows = rows
        self._index = index

    def prompts(self, arm: str, items: Sequence[Item]) -> list[Prompt]:
        """Models that are asked as they are, tuned ones too, see each item's own prompt."""
        if arm == RETRIEVAL:
            questions = [item.example.question for item in items]
            found = self._index.nearest(questions, self._settings.retrieved)
            return [self._with_passages(*pair) for pair in zip(items, found, strict=True)]
        ways = {SYSTEM_PROMPT: self._instructed, FEW_SHOT: self._with_examples}
        return [ways.get(arm, _alone)(item) for item in items]

    def _instructed(self, item: Item) -> Prompt:
        return Prompt(self._under_instructions(item.example.prompt))

    def _with_examples(self, item: Item) -> Prompt:
        shots = self._shots(item)
        told = tuple(turn for row in shots for turn in (_ask(row.question), _tell(row.answer)))
        return Prompt(
            self._under_instructions((*told, *item.example.prompt)), tuple(r.id for r in shots)
        )

    def _with_passages(self, item: Item, found: Sequence[Passage]) -> Prompt:
        texts = [text_of(passage)[:PASSAGE_CHARACTERS] for passage in found]
        sources = "\n\n".join(f"[{n}] {text}" for n, text in enumerate(texts, start=1))
        question = f"Passages:\n\n{sources}\n\nQuestion: {item.example.question}"
        asked = (*item.example.prompt[:-1], _ask(question))
        return Prompt(self._under_instructions(asked), tuple(passage.id for passage in found))

    def _under_instructions(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """Chats that bring instructions along keep them: two system messages few templates take."""
        own = [message.content for message in messages if message.role == "system"]
        rest = tuple(message for message in messages if message.role != "system")
        return (Message("system", "\n\n".join((self._settings.system_prompt, *own))), *rest)

    def _shots(self, item: Item) -> list[Example]:
        """The same for all items, but for those about the item's own fact."""
        others = [row for row in self._drawn if row.family != item.example.family]
        return others[: self._settings.shots]

    @cached_property
    def _drawn(self) -> list[Example]:
        """Training rows in an order that is drawn once, one of each family."""
        asked = [row for row in self._rows if row.question.strip() and row.answer.strip()]
        shuffled = random.Random(self._settings.seed).sample(asked, len(asked))
        return list({row.family: row for row in reversed(shuffled)}.values())[::-1]


def _alone(item: Item) -> Prompt:
    return Prompt(item.example.prompt)


def _ask(text: str) -> Message:
    return Message("user", text)


def _tell(text: str) -> Message:
    return Message("assistant", text)
