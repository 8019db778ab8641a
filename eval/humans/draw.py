"""Which answers people are asked to compare next.

Items are drawn at random, so that what is found holds for all of them; which two contestants meet is
chosen where a comparison tells most, which biases nothing: those who are close, and those who met
seldom. The rule is that of Chiang et al., Chatbot Arena (2024), arXiv 2403.04132, section 5.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import sqrt

import msgspec

from data.records import content_id
from eval import bradley_terry
from eval.humans import votes
from eval.humans.arena import Arena
from eval.humans.votes import Comparison, Vote
from eval.statistics import Numbers

Pair = tuple[int, int]


def draw(
    arena: Arena,
    known: Sequence[Comparison],
    said: Mapping[str, Sequence[Vote]],
    number: int,
    seed: int,
) -> list[Comparison]:
    """All comparisons, with so many new ones that have to be asked about.

    One that was asked for other contestants with the same answers costs nothing and is drawn too.
    """
    drawn = {each.id: each for each in known}
    chances = bradley_terry.chances(
        list(votes.meetings(arena, known, said)), len(arena.contestants)
    )
    times = _times(arena, known)
    left = {pair: _undrawn(arena, pair, known, seed) for pair in arena.pairs}
    wanted = len(drawn) + number
    while len(drawn) < wanted and left:
        pair = max(left, key=lambda pair: _gain(chances, times, pair))
        shown = next(left[pair], None)
        if shown is None:
            del left[pair]
            continue
        shown = drawn.get(shown.id, shown)
        drawn[shown.id] = msgspec.structs.replace(shown, pairs=(*shown.pairs, arena.named(*pair)))
        times[pair] += 1
    return list(drawn.values())


def _times(arena: Arena, known: Iterable[Comparison]) -> Counter[Pair]:
    """How often two contestants were drawn to meet, on answers that both still give."""
    named = Counter(pair for each in votes.standing(arena, known) for pair in each.pairs)
    return Counter({pair: named[arena.named(*pair)] for pair in arena.pairs})


def _undrawn(
    arena: Arena, pair: Pair, known: Iterable[Comparison], seed: int
) -> Iterator[Comparison]:
    """What these two have not met on yet, of items on which they differ, in random order."""
    one, other = (arena.contestants[each].ids for each in pair)
    met = {each.id for each in known if arena.named(*pair) in each.pairs}
    for item in sorted(arena.items, key=lambda item: content_id("draw", str(seed), item.id)):
        if one[item.id] == other[item.id]:
            continue
        shown = votes.compare(item.id, (one[item.id], other[item.id]), seed)
        if shown.id not in met:
            yield shown


def _gain(chances: Numbers, times: Counter[Pair], pair: Pair) -> float:
    """By how much one more comparison narrows what is known of two; one more than there were."""
    chance, met = float(chances[pair]), times[pair] + 1
    return sqrt(chance * (1 - chance)) * (1 / sqrt(met) - 1 / sqrt(met + 1))
