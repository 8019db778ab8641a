"""Refusing to answer, and answering what cannot be known: two errors that pull apart.

Three outcomes, not two: what only hedges is undetermined and counts for neither.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from eval.checks.flag import Check, Flag, Said

Stance = Literal["refused", "answered", "undetermined"]
STANCES: tuple[Stance, ...] = ("answered", "refused", "undetermined")
OPENING = 200
"""Characters in which an answer says that it is none."""
SHORT = 60
"""Words up to which an answer that begins like a refusal is nothing else."""

_REFUSAL = re.compile(
    r"\bI(?:'m| am)? (?:really |just |currently )?(?:do not|don't|did not|didn't|cannot|can't|could not|couldn't"
    r"|am not|not|unable|afraid|won't|will not)(?: be)?(?: able)?(?: to)?"
    r" ?(?:know|sure|certain|have|find|answer|help|assist|provide|determine|aware|say|tell|confirm|I\b)"
    r"|\b(?:am|I'm) unable to\b|\bno (?:information|answer|details?) (?:is |are )?(?:about|on|available|given|for)"
    r"|\b(?:is|are|was)(?: not|n't) (?:mentioned|stated|specified|provided|covered|documented|given|known|available in)"
    r"|\b(?:sources?|documents?|context|text|documentation) (?:does not|do not|doesn't|don't) (?:say|mention|state|cover|tell|contain)"
    r"|\bbeyond my knowledge\b|\bas an AI\b|\bnot enough (?:information|context)\b"
    r"|\b(?:das )?wei(?:ß|ss) ich(?: leider)? nicht\b|\bich (?:weiß|kann|habe)(?: das| dazu)?(?: leider)? (?:nicht|keine)\b|\bkeine (?:Angaben?|Informationen?)\b"
    r"|\bje ne (?:sais|peux|suis|dispose)\b|\bpas d'informations?\b"
    r"|\bno (?:lo )?(?:sé|puedo|tengo|dispongo)\b|\bno hay información\b",
    re.IGNORECASE,
)


def stance(text: str) -> Stance:
    """Whether a text gives an answer; long ones that begin with a caveat are undetermined."""
    plain = text.replace("\u2019", "'")
    found = _REFUSAL.search(plain)
    if found is None:
        return "answered" if plain.strip() else "undetermined"
    if found.start() < OPENING and len(plain.split()) <= SHORT:
        return "refused"
    return "undetermined"


def table(pairs: Iterable[tuple[str, str]]) -> Counter[tuple[Stance, Stance]]:
    """Counts by what was expected and what was said, both as a stance."""
    return Counter((stance(expected), stance(said)) for expected, said in pairs)


def over_refusal(said: Said) -> Iterator[Flag]:
    found = _REFUSAL.search(said.text.replace("\u2019", "'"))
    if found and stance(said.text) == "refused" and stance(said.item.expected) == "answered":
        yield Flag(found.span(), "refuses what the expected answer knows")


def false_confidence(said: Said) -> Iterator[Flag]:
    if stance(said.item.expected) == "refused" and stance(said.text) == "answered":
        yield Flag((0, len(said.text)), "answers what the expected answer declines to")


OVER_REFUSAL = Check(
    "over-refusal", 1, "error", "Declines to answer what has an answer.", over_refusal
)
FALSE_CONFIDENCE = Check(
    "false-confidence",
    1,
    "error",
    "Answers what has no answer in the sources; the expected answer says so.",
    false_confidence,
)
