"""From messages to tokens, and which of them are learnt.

Training and answering both pass through here, so that a model is asked as it was taught. Rows
carry their labels: trainers disagree on what to mask when they are left to prepare the data.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import TemplateError

from data.errors import BadInputError
from data.records import Example, Message, content_id

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MASKED = -100
"""The label that the loss skips."""


class Row(NamedTuple):
    """One example as the model sees it."""

    example: Example
    input_ids: list[int]
    labels: list[int]
    prompt: list[int]
    """What the model is given when it is asked; `input_ids` must begin with it."""

    @property
    def learnt(self) -> list[int]:
        return [label for label in self.labels if label != MASKED]


class Span(NamedTuple):
    """Neighbouring tokens that are all learnt, or all masked."""

    learnt: bool
    tokens: list[int]


def render(example: Example, tokenizer: "PreTrainedTokenizerBase") -> Row:
    """Learn the last answer and the end token behind it; all before it is only read.

    What some templates add behind the end token, a newline mostly, is cut: generation stops
    before it.
    """
    prompt = prompt_ids(example.prompt, tokenizer)
    whole = _encode(example.messages, tokenizer, ask=False)
    ends = [place for place, token in enumerate(whole) if token == tokenizer.eos_token_id]
    if ends and ends[-1] >= len(prompt):
        whole = whole[: ends[-1] + 1]
    labels = [MASKED] * len(prompt) + whole[len(prompt) :]
    return Row(example, whole, labels[: len(whole)], prompt)


def prompt_ids(messages: Sequence[Message], tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    """The tokens after which the model is to answer."""
    return _encode(messages, tokenizer, ask=True)


def spans(row: Row) -> list[Span]:
    """The row cut where the mask changes."""
    pairs = zip(row.input_ids, row.labels, strict=True)
    groups = groupby(pairs, key=lambda pair: pair[1] != MASKED)
    return [Span(learnt, [token for token, _ in group]) for learnt, group in groups]


def template_hash(tokenizer: "PreTrainedTokenizerBase") -> str:
    return content_id(str(tokenizer.chat_template))


def _encode(
    messages: Sequence[Message], tokenizer: "PreTrainedTokenizerBase", *, ask: bool
) -> list[int]:
    turns = [{"role": turn.role, "content": turn.content} for turn in messages]
    try:
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=ask)
    except TemplateError as error:
        raise BadInputError(
            f"The chat template of the model refuses {', '.join(m.role for m in messages)}: {error}"
        ) from error
    # The template writes the special tokens itself; a second BOS would be added here.
    ids: list[int] = tokenizer.encode(str(text), add_special_tokens=False)
    return ids
