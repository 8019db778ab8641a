"""Answers that are empty, cut off, or much longer than they should be."""

from collections.abc import Iterator

from eval.checks.flag import Check, Flag, Said

LONGER_TIMES = 1.5
LONGER_WORDS = 40


def empty(said: Said) -> Iterator[Flag]:
    if not said.text.strip():
        yield Flag((0, len(said.text)), "nothing was said")


def truncated(said: Said) -> Iterator[Flag]:
    if said.stop == "length":
        end = len(said.text)
        yield Flag((max(0, end - 20), end), "stopped by the token limit, not by the model")


def too_long(said: Said) -> Iterator[Flag]:
    """Both limits must be passed: a short expected answer may well be said in two sentences."""
    words, wanted = len(said.text.split()), len(said.item.expected.split())
    if words > max(LONGER_TIMES * wanted, wanted + LONGER_WORDS):
        evidence = f"{words} words where {wanted} were expected"
        yield Flag((0, len(said.text)), evidence, words / max(1, wanted))


EMPTY = Check("empty", 1, "error", "The model said nothing.", empty)
TRUNCATED = Check(
    "truncated",
    1,
    "warning",
    "The token limit cut the answer off; raise max_new_tokens, or the model never stops.",
    truncated,
)
TOO_LONG = Check(
    "too-long",
    1,
    "warning",
    f"More than {LONGER_TIMES:g} times, and more than {LONGER_WORDS} words above, "
    "the length of the expected answer.",
    too_long,
)
