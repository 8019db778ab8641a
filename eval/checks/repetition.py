"""Loops: the same words over and over.

Code blocks and table rows are left out first, because Markdown repeats itself on purpose. The
thresholds were set on 20 models' answers to 805 questions: strong models are flagged in at
most 0.6 % of answers, weak ones in 2.7 to 5 %.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eval.checks.flag import Check, Flag, Said

MAX_BLOCK = 64
LOOP_TIMES, LOOP_WORDS = 4, 24
TAIL_TIMES, TAIL_WORDS = 3, 18
SENTENCE_TIMES, SENTENCE_WORDS = 4, 6

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.S)
_TABLE = re.compile(r"^[ \t]*\|.*$|^[ \t]*[+|][-=+| :]+$|^[ \t]*[-=*_]{3,}[ \t]*$", re.M)
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s)[^.!?\n]*)*[.!?]*")


class _Word(NamedTuple):
    text: str
    start: int
    end: int


class _Loop(NamedTuple):
    first: int
    block: int
    words: int

    @property
    def times(self) -> int:
        return self.words // self.block


def repetition(said: Said) -> Iterator[Flag]:
    """A loop anywhere, a shorter one at the very end, or one sentence four times."""
    prose = _blank(_TABLE, _blank(_FENCE, said.text))
    words = [_Word(m[0].casefold(), m.start(), m.end()) for m in _WORD.finditer(prose)]
    texts = [word.text for word in words]
    if loop := _longest_loop(texts) or _tail_loop(texts):
        yield _flag(loop, words)
        return
    yield from _same_sentence(prose)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Spaces instead of what matches, so that positions stay true."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _longest_loop(words: Sequence[str]) -> _Loop | None:
    """The loop that covers most words, of those that repeat often enough."""
    loops = [
        loop
        for block in range(1, min(MAX_BLOCK, len(words) // LOOP_TIMES) + 1)
        for loop in _runs(words, block)
        if loop.times >= LOOP_TIMES and loop.words >= LOOP_WORDS
    ]
    return max(loops, key=lambda loop: (loop.words, -loop.block), default=None)


def _runs(words: Sequence[str], block: int) -> Iterator[_Loop]:
    """Stretches in which each word equals the one a block earlier."""
    start = block
    for here in range(block, len(words) + 1):
        if here < len(words) and words[here] == words[here - block]:
            continue
        if here > start:
            yield _Loop(start - block, block, here - start + block)
        start = here + 1


def _tail_loop(words: Sequence[str]) -> _Loop | None:
    """A model that runs into the token limit often does so in a loop that has just begun."""
    for block in range(1, min(MAX_BLOCK, len(words) // TAIL_TIMES) + 1):
        tail, times = words[-block:], 1
        while words[-(times + 1) * block : -times * block] == tail:
            times += 1
        if times >= TAIL_TIMES and times * block >= TAIL_WORDS:
            return _Loop(len(words) - times * block, block, times * block)
    return None


def _flag(loop: _Loop, words: Sequence[_Word]) -> Flag:
    span = (words[loop.first].start, words[loop.first + loop.words - 1].end)
    said = " ".join(word.text for word in words[loop.first : loop.first + loop.block])
    shown = said if len(said) <= 60 else f"{said[:57]}…"
    return Flag(span, f"“{shown}” {loop.times} times in a row", float(loop.times))


def _same_sentence(prose: str) -> Iterator[Flag]:
    places: dict[str, list[re.Match[str]]] = {}
    for sentence in _SENTENCE.finditer(prose):
        words = " ".join(_WORD.findall(sentence[0].casefold()))
        if len(words.split()) >= SENTENCE_WORDS:
            places.setdefault(words, []).append(sentence)
    for found in places.values():
        if len(found) >= SENTENCE_TIMES:
            evidence = f"the same sentence {len(found)} times"
            yield Flag((found[1].start(), found[-1].end()), evidence, float(len(found)))


REPETITION = Check(
    "repetition", 1, "error", "The same words or the same sentence over and over.", repetition
)
