"""Coding of errors by people: which answers to read first."""

import random
from collections.abc import Sequence

from eval.comparison import Result

BROKEN, WRONG, RIGHT = 20, 60, 20
"""How many of each to read. Right ones are read too, to find what the score calls right wrongly."""


def sample(results: Sequence[Result], seed: int) -> list[int]:
    """Numbers of the answers to read first, the same for the same seed."""
    places = random.Random(seed).sample(range(len(results)), len(results))
    chosen: list[int] = []
    for wanted, outcomes in (
        (BROKEN, {"broken"}),
        (WRONG, {"both-wrong"}),
        (RIGHT, {"fixed", "both-right"}),
    ):
        chosen += [place for place in places if results[place].outcome in outcomes][:wanted]
    return sorted(chosen)
