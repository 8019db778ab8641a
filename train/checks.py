"""What must hold of the rows and the tokenizer before a single step is taken.

Each of these mistakes leaves the loss looking healthy and spoils the model. A check that fails
stops the training; one that warns is said and left to the user.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from data.errors import BadInputError
from train.chat import Fitted, Row
from train.curated import Curated
from train.template import Habits

FEW_LEARNT = 0.02
"""Below this share of learnt tokens almost all of the time goes into reading."""
MANY_SHORTENED = 0.1
THINKING = "</think>"
SHOWN = 80
"""Characters of what a template adds."""


class Check(NamedTuple):
    """One thing that was looked at, and what was found."""

    name: str
    state: Literal["pass", "warn", "fail"]
    found: str
    todo: str = ""
    """What to do about it; empty where it passes."""


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
    unknown: int | None = None
    """The token that stands for characters which the tokenizer cannot spell."""
    begins: bool = False
    """The tokenizer begins plain text with `bos`, so the model expects it."""


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


def refuse(found: Sequence[Check]) -> None:
    """Raise with the first check that failed, and the names of the others."""
    failed = [check for check in found if check.state == "fail"]
    if not failed:
        return
    others = ", ".join(check.name for check in failed[1:])
    more = f" Failed too: {others}; `train check` shows them." if others else ""
    raise BadInputError(f"{failed[0].name}: {failed[0].found} {failed[0].todo}{more}")


def refuse_tokenizer(limits: Limits) -> None:
    """Raise if no row could be right with this tokenizer."""
    refuse(list(of_tokenizer(limits)))


def of_tokenizer(limits: Limits) -> Iterator[Check]:
    """What can be said before a row is rendered."""
    yield _verdict(
        "chat template",
        ""
        if limits.template
        else "The model's tokenizer has no chat template, so it cannot tell "
        "a question from an answer.",
        "Choose the instruct or chat variant of the model under [train.model], or set "
        'chat_template = "alpaca" under [train.data].',
    )
    if limits.eos is None:
        yield Check(
            "end token",
            "fail",
            "The model's tokenizer has no end token, so no answer could ever stop.",
            "Choose another model under [train.model].",
        )
    others = ", ".join(f"`{token}`" for token in limits.other_specials)
    yield _verdict(
        "pad token",
        "The model pads with its end token, or with none: whatever masks the padding would mask "
        "the end of the answers."
        if limits.pad is None or limits.pad == limits.eos
        else "",
        "Set pad_token under [train.model] to another special token of its own: "
        f"{others or 'it has none, so choose another model'}.",
        passed="is not the end token",
    )
    yield _verdict(
        "word vectors",
        f"The tokenizer knows {limits.tokens} tokens and the model only {limits.embeddings}: they "
        "do not belong together."
        if limits.tokens > limits.embeddings
        else "",
        "Take tokenizer and weights from one model.",
        passed=f"{limits.embeddings:,} for {limits.tokens:,} tokens",
    )


def of_split(split: Curated) -> Iterator[Check]:
    """What reading the split has made sure of, and ids that stand in it twice."""
    sides = ", ".join(
        f"{mark.path.rpartition('/')[2]} {mark.records}"
        for mark in split.marks
        if mark.path.endswith(".jsonl")
    )
    yield Check("split", "pass", f"certified; no row is held out too ({sides})")
    twice = [each for each, times in Counter(row.id for row in split.rows).items() if times > 1]
    if twice:
        yield Check(
            "rows",
            "warn",
            f"{len(twice)} stand more than once in train.jsonl, the first is {twice[0]}; what is "
            "repeated is learnt harder.",
            "Run `curate dedup` and `curate split` again.",
        )


def of_template(habits: Habits | None) -> Iterator[Check]:
    """What the chat template does of its own accord; training and asking both pass through it."""
    if habits is None:
        yield Check(
            "template's own words",
            "warn",
            "The chat template refuses a plain conversation of two questions, so it could not be "
            "tried out.",
            "Read the rows above for words that are not yours.",
        )
        return
    yield _own_words(habits)
    if not habits.keeps_turns:
        yield Check(
            "turns",
            "warn",
            "The chat template renders an answer otherwise once another question follows.",
            'Leave train_on = "last" under [train.data], and expect later answers of a '
            "conversation to be the weaker ones.",
        )
    else:
        yield Check("turns", "pass", "read the same when the conversation goes on")


def of_fitted(fitted: Fitted, habits: Habits | None) -> Iterator[Check]:
    """What is learnt of the rows in all, and what was left out of them."""
    rows = fitted.rows
    shortened = fitted.dropped or fitted.cut
    if shortened:
        share = shortened / (len(rows) + fitted.dropped)
        how = "left out" if fitted.dropped else "cut"
        yield Check(
            "shortened",
            "warn",
            f"{shortened} over-long rows are {how}, {share:.1%} of all.",
            "Raise max_length under [train.trainer]."
            if share > MANY_SHORTENED
            else "Fine if they matter little; else raise max_length under [train.trainer].",
        )
    share = sum(len(row.learnt) for row in rows) / sum(len(row.input_ids) for row in rows)
    yield Check(
        "learnt share",
        "warn" if share < FEW_LEARNT else "pass",
        f"{share:.0%} of the tokens",
        "Shorten what stands before the answers." if share < FEW_LEARNT else "",
    )
    thinking = sum(THINKING in turn.content for row in rows for turn in row.example.messages)
    if thinking and habits and not habits.keeps_thoughts:
        yield Check(
            "thinking",
            "fail",
            f"The chat template strips <think>…</think>, and {thinking} turns hold it.",
            "Take it out of the examples, or choose a base whose template keeps it.",
        )


def _verdict(name: str, problem: str, todo: str, passed: str = "there") -> Check:
    return Check(name, "fail", problem, todo) if problem else Check(name, "pass", passed)


def _own_words(habits: Habits) -> Check:
    added = []
    if habits.opening:
        added.append(f"opens a conversation without system turn with {_short(habits.opening)}")
    if habits.dated:
        added.append("writes today's date into it")
    if habits.before_answer:
        added.append(f"begins each answer with {_short(habits.before_answer)}, which is learnt")
    if not added:
        return Check("template's own words", "pass", "none")
    return Check(
        "template's own words",
        "warn",
        f"The chat template {', and '.join(added)}.",
        "Ask the tuned model through the same template, as `evaluate run` does; a system turn in "
        "the examples takes the place of its opening.",
    )


def _short(words: str) -> str:
    words = " ".join(words.split())
    return f"“{words if len(words) <= SHOWN else words[:SHOWN] + '…'}”"
