"""The tuned model, or its base, as evaluation asks it.

Importing this module loads nothing heavy; `Student.load` does.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from data.records import Message
from train import chat, decoding, environment, runs
from train.decoding import Sampling, Speaks

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

WINDOW = 8
"""Batches that are sorted by length together: less padding, and replies still come steadily."""


class Reply(NamedTuple):
    """What the model said to one prompt."""

    text: str
    tokens: int
    """Without the end token."""
    seconds: float
    """Its share of the time that its batch took."""
    stop: Literal["eos", "length"]


@dataclass(frozen=True)
class Student:
    """One loaded model, on the GPU where there is one, there in the precision it is stored in.

    Unless told otherwise it answers greedily: equal prompts, equal replies.
    """

    model: Speaks
    tokenizer: "PreTrainedTokenizerBase"
    template_hash: str
    positions: int
    """Tokens that prompt and reply may have together."""

    @classmethod
    def load(cls, run: Path, *, tuned: bool) -> "Student":
        """The base of a run, with its adapter or without."""
        runs.read_answering(run)
        environment.quiet()
        environment.lean()
        from train import backends, bases

        folder = bases.of_run(run)
        tokenizer = bases.read_tokenizer(bases.spoken(run))
        kind = bases.quick_dtype(folder)
        model = bases.read_tuned(run, folder, kind) if tuned else bases.read_weights(folder, kind)
        return cls.of(backends.placed(model), tokenizer)

    @classmethod
    def of(cls, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> "Student":
        positions = model.config.get_text_config().max_position_embeddings
        return cls(model, tokenizer, chat.template_hash(tokenizer), positions)

    @classmethod
    def open(cls, model: str, root: Path) -> "Student":
        """Any model with a chat template: a folder, or a name of the hub."""
        environment.quiet()
        environment.lean()
        from train import backends, bases

        folder = bases.located(model, root)
        weights = bases.read_weights(folder, bases.quick_dtype(folder))
        return cls.of(backends.placed(weights), bases.read_tokenizer(folder))

    def answer(
        self,
        prompts: Sequence[tuple[Message, ...]],
        *,
        max_new_tokens: int,
        batch_size: int,
        sampling: Sampling | None = None,
    ) -> Iterator[Reply]:
        """One reply a prompt, in the order of the prompts."""
        asked = [chat.prompt_ids(prompt, self.tokenizer) for prompt in prompts]
        for start in range(0, len(asked), WINDOW * batch_size):
            window = asked[start : start + WINDOW * batch_size]
            by_length = sorted(range(len(window)), key=lambda place: len(window[place]))
            replies: dict[int, Reply] = {}
            for first in range(0, len(window), batch_size):
                places = by_length[first : first + batch_size]
                batch = [window[place] for place in places]
                replies |= zip(
                    places, self._answer_batch(batch, max_new_tokens, sampling), strict=True
                )
            yield from (replies[place] for place in range(len(window)))

    def _answer_batch(
        self, batch: list[list[int]], max_new_tokens: int, sampling: Sampling | None
    ) -> Iterator[Reply]:
        started = time.monotonic()
        pad, eos = self.tokenizer.pad_token_id, self.tokenizer.eos_token_id
        said = decoding.replies(
            self.model, batch, decoding.Limits(pad, eos, max_new_tokens), sampling
        )
        seconds = (time.monotonic() - started) / len(batch)
        for ids in said:
            yield self._reply(ids, seconds)

    def _reply(self, ids: list[int], seconds: float) -> Reply:
        stopped = self.tokenizer.eos_token_id in ids
        spoken = ids[: ids.index(self.tokenizer.eos_token_id)] if stopped else ids
        text = self.tokenizer.decode(spoken, skip_special_tokens=True)
        return Reply(str(text), len(spoken), seconds, "eos" if stopped else "length")
