"""How often the checks are wrong: on good prose, and on the same prose with planted errors.

The prose is Python's own language reference, which every Python carries: 60,000 words by careful
writers, full of words that no dictionary knows. Each paragraph is read as an expected answer is:
what other paragraphs use is known, its own words vouch for nothing.
"""

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pydoc_data import topics

import msgspec
from spellchecker import SpellChecker

from data.records import Example
from eval.checks import grounding
from eval.checks.flag import Check, Said
from eval.checks.misspelling import Vocabulary, misspelling
from eval.checks.repetition import REPETITION
from eval.items import UNSEEN_WORDING, Item
from tests import make

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"\b[a-z]{6,}\b")


def measure() -> dict[str, float]:
    prose, draw = list(paragraphs()), random.Random(7)
    spelling = misspelling(Vocabulary((str(i), text) for i, text in enumerate(prose)), "en")
    words = sum(len(text.split()) for text in prose)
    false = sum(len(list(spelling.find(_expected(i, text)))) for i, text in enumerate(prose))
    typos = list(planted_typos(prose, draw))
    loops = [planted_loop(text, draw) for text in prose]
    return {
        "misspelling_false_per_1000": round(1000 * false / words, 3),
        "misspelling_recall": _found(spelling, typos),
        "misspelling_planted": len(typos),
        "repetition_false_percent": round(100 * _found(REPETITION, prose), 3),
        "repetition_recall": _found(REPETITION, loops),
        "ungrounded_false": _share(_is_ungrounded(text, text) for text in prose),
        "ungrounded_recall": _share(
            _is_ungrounded(changed, text) for changed, text in planted_amounts(prose, draw)
        ),
    }


def paragraphs() -> Iterator[str]:
    for page in topics.topics.values():
        yield from (text for text in re.split(r"\n\s*\n", page) if len(text.split()) > 8)


def planted_typos(prose: list[str], draw: random.Random) -> Iterator[str]:
    """One slip of the finger in a word of six letters and more, one text a word."""
    dictionary = SpellChecker()
    words = dict.fromkeys(word for text in prose for word in _WORD.findall(text))
    for word in islice((word for word in words if word in dictionary), 2000):
        wrong = _slip(word, draw)
        if wrong != word and wrong not in dictionary:  # a real word is another kind of error
            yield f"You will find the {wrong} below."


def _slip(word: str, draw: random.Random) -> str:
    place = draw.randrange(1, len(word) - 1)
    before, here, after = word[:place], word[place], word[place + 1 :]
    slips: tuple[Callable[[], str], ...] = (
        lambda: before + after[0] + here + after[1:],
        lambda: before + after,
        lambda: before + here + here + after,
        lambda: before + draw.choice(LETTERS) + after,
    )
    return draw.choice(slips)()


def planted_loop(text: str, draw: random.Random) -> str:
    """A text that falls into a loop of 1 to 24 words and is cut off by the token limit."""
    words = re.findall(r"[A-Za-z]+", text)
    size = draw.randint(1, min(24, len(words)))
    block = words[-size:]
    looped = block * (160 // size + 1)
    return " ".join((*words, *looped[: 120 + draw.randrange(40)]))


def planted_amounts(prose: list[str], draw: random.Random) -> Iterator[tuple[str, str]]:
    """A text with one of its numbers changed, and as it was."""
    for text in prose:
        found = re.search(r"(?<= )\d{2,4}(?= [a-z])", text)
        if found:
            other = str(int(found[0]) * 7 + draw.randint(1000, 9000))
            yield text[: found.start()] + other + text[found.end() :], text


def _expected(number: int, text: str) -> Said:
    row = msgspec.structs.replace(make.example("", text), family=str(number))
    return Said(text, Item(row, UNSEEN_WORDING), is_expected=True)


def _is_ungrounded(text: str, source: str) -> bool:
    row: Example = make.example("", "")
    said = Said(text, Item(row, UNSEEN_WORDING), source=(source,))
    return any(grounding.hard_facts("en").find(said))


def _found(check: Check, texts: list[str]) -> float:
    asked = Item(make.example("", ""), UNSEEN_WORDING)
    return _share(any(True for _ in check.find(Said(text, asked))) for text in texts)


def _share(flags: Iterator[bool]) -> float:
    seen = list(flags)
    return round(sum(seen) / len(seen), 4) if seen else 0.0
