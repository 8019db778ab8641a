"""What every row must keep, whatever the model: each rule once, over all rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from train.chat import MASKED, Row
from train.checks import Check, Limits
from train.curated import named


class Rule(NamedTuple):
    """Something that every row must keep."""

    name: str
    broken: Callable[[Row, Limits], bool]
    passed: str
    found: str
    todo: str


def check(rows: Sequence[Row], limits: Limits, max_length: int) -> Iterator[Check]:
    """What every row must keep."""
    yield _length(rows, limits, max_length)
    for rule in RULES:
        broken = [row for row in rows if rule.broken(row, limits)]
        if broken:
            found = f"In {named(broken[0].example)}: {rule.found}{_more(broken)}"
            yield Check(rule.name, "fail", found, rule.todo)
        else:
            yield Check(rule.name, "pass", rule.passed)
    yield from _begins(rows, limits)
    yield from _unknown(rows, limits)


def _length(rows: Sequence[Row], limits: Limits, max_length: int) -> Check:
    longest = min(max_length, limits.positions)
    long = [row for row in rows if len(row.input_ids) > longest]
    if not long:
        most = max(len(row.input_ids) for row in rows)
        return Check("length", "pass", f"none; the longest row has {most} of {longest} tokens")
    first = long[0]
    allowed = (
        f"max_length = {max_length}; raise it under [train.trainer]"
        if longest == max_length
        else f"the {longest} tokens that the model can read; choose another model"
    )
    return Check(
        "length",
        "fail",
        f"{named(first.example)} has {len(first.input_ids)} tokens, more than {allowed}, or "
        "shorten or reject it in review.",
        f"Such rows in all: {len(long)}.",
    )


def _begins(rows: Sequence[Row], limits: Limits) -> Iterator[Check]:
    without = [row for row in rows if row.input_ids[:1] != [limits.bos]]
    if limits.begins and without:
        yield Check(
            "begin token",
            "warn",
            "The tokenizer begins plain text with a begin token and the chat template does not"
            f"{_more(without)}; the model may have been made to expect it.",
            "Look for `bos_token` in the template that came with the model.",
        )


def _unknown(rows: Sequence[Row], limits: Limits) -> Iterator[Check]:
    strange = [row for row in rows if limits.unknown in row.input_ids]
    if limits.unknown is not None and strange:
        yield Check(
            "characters",
            "warn",
            f"In {named(strange[0].example)}: the tokenizer cannot spell some character, and the "
            f"model reads a blank for it{_more(strange)}.",
            "Replace it in review, or choose a base whose tokenizer knows the language.",
        )


def _more(rows: Sequence[Row]) -> str:
    return f" ({len(rows)} such rows)" if len(rows) > 1 else ""


def _starts_otherwise(row: Row, _: Limits) -> bool:
    return row.input_ids[: len(row.prompt)] != row.prompt


def _begins_twice(row: Row, limits: Limits) -> bool:
    return row.input_ids[:2] == [limits.bos, limits.bos]


def _ends(row: Row, limits: Limits) -> int:
    return row.learnt.count(limits.eos) if limits.eos is not None else 0


def _never_ends(row: Row, limits: Limits) -> bool:
    return _ends(row, limits) < row.answers and not row.cut


def _ends_inside(row: Row, limits: Limits) -> bool:
    return _ends(row, limits) > row.answers


def _learns_nothing(row: Row, _: Limits) -> bool:
    return (row.labels[-1] == MASKED or len(row.learnt) <= 1) and not row.cut


def _lost(role: str) -> Callable[[Row, Limits], bool]:
    return lambda row, _: bool(row.lost) and (row.lost == "assistant") == (role == "assistant")


RULES = (
    Rule(
        "round trip",
        _starts_otherwise,
        "every row begins as its question is asked",
        "the tokens of question and answer do not begin with those of the question alone, so the "
        "model would be asked otherwise than it was taught.",
        "Its chat template cannot be used; choose another model.",
    ),
    Rule(
        "one begin token",
        _begins_twice,
        "none begins twice",
        "it begins with two begin tokens; the chat template and the tokenizer both add one.",
        "Take one of them out of the model's chat template.",
    ),
    Rule(
        "end token",
        _never_ends,
        "learnt behind every answer",
        "no end token in what is learnt: the model would never stop.",
        "The chat template closes an answer with something else than the tokenizer's end token: "
        "set eos_token in its tokenizer_config.json to what the template writes.",
    ),
    Rule(
        "one end token",
        _ends_inside,
        "once behind every answer",
        "the end token stands inside the answer as well.",
        "Remove it from the text in review.",
    ),
    Rule(
        "room for answers",
        lambda row, _: row.cut and not row.learnt,
        "every prompt leaves some",
        "its prompt alone fills max_length.",
        "Raise it under [train.trainer].",
    ),
    Rule(
        "answers",
        _learns_nothing,
        "none is empty",
        "no token of the answer is learnt; it is empty.",
        "Reject it in review.",
    ),
    Rule(
        "whole answers",
        _lost("assistant"),
        "learnt as they stand",
        "the chat template leaves out part of the answer, such as what was thought aloud.",
        "Take that part out in review, or choose a base whose template keeps it.",
    ),
    Rule(
        "whole questions",
        _lost("user"),
        "read as they stand",
        "the chat template leaves out a system or user turn, in part or whole.",
        "Put its words into the question, or choose a base whose template reads such turns.",
    ),
)
