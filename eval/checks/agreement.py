"""Answers that should be one: to several wordings of a question, or to one asked several times.

Two answers agree if they are the same after folding, or share most of their words and no hard
fact sets them apart. Similarity alone would not do: it sees neither numbers nor codes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from data.records import Answer
from eval import scores
from eval.checks import facts
from eval.checks.facts import Support
from eval.items import Item

METHOD = "inconsistency@1"
MEANING = (
    "Several wordings of one question, or one asked several times, got answers that differ: no "
    "three in five agree, or one names another amount, date, link or code."
)
MIN_GROUP = 3
MAJORITY = 0.6
SAME_WORDS = 0.5
"""Share of words in common from which two answers without differing facts agree."""
_WORD = re.compile(r"\w+")

Agree = Callable[[str, str], bool]


class Disagreement(NamedTuple):
    """An answer that is not what most of its group say."""

    answer: Answer
    instead: str
    """What most say."""
    score: float
    """1 less the sum of the squared shares of the clusters."""
    agreeing: int
    asked: int


def agree(one: str, other: str) -> bool:
    if scores.normalise(one) == scores.normalise(other):
        return True
    ours, theirs = _words(one), _words(other)
    alike = len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
    return alike >= SAME_WORDS and not contradict(one, other)


def contradict(one: str, other: str) -> bool:
    """Each names a hard fact that the other does not have."""
    return _tells_more(one, other) and _tells_more(other, one)


def find(items: Sequence[Item], answers: Iterable[Answer]) -> Iterator[Disagreement]:
    """Answers that stand apart, arm by arm."""
    of = {item.id: item for item in items}
    groups: dict[tuple[str, str, str], list[Answer]] = {}
    for answer in answers:
        item = of[answer.example]
        key = (answer.arm, item.example.family, scores.normalise(item.expected))
        groups.setdefault(key, []).append(answer)
    for group in groups.values():
        if len(group) >= MIN_GROUP:
            yield from _apart(group)


def _apart(group: Sequence[Answer]) -> Iterator[Disagreement]:
    clusters = clustered([answer.text for answer in group], agree)
    largest = max(clusters, key=len)
    score = 1 - sum(len(each) ** 2 for each in clusters) / len(group) ** 2
    most = group[largest[0]].text
    scattered = len(largest) < MAJORITY * len(group)
    for cluster in clusters:
        for place in cluster:
            answer = group[place]
            if cluster is not largest and (scattered or contradict(answer.text, most)):
                yield Disagreement(answer, most, round(score, 3), len(largest), len(group))


def clustered(texts: Sequence[str], same: Agree) -> list[list[int]]:
    """Places of texts that agree with the first of their cluster, clusters in order."""
    clusters: list[list[int]] = []
    for place, text in enumerate(texts):
        home = next((each for each in clusters if same(texts[each[0]], text)), None)
        if home is None:
            clusters.append([place])
        else:
            home.append(place)
    return clusters


def _tells_more(one: str, other: str) -> bool:
    known = Support((other,))
    return any(not known.holds(fact) for fact in facts.find(one, names=False))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
