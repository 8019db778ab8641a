"""Claims that neither the source nor the question nor the expected answer makes.

Hard facts are compared one by one; whole sentences by the share of their telling words that the
source has, which is a weak rule: it sees no negation and no paraphrase, so read it beside its
floor. An item whose source is not known is left out.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from eval.checks import facts
from eval.checks.facts import Support
from eval.checks.flag import Check, Flag, Said

MIN_SUPPORT = 0.4
"""Share of a sentence's telling words below which nothing of it seems to come from the source."""
MIN_WORDS = 5
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s)[^.!?\n]*)*[.!?]*")
_WORD = re.compile(r"[^\W\d_]{3,}")
WITHOUT_NAMES = ("ar", "de", "fa")
"""Languages in which a capital makes no name, or there are none."""


def hard_facts(language: str) -> Check:
    """Amounts, dates, links, addresses, codes and names that the answer brings along."""
    names = language not in WITHOUT_NAMES

    def find(said: Said) -> Iterator[Flag]:
        if not said.source:
            return
        support = Support((*said.source, *said.vouching))
        told: set[str] = set()
        for fact in facts.find(said.text, names=names):
            if fact.text.casefold() not in told and not support.holds(fact):
                told.add(fact.text.casefold())
                yield Flag(fact.span, f"{fact.kind} “{fact.text}” stands in no source")

    meaning = "An amount, date, link, code or name that stands neither in the source nor in the question."
    return Check("ungrounded", 1, "error", meaning, find)


class Rarity:
    """How telling a word is, by the share of the sources that have it."""

    def __init__(self, texts: Iterable[str]) -> None:
        sets = [telling_words(text) for text in texts]
        self._count = Counter(word for words in sets for word in words)
        self._total = len(sets)

    def of(self, word: str) -> float:
        return math.log(1 + self._total / (1 + self._count[word]))


def claims(rarity: Rarity) -> Check:
    """Sentences that share few telling words with what they should come from."""

    def find(said: Said) -> Iterator[Flag]:
        if not said.source:
            return
        known = telling_words("\n".join((*said.source, *said.vouching)))
        for sentence in _SENTENCE.finditer(said.text):
            words = telling_words(sentence[0])
            total = sum(map(rarity.of, words))
            if len(words) < MIN_WORDS or not total:
                continue
            support = sum(map(rarity.of, words & known)) / total
            if support < MIN_SUPPORT:
                evidence = f"{support:.0%} of its telling words stand in the source"
                yield Flag(sentence.span(), evidence, 1 - support)

    meaning = (
        f"A sentence of which the source has less than {MIN_SUPPORT:.0%} of the telling words."
    )
    return Check("unsupported", 1, "warning", meaning, find)


def telling_words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in _WORD.findall(text.casefold()))
