"""How near an answer comes to the expected one."""

import unicodedata

from data.records import Answer
from eval import chrf as sequences

CHRF, EXACT = "chrf@1", "exact@1"
"""Names of scores beside an answer; a method that counts otherwise takes the next number."""


def is_exact(answer: str, expected: str) -> bool:
    """Whether both say the same, but for white space, case and punctuation at the end."""
    return normalise(answer) == normalise(expected) != ""


def normalise(text: str) -> str:
    words = unicodedata.normalize("NFC", text).casefold().split()
    return " ".join(words).rstrip(".!?…,;: ")


def chrf(answer: str, expected: str) -> float:
    """chrF2, 0 to 100: shared character sequences."""
    return 100.0 if answer == expected and answer.strip() else sequences.score(answer, expected)


def kept(text: str, expected: str) -> dict[str, float]:
    """What is kept with an answer, so that a report of thousands need not count it again."""
    return {CHRF: chrf(text, expected), EXACT: float(is_exact(text, expected))}


def exact_of(answer: Answer, expected: str) -> bool:
    """As kept with the answer, or compared now where an earlier version kept nothing."""
    known = answer.scores.get(EXACT)
    return is_exact(answer.text, expected) if known is None else known == 1


def chrf_of(answer: Answer, expected: str) -> float:
    """As kept with the answer, or counted now."""
    known = answer.scores.get(CHRF)
    return chrf(answer.text, expected) if known is None else known
