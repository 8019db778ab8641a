"""Planted slices: how many are found again, and how many are found that nobody planted."""

import random
from collections.abc import Sequence

from spellchecker import SpellChecker

from data.records import Answer, Origin
from eval import slices
from eval.arms import ARMS, TUNED
from eval.comparison import Grade, Result
from eval.items import UNSEEN_WORDING, Item
from tests import make

TRIALS = 10
ITEMS, TOPICS, WORDS = 2_000, 20, 12
SOURCES = ("web", "email", "chat", "phone")
EVERYWHERE = 0.12
"""Share of wrong answers outside what is planted."""
IN_A_TOPIC, IN_A_CROSSING = 0.45, 0.4
SAME = 0.8
"""Jaccard overlap of the items from which a slice is the planted one."""


def measure() -> dict[str, float]:
    recovered = beside = invented = 0
    for trial in range(TRIALS):
        chance = random.Random(trial)
        questions = _questions(chance)
        planted = _topic(trial, questions) if trial % 2 else _crossing(trial, questions)
        rate = IN_A_TOPIC if trial % 2 else IN_A_CROSSING
        found = slices.find(_results(questions, planted, rate, chance), None, trial).found
        hits = [each for each in found if _overlap(set(each.items), planted) >= SAME]
        recovered += bool(hits)
        beside += sum(not set(each.items) & planted for each in found)
        nothing = _results(questions, set(), rate, chance)
        invented += len(slices.find(nothing, None, trial).found)
    return {
        "planted_slices_recovered": recovered,
        "slices_beside_planted": beside,
        "slices_where_none_planted": invented,
    }


def _questions(chance: random.Random) -> list[tuple[int, str, str]]:
    """Topic, source and words: a third of the words are the topic's own."""
    counts = SpellChecker(language="en").word_frequency.dictionary
    common = [word for word, n in counts.items() if len(word) > 3 and n > 20_000]
    chance.shuffle(common)
    own = [common[n * WORDS : (n + 1) * WORDS] for n in range(TOPICS)]
    shared = common[TOPICS * WORDS :][:400]
    made = []
    for _ in range(ITEMS):
        topic, length = chance.randrange(TOPICS), chance.randrange(5, 31)
        words = [
            chance.choice(own[topic] if chance.random() < 0.35 else shared) for _ in range(length)
        ]
        made.append((topic, chance.choice(SOURCES), " ".join(words)))
    return made


def _topic(trial: int, questions: Sequence[tuple[int, str, str]]) -> set[int]:
    return {n for n, (topic, _, _) in enumerate(questions) if topic == trial % TOPICS}


def _crossing(trial: int, questions: Sequence[tuple[int, str, str]]) -> set[int]:
    """The longest fifth of the questions of one source."""
    lengths = sorted(len(words.split()) for _, _, words in questions)
    edge, wanted = lengths[ITEMS * 4 // 5], SOURCES[trial % len(SOURCES)]
    return {
        n
        for n, (_, source, words) in enumerate(questions)
        if source == wanted and len(words.split()) > edge
    }


def _results(
    questions: Sequence[tuple[int, str, str]],
    planted: set[int],
    rate: float,
    chance: random.Random,
) -> list[Result]:
    return [
        _result(words, source, wrong=chance.random() < (rate if n in planted else EVERYWHERE))
        for n, (_, source, words) in enumerate(questions)
    ]


def _result(words: str, source: str, *, wrong: bool) -> Result:
    row = make.example(words, "Yes.", origin=Origin(source, f"{source}#1"))
    exact = {arm: not wrong and arm == TUNED for arm in ARMS}
    grades = {
        arm: Grade(Answer("first", arm, row.id, "", 1, 0.1, "eos"), exact[arm], 0.0)
        for arm in ARMS
    }
    return Result(Item(row, UNSEEN_WORDING), grades, ())


def _overlap(one: set[int], other: set[int]) -> float:
    return len(one & other) / len(one | other)
