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
    answers: int = 1
    """How many turns are learnt, each with its end token."""
    cut: bool = False
    """It was too long and has lost its end."""
    wanted: bool = True
    """False for an answer that is to be avoided."""
    lost: str = ""
    """The role of a turn whose words the chat template left out, in part or whole."""

    @property
    def learnt(self) -> list[int]:
        return [label for label in self.labels if label != MASKED]


class Fitted(NamedTuple):
    """Rows that are short enough, and how many had to be left out or cut."""

    rows: list[Row]
    dropped: int = 0
    cut: int = 0


class Span(NamedTuple):
    """Neighbouring tokens that are all learnt, or all masked."""

    learnt: bool
    tokens: list[int]


def render(
    example: Example, tokenizer: "PreTrainedTokenizerBase", *, every_turn: bool = False
) -> Row:
    """Learn the last answer, or every one, and the end token behind it; the rest is only read.

    What some templates add behind the end token, a newline mostly, is not learnt, and cut at the
    end of the row: generation stops before it.
    """
    said = text(example.messages, tokenizer, ask=False)
    whole = _encode(said, tokenizer)
    labels = [MASKED] * len(whole)
    last = len(example.messages) - 1
    spoken = [
        place
        for place, message in enumerate(example.messages)
        if message.role == "assistant" and (every_turn or place == last)
    ]
    prompt: list[int] = []
    end = len(whole)
    for place in spoken:
        prompt = prompt_ids(example.messages[:place], tokenizer)
        if place != last and whole[: len(prompt)] != prompt:
            raise BadInputError(
                "The chat template renders an earlier turn otherwise once a later one follows, so "
                'earlier answers cannot be learnt; set train_on = "last" under [train.data].'
            )
        end = _end(whole, len(prompt), tokenizer.eos_token_id, to_last=place == last)
        labels[len(prompt) : end] = whole[len(prompt) : end]
    lost = _lost(example.messages, said, spoken)
    return Row(example, whole[:end], labels[:end], prompt, answers=len(spoken), lost=lost)


def answered(messages: Sequence[Message], tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    """The tokens of a chat up to the end token of its last answer."""
    whole = _encode(text(messages, tokenizer, ask=False), tokenizer)
    return whole[: _end(whole, 0, tokenizer.eos_token_id, to_last=True)]


def fit(rows: Sequence[Row], max_length: int, over_long: str) -> Fitted:
    """Rows of at most `max_length` tokens; `over_long` is what becomes of others.

    `error` leaves them, for the checks to name.
    """
    # Both answers of a preference go if one of them is too long: half a pair teaches nothing.
    long = {row.example.id for row in rows if len(row.input_ids) > max_length}
    if over_long == "drop":
        return Fitted([row for row in rows if row.example.id not in long], dropped=len(long))
    if over_long == "truncate":
        return Fitted([_cut(row, max_length) for row in rows], cut=len(long))
    return Fitted(list(rows))


def prompt_ids(messages: Sequence[Message], tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    """The tokens after which the model is to answer."""
    return _encode(text(messages, tokenizer, ask=True), tokenizer)


def text(messages: Sequence[Message], tokenizer: "PreTrainedTokenizerBase", *, ask: bool) -> str:
    """What the chat template makes of the messages; `ask` opens the turn of the assistant."""
    if tokenizer.chat_template is None:
        raise BadInputError(
            "The model has no chat template, so it cannot be asked anything; train it to answer "
            'first, with chat_template = "alpaca" under [train.data] or on an instruct model.'
        )
    turns = [{"role": turn.role, "content": turn.content} for turn in messages]
    try:
        said = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=ask)
    except TemplateError as error:
        raise BadInputError(
            f"The chat template of the model refuses {', '.join(m.role for m in messages)}: {error}"
        ) from error
    return str(said)


def spans(row: Row) -> list[Span]:
    """The row cut where the mask changes."""
    pairs = zip(row.input_ids, row.labels, strict=True)
    groups = groupby(pairs, key=lambda pair: pair[1] != MASKED)
    return [Span(learnt, [token for token, _ in group]) for learnt, group in groups]


def template_hash(tokenizer: "PreTrainedTokenizerBase") -> str:
    return content_id(str(tokenizer.chat_template))


def _end(whole: list[int], start: int, eos: int | None, *, to_last: bool) -> int:
    """The place behind the end token that closes the answer which begins at `start`."""
    ends = [place for place in range(start, len(whole)) if whole[place] == eos]
    if not ends:
        return len(whole)
    return 1 + (ends[-1] if to_last else ends[0])


def _cut(row: Row, max_length: int) -> Row:
    if len(row.input_ids) <= max_length:
        return row
    kept = row._replace(input_ids=row.input_ids[:max_length], labels=row.labels[:max_length])
    return kept._replace(cut=True)


def _lost(messages: Sequence[Message], said: str, learnt: Sequence[int]) -> str:
    """The role of the first turn that should have been read or learnt, and was left out.

    Earlier answers that are not learnt may lose their thinking: they do so when it is asked, too.
    """
    for place, message in enumerate(messages):
        matters = place in learnt or message.role != "assistant"
        if matters and message.content.strip() not in said:
            return message.role
    return ""


def _encode(said: str, tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    # The template writes the special tokens itself; a second BOS would be added here.
    ids: list[int] = tokenizer.encode(said, add_special_tokens=False)
    return ids
