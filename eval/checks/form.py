"""What belongs to the machinery and not to the answer: tokens, roles, reasoning, placeholders."""

import re
from collections.abc import Iterator

from eval.checks.flag import Check, Flag, Said

ECHO_WORDS = 8
ECHO_SHARE = 0.3
"""Share of the question's runs of eight words from which the answer repeats the question."""

_LEAKS = (
    (
        "special token",
        re.compile(
            r"<\|\w[\w -]{0,28}\w\|>|<\uff5c[^\uff5c\n]{2,30}\uff5c>|\[/?INST\]|<</?SYS>>|</?s>(?!\w)"
            r"|<(?:bos|eos|pad|unk|mask|start_of_turn|end_of_turn)>"
        ),
    ),
    ("reasoning", re.compile(r"</?(?:think|thinking|reasoning|scratchpad|reflection)>", re.I)),
    (
        "marker of the prompt",
        re.compile(
            r"^[ \t]*(?:#{2,3} ?(?:Response|Instruction|Input|Assistant|Human|User|System)\b:?"
            r"|(?:Assistant|Human|User|System|AI|Question|Answer):(?=[ \n]))",
            re.M,
        ),
    ),
    (
        "placeholder",
        re.compile(
            r"\{\{ ?\w[\w .]* ?\}\}|\[(?:your|insert|add|enter)\b[^\]\n]{0,40}\](?!\()|\bTODO:",
            re.I,
        ),
    ),
)
_FENCE = re.compile(r"^[ \t]*```", re.M)


def form(said: Said) -> Iterator[Flag]:
    asked = "\n".join(said.vouching)
    for name, pattern in _LEAKS:
        for found in pattern.finditer(said.text):
            if found[0].strip() not in asked:
                yield Flag(found.span(), f"{name} “{found[0].strip()}”")
    fences = list(_FENCE.finditer(said.text))
    if len(fences) % 2 and said.stop == "eos":
        yield Flag((fences[-1].start(), len(said.text)), "a code block that is not closed")
    yield from _echo(said)


def _echo(said: Said) -> Iterator[Flag]:
    """A model that repeats the question has learnt the form of the data and not its point."""
    asked = said.item.example.question.casefold().split()
    runs = {" ".join(asked[i : i + ECHO_WORDS]) for i in range(len(asked) - ECHO_WORDS + 1)}
    folded = " ".join(said.text.casefold().split())
    echoed = [run for run in runs if run in folded]
    if runs and len(echoed) >= ECHO_SHARE * len(runs):
        share = len(echoed) / len(runs)
        yield Flag((0, len(said.text)), f"repeats {share:.0%} of the question", share)


FORM = Check(
    "format",
    1,
    "error",
    "Tokens, roles or reasoning of the machinery, an unfilled placeholder, an open code block, "
    "or the question repeated.",
    form,
)
