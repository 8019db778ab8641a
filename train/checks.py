"""What must hold of the rows and the tokenizer before a single step is taken.

Each of these mistakes leaves the loss looking healthy and spoils the model, so each is an error.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from data.errors import BadInputError
from train.chat import MASKED, Row
from train.curated import named


class Limits(NamedTuple):
    """The facts about a tokenizer and its model that rows are checked against."""

    bos: int | None
    eos: int | None
    pad: int | None
    tokens: int
    """How many the tokenizer knows."""
    embeddings: int
    """How many the model has a vector for."""
    positions: int
    """The longest row that the model can read."""
    template: bool
    other_specials: tuple[str, ...] = ()
    """Special tokens that could serve for padding."""


class Counts(NamedTuple):
    """What `train check` prints."""

    rows: int
    tokens: int
    learnt: int
    longest: Row
    over_long: int


def count(rows: Sequence[Row], max_length: int) -> Counts:
    return Counts(
        rows=len(rows),
        tokens=sum(len(row.input_ids) for row in rows),
        learnt=sum(len(row.learnt) for row in rows),
        longest=max(rows, key=lambda row: len(row.input_ids)),
        over_long=sum(len(row.input_ids) > max_length for row in rows),
    )


def refuse_tokenizer(limits: Limits, *, talks: bool = True) -> None:
    """Raise if no row could be right with this tokenizer; one that `talks` needs a template."""
    for problem in _tokenizer_problems(limits._replace(template=limits.template or not talks)):
        raise BadInputError(problem)


def refuse_rows(rows: Sequence[Row], limits: Limits, max_length: int) -> None:
    """Raise on the first row that would teach something wrong, or nothing."""
    for problem in _over_long(rows, limits, max_length):
        raise BadInputError(problem)
    for row in rows:
        for problem in _row_problems(row, limits):
            raise BadInputError(f"In {named(row.example)}: {problem}")


def _tokenizer_problems(limits: Limits) -> Iterator[str]:
    if not limits.template:
        yield (
            "The model's tokenizer has no chat template, so it cannot tell a question from an "
            "answer; choose the instruct or chat variant of the model under [train.model], or set "
            'chat_template = "alpaca" under [train.data].'
        )
    if limits.eos is None:
        yield "The model's tokenizer has no end token, so no answer could ever stop."
    if limits.pad is None or limits.pad == limits.eos:
        others = ", ".join(f"`{token}`" for token in limits.other_specials)
        yield (
            "The model pads with its end token, or with none: whatever masks the padding would "
            "mask the end of the answers. Set pad_token under [train.model] to another special token "
            f"of its own: {others or 'it has none, so choose another model'}."
        )
    if limits.tokens > limits.embeddings:
        yield (
            f"The tokenizer knows {limits.tokens} tokens and the model only {limits.embeddings}: "
            "they do not belong together."
        )


def _over_long(rows: Sequence[Row], limits: Limits, max_length: int) -> Iterator[str]:
    longest = min(max_length, limits.positions)
    long = [row for row in rows if len(row.input_ids) > longest]
    if not long:
        return
    first = long[0]
    allowed = (
        f"max_length = {max_length}; raise it under [train.trainer]"
        if longest == max_length
        else f"the {longest} tokens that the model can read; choose another model"
    )
    yield (
        f"Over-long: {named(first.example)} has {len(first.input_ids)} tokens, more than "
        f"{allowed}, or shorten or reject it in review. Such rows in all: {len(long)}."
    )


def _row_problems(row: Row, limits: Limits) -> Iterator[str]:
    if row.input_ids[: len(row.prompt)] != row.prompt:
        yield (
            "the tokens of question and answer do not begin with those of the question alone, "
            "so the model would be asked otherwise than it was taught; its chat template "
            "cannot be used."
        )
    if row.input_ids[:2] == [limits.bos, limits.bos]:
        yield "it begins with two begin tokens; the chat template and the tokenizer both add one."
    ends = row.learnt.count(limits.eos) if limits.eos is not None else 0
    if ends < row.answers and not row.cut:
        yield (
            "no end token in what is learnt: the model would never stop. The chat template "
            "closes an answer with something else than the tokenizer's end token."
        )
    if ends > row.answers:
        yield "the end token stands inside the answer as well; remove it from the text in review."
    if row.cut and not row.learnt:
        yield "its prompt alone fills max_length; raise it under [train.trainer]."
    elif (row.labels[-1] == MASKED and not row.cut) or len(row.learnt) <= 1:
        yield "no token of the answer is learnt; it is empty. Reject it in review."
