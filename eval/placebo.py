"""A placebo for tickets: rows about facts drawn by lot, and what they gain.

Between two runs answers become better for many reasons: training differs a little each time, wrong
answers are right next time by chance, and any rows may help. What rows that aim at nothing gain on
answers that were as often wrong is what a ticket must beat.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from data.records import Ticket
from eval import statistics
from eval.arms import TUNED
from eval.comparison import Result
from eval.statistics import Interval

FEWEST = 5
"""Facts; fewer say nothing about others."""


@dataclass(frozen=True)
class Flip:
    """A probe as the earlier run answered it, and as the later one does."""

    family: str
    before: bool
    after: bool


@dataclass(frozen=True)
class Gain:
    """Difference of shares of right answers, with its 95 % interval."""

    mean: float
    interval: Interval


def draw(results: Sequence[Result], tickets: Sequence[Ticket], facts: int, seed: int) -> list[str]:
    """By lot so many families that were answered wrong too and that no ticket is about.

    No fewer than `FEWEST`; empty where too few are left. `results` are those of facts that can be written about.
    """
    told_by = {probe for each in tickets for probe in each.withheld}
    asked = {each.item.example.family for each in results if each.item.id in told_by}
    wrong = {each.item.example.family for each in results if not each.grades[TUNED].exact}
    free = sorted(wrong - asked)
    if not tickets or len(free) < FEWEST:
        return []
    wanted = min(max(facts, FEWEST), len(free))
    return sorted(random.Random(seed).sample(free, wanted))


def gain_at(wrong_before: float, flips: Sequence[Flip], seed: int) -> Gain | None:
    """What these would have gained, had this share of them been wrong before.

    Of those that were wrong some are fixed, of those that were right some are broken, and each
    kind is weighed as the share wants it. None where none was wrong: nothing could be gained.
    """
    wrong = sum(not each.before for each in flips)
    if not wrong or len({each.family for each in flips}) < 2:
        return None
    right = len(flips) - wrong
    values = [
        (1 - wrong_before) * len(flips) / right * (each.after - 1)
        if each.before
        else wrong_before * len(flips) / wrong * each.after
        for each in flips
    ]
    around = statistics.paired(values, [each.family for each in flips], seed=seed)
    return Gain(sum(values) / len(values), around) if around else None


def beyond(ticket: Gain, placebo: Gain) -> Interval:
    """The 95 % interval of what a ticket gained beyond its placebo; the facts of both differ."""
    return statistics.gap(ticket.mean, ticket.interval, placebo.mean, placebo.interval)
