"""Top-level messages that belong together although nobody opened a thread: a guess.

Who is addressed counts most, then how much time lies between, then shared rare words, then
whether a question still waits for its answer. Outside threads even good models are often
wrong, so this runs only where it is asked for, and all that comes of it is marked.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from curation import cues
from curation.sources import messages
from curation.sources.threads import Conversation, Said

OPEN_SECONDS = 3 * 3600
"""For how long a conversation waits for another message."""
OPEN_AT_ONCE = 12
ENOUGH = 1.0
_WORD = re.compile(r"[a-z][\w-]{2,}")


class _Open:
    """A conversation that may go on."""

    def __init__(self, first: Conversation) -> None:
        self.said: list[Said] = []
        self.authors: set[str] = set()
        self.called: set[str] = set()
        self.words: set[str] = set()
        self.parts = 0
        self.orphan = first.orphan

    def add(self, part: Conversation, called: set[str], words: set[str]) -> None:
        self.said += part.said
        self.authors.update(each.author for each in part.said)
        self.called |= called
        self.words |= words
        self.parts += 1

    @property
    def waits(self) -> bool:
        """Whether what was said last is a question."""
        return cues.asks(self.said[-1].text)


def join(conversations: Sequence[Conversation], name: Callable[[str], str]) -> list[Conversation]:
    """The conversations of a channel, those without a thread joined where they seem to belong.

    `name` is what an author is called in the text.
    """
    names = {each.author: name(each.author) for talk in conversations for each in talk.said}
    rare = _rarity(conversations)
    done: list[Conversation] = []
    going: list[_Open] = []
    for talk in conversations:
        if _is_thread(talk):
            done.append(talk)
            continue
        called, words = _called(talk, names), _words(talk)
        now = _seconds(talk.said[0])
        done += [_closed(each) for each in going if now - _seconds(each.said[-1]) > OPEN_SECONDS]
        going = [each for each in going if now - _seconds(each.said[-1]) <= OPEN_SECONDS]
        scored = [(_score(each, talk, called, words, rare), i) for i, each in enumerate(going)]
        best, place = max(scored, default=(0.0, -1))
        joined = going.pop(place) if best >= ENOUGH else _Open(talk)
        joined.add(talk, called, words)
        going.append(joined)
        if len(going) > OPEN_AT_ONCE:
            done.append(_closed(going.pop(0)))
    done += map(_closed, going)
    return sorted(done, key=lambda each: messages.clock(each.said[0].time))


def _score(
    talk: _Open, new: Conversation, called: set[str], words: set[str], rare: dict[str, float]
) -> float:
    author, gap = new.said[0].author, _seconds(new.said[0]) - _seconds(talk.said[-1])
    score = _nearness(gap)
    if called:
        score += 3.0 if called & talk.authors else -2.0
    if author in talk.called:
        score += 1.5
    asks = cues.asks(new.said[0].text)
    if author in talk.authors:
        score += 0.8
    elif talk.waits and not asks:
        score += 0.7
    elif asks and not called:
        score -= 0.8  # most likely a question of its own
    return score + min(1.5, sum(rare[word] for word in words & talk.words) / 4)


def _nearness(gap: int) -> float:
    for limit, worth in ((60, 1.0), (300, 0.7), (900, 0.3), (3600, -0.2)):
        if gap <= limit:
            return worth
    return -1.0


def _called(talk: Conversation, names: dict[str, str]) -> set[str]:
    """The authors whom the first words of a message, or a mention in it, address."""
    text = "\n".join(each.text for each in talk.said)
    words = {word.rstrip(":,") for word in re.findall(r"@?[\w.-]+[:,]?", text[:80])[:1]}
    mentioned = {word[1:].rstrip(".:,") for word in re.findall(r"@[\w.-]+", text)}
    own = talk.said[0].author
    return {key for key, name in names.items() if name in words | mentioned and key != own}


def _words(talk: Conversation) -> set[str]:
    return {word for each in talk.said for word in _WORD.findall(cues.prose(each.text))}


def _rarity(conversations: Sequence[Conversation]) -> dict[str, float]:
    counts = Counter(word for talk in conversations for word in _words(talk))
    total = len(conversations)
    return {word: math.log(total / count) for word, count in counts.items()}


def _is_thread(talk: Conversation) -> bool:
    return talk.orphan or any(each.thread != each.time for each in talk.said)


def _closed(talk: _Open) -> Conversation:
    return Conversation(tuple(talk.said), disentangled=talk.parts > 1)


def _seconds(said: Said) -> int:
    return messages.clock(said.time)[0]
