"""How near an answer comes to the expected one."""

import unicodedata

from eval import chrf as sequences


def is_exact(answer: str, expected: str) -> bool:
    """Whether both say the same, but for white space, case and punctuation at the end."""
    return normalise(answer) == normalise(expected) != ""


def normalise(text: str) -> str:
    words = unicodedata.normalize("NFC", text).casefold().split()
    return " ".join(words).rstrip(".!?…,;: ")


def chrf(answer: str, expected: str) -> float:
    """chrF2, 0 to 100: shared character sequences."""
    return 100.0 if answer == expected and answer.strip() else sequences.score(answer, expected)
