"""All that a passage teaches: its pair, follow-up questions, and the thread as a chat."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from curation import cues, qa
from data.records import Drop, Example, Message, Origin, Passage, Role, Turn

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_LEANS = re.compile(
    r"(?:then|or|what about|how about|which one|why not|really)\b"
    r"|.*\b(?:that|those|this|these|it|them|there|the same|one)\s*\?",
    re.IGNORECASE | re.DOTALL,
)
"""A question that says nothing without what was said before."""
_LINK = re.compile(r"(?:and|but|so|also)\b,?\s*", re.IGNORECASE)
"""What joins a question to what was said before, and can be left out."""
SHORTEST = 6
"""Words of a follow-up question that can stand alone."""


def of(passage: Passage, *, multi_turn: bool = False) -> Iterator[Example | Drop]:
    """The examples in a passage, or the reason why there is none."""
    main = qa.example(passage)
    yield main
    if passage.kind != "thread" or "orphan" in passage.signals:
        return
    if isinstance(main, Drop):
        if main.reason == "not-a-question":
            yield from _follow_ups(passage, of_news=True)
        return
    yield from (each for each in _follow_ups(passage) if each.id != main.id)
    if multi_turn and main.scores["confirmed"]:
        yield from _conversation(passage)


def _follow_ups(passage: Passage, *, of_news: bool = False) -> Iterator[Example]:
    """Further questions of the asker or a newcomer, each after thanks, with its own answer.

    `of_news`: the thread began with an announcement, so nobody needs to have been thanked.
    """
    turns = passage.turns
    asks = _asks_of_news if of_news else _asks_further
    starts = [i for i in range(1 if of_news else 2, len(turns)) if asks(turns, i)]
    for start, end in pairwise((*starts, len(turns))):
        asked = _without_thanks(turns[start].text)
        part = (msgspec.structs.replace(turns[start], text=asked), *turns[start + 1 : end])
        found = qa.answer(part)
        if not found:
            continue
        made = qa.pair(passage, qa.question(part), found, at=turns[start].at)
        if qa.teaches(made):
            yield msgspec.structs.replace(made, signals=(*made.signals, "follow-up"))


def _asks_of_news(turns: Sequence[Turn], number: int) -> bool:
    turn = turns[number]
    is_new = all(each.speaker != turn.speaker for each in turns[:number])
    return is_new and _stands_alone(turn.text) and cues.words(turn.text) > SHORTEST


def _stands_alone(asked: str) -> bool:
    return "?" in cues.prose(asked) and not _LEANS.match(_LINK.sub("", asked))


def _asks_further(turns: Sequence[Turn], number: int) -> bool:
    turn, asker = turns[number], turns[0].speaker
    asked = _without_thanks(turn.text)
    is_new = all(each.speaker != turn.speaker for each in turns[:number])
    if not (turn.speaker == asker or is_new) or not _stands_alone(asked):
        return False
    helped = any(each.speaker != asker for each in turns[:number])
    thanked = any(each.speaker == asker and cues.confirms(each.text) for each in turns[1:number])
    return helped and (thanked or cues.confirms(turn.text)) and cues.words(asked) >= SHORTEST


def _without_thanks(text: str) -> str:
    """The text from its first sentence on that is more than thanks."""
    if "```" in text:
        return text
    rest = text
    while found := _SENTENCE_ENDS.search(rest):
        first = rest[: found.start()]
        if first.endswith("?") or not cues.confirms(first):
            break
        rest = rest[found.end() :]
    return rest


def _conversation(passage: Passage) -> Iterator[Example]:
    """The thread as a chat: who asked is the user, whoever helped is the assistant."""
    asker, lost = passage.turns[0].speaker, qa.discarded(passage.turns)
    said: list[Message] = []
    for turn in _until_solved(passage.turns):
        role: Role = "user" if turn.speaker == asker else "assistant"
        complains = role == "user" and bool(lost) and cues.contradicts(turn.text)
        if said and (turn.at in lost or complains or cues.is_no_answer(turn.text)):
            continue
        if said and said[-1].role == role:
            said[-1] = Message(role, f"{said[-1].content}\n\n{turn.text}")
        else:
            said.append(Message(role, turn.text))
    while said and said[-1].role == "user":
        said.pop()  # a model learns what was answered last, not the thanks for it
    if len(said) < 4:
        return  # one question and one answer are the pair already
    where = f"{passage.origin.locator}:thread"
    origin = Origin(passage.origin.source, where, parents=(passage.id,))
    made = Example.chat(said, origin, family=passage.family, side=passage.side)
    scores = {"confirmed": 1.0}
    yield msgspec.structs.replace(made, scores=scores, signals=("thread", *passage.signals))


def _until_solved(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The turns before the asker's last thanks; what comes after is chatter."""
    asker = turns[0].speaker
    thanks = [
        i for i, each in enumerate(turns) if each.speaker == asker and cues.confirms(each.text)
    ]
    return turns[: thanks[-1]] if thanks and thanks[-1] > 1 else turns
