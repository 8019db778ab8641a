"""A passage as a question and its answer, in the words of the people who wrote them.

An FAQ entry is one as it stands. In a thread the answer is rarely the first reply: marks of
acceptance count first, a correction beats what it corrects, then what stood last before the
asker gave thanks, then the longest.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

import msgspec

from curation import cues, runs, teaching
from curation.teaching import Talk
from data.records import Drop, Example, Message, Origin, Passage, Turn

_CALLED = re.compile(r"@?(?P<name>\w+)\b[,:]?\s*")


class Found(NamedTuple):
    """The answer of a thread."""

    text: str
    times: tuple[str, ...]
    """The clocks of the messages it was made from."""
    talk: Talk = Talk()
    signals: tuple[str, ...] = ()
    """Why it was taken: `checked-by-asker`, `thanked`, `longest`."""

    @property
    def confirmed(self) -> bool:
        return self.talk.accepted


def example(passage: Passage) -> Example | Drop:
    """The question and answer of a passage, or why it has none."""
    if passage.kind == "page":
        return _drop("not-a-question", passage)
    if passage.kind == "faq":
        return pair(passage, passage.title, Found(passage.text, times=()))
    if "orphan" in passage.signals:
        return _drop("orphan-thread", passage)
    said = asked_and_answered(passage.turns)
    if isinstance(said, str):
        return _drop(said, passage)
    made = pair(passage, *said)
    return made if teaches(made) else _drop("chatter", passage)


def asked_and_answered(turns: Sequence[Turn]) -> tuple[str, Found] | str:
    """The question of a thread and its answer, whatever they teach, or the reason for none."""
    asked = question(turns)
    found = answer(turns) if len(turns) > 1 else None
    if not cues.asks(asked) and not (found and found.confirmed):
        return "not-a-question"
    if found is None:
        return "redirected" if _is_redirected(turns) else "no-answer"
    return asked, found


def teaches(made: Example) -> bool:
    """Whether a pair of a thread is worth keeping."""
    return made.scores["confidence"] >= teaching.LEAST


def question(turns: Sequence[Turn]) -> str:
    """What the asker wrote before anybody replied, greetings and nudges left out."""
    lines = [line for turn in _burst(turns) for line in turn.text.split("\n")]
    while len(lines) > 1 and cues.is_greeting(lines[0]):
        lines.pop(0)
    return "\n".join(lines).strip()


def answer(turns: Sequence[Turn]) -> Found | None:
    """The answer that a thread came to; None where it came to none."""
    asker = turns[0].speaker
    replies = runs.of(turns[len(_burst(turns)) :])
    if _ends_in_failure(replies, asker):
        return None
    candidates = runs.candidates(replies, asker)
    standing = runs.standing(replies, candidates, asker)
    chosen = _chosen(replies, standing, asker)
    if chosen is None or _found_alone(replies, chosen, asker):
        return _own_solution(replies, asker)
    reply = replies[chosen]
    thanked = _is_confirmed(replies, chosen, asker)
    text = _trimmed(runs.telling(reply), asker)
    signals = tuple(_signals(reply, thanked=thanked, rivals=len(candidates) - 1))
    times = tuple(turn.at for turn in reply.turns)
    confirmed = reply.checked or reply.welcomed or thanked
    says_enough = confirmed and not cues.is_request(turns[0].text)
    if not text or (not says_enough and cues.says_little(text)):
        return None
    talk = Talk(
        accepted=confirmed,
        rivals=len(candidates) - 1,
        turned=_turned(replies[:chosen], asker),
        laughed=_laughed(replies),
    )
    return Found(text, times, talk, signals)


def _turned(before: list[runs.Run], asker: str) -> int:
    return sum(each.speaker == asker and "?" in cues.prose(each.text) for each in before)


def _laughed(replies: list[runs.Run]) -> bool:
    return any(teaching.laughs(each.text) for each in replies)


def discarded(turns: Sequence[Turn]) -> set[str]:
    """The times of replies that were corrected, taken back or did not help."""
    asker = turns[0].speaker
    replies = runs.of(turns[len(_burst(turns)) :])
    candidates = runs.candidates(replies, asker)
    lost = set(candidates) - set(runs.standing(replies, candidates, asker))
    return {turn.at for i in lost for turn in replies[i].turns}


def _signals(reply: runs.Run, *, thanked: bool, rivals: int) -> Iterator[str]:
    if reply.checked_by_asker:
        yield "checked-by-asker"
    elif reply.checked:
        yield "checked"
    if thanked:
        yield "thanked"
    if reply.welcomed:
        yield "welcomed-by-asker"
    if cues.corrects(reply.text):
        yield "correction"
    elif not reply.checked and not reply.welcomed and not thanked:
        yield "longest" if rivals else "only-reply"


def _is_redirected(turns: Sequence[Turn]) -> bool:
    asker = turns[0].speaker
    return any(each.speaker != asker and cues.is_redirect(each.text) for each in turns)


def _burst(turns: Sequence[Turn]) -> list[Turn]:
    """The asker's messages before anybody else's; what tells a solution ends the question."""
    first = turns[:1]
    later = takewhile(
        lambda turn: (
            turn.speaker == turns[0].speaker
            and not cues.is_bump(turn.text)
            and not cues.is_solution(turn.text)
        ),
        turns[1:],
    )
    return [*first, *later]


def _ends_in_failure(replies: list[runs.Run], asker: str) -> bool:
    """Whether the asker has the last word, and it is that nothing helped."""
    if not replies or replies[-1].speaker != asker:
        return False
    last = replies[-1].turns[-1].text
    return cues.contradicts(last) and not cues.is_solution(last)


def _chosen(replies: list[runs.Run], candidates: list[int], asker: str) -> int | None:
    if not candidates:
        return None
    for marked in (
        [i for i in candidates if replies[i].checked_by_asker],
        [i for i in candidates if replies[i].checked],
        [i for i in candidates if replies[i].welcomed],
    ):
        if marked:
            return marked[-1]
    for number, reply in enumerate(replies):
        before = [i for i in candidates if i < number]
        if before and reply.speaker == asker and cues.confirms(reply.text):
            return _thanked(replies, before, reply.text)
    return max(candidates, key=lambda i: cues.words(replies[i].text))


def _thanked(replies: list[runs.Run], before: list[int], thanks: str) -> int:
    """The last reply before the thanks; where they name somebody, the last of theirs."""
    named = [i for i in before if replies[i].speaker in thanks]
    return (named or before)[-1]


def _is_confirmed(replies: list[runs.Run], chosen: int, asker: str) -> bool:
    later = [each.text for each in replies[chosen + 1 :] if each.speaker == asker]
    return any(map(cues.confirms, later)) and not any(map(cues.contradicts, later))


def _found_alone(replies: list[runs.Run], chosen: int, asker: str) -> bool:
    """Whether the asker tells what it was, thanks nobody for it, and nobody's reply is marked."""
    if replies[chosen].checked or replies[chosen].welcomed:
        return False
    later = [each.text for each in replies[chosen + 1 :] if each.speaker == asker]
    solved = [text for text in later if cues.is_solution(text)]
    return bool(solved) and cues.words(solved[-1]) >= 8 and not any(map(cues.gives_thanks, later))


def _own_solution(replies: list[runs.Run], asker: str) -> Found | None:
    """What the asker found out and told the others."""
    for reply in reversed(replies):
        if reply.speaker == asker and cues.is_solution(reply.text):
            times = tuple(turn.at for turn in reply.turns)
            talk = Talk(accepted=True, own=True)
            return Found(reply.text, times, talk, signals=("own-solution",))
    return None


def _trimmed(turns: Sequence[Turn], asker: str) -> str:
    """The messages as one answer, without calling the asker and without a sign-off line."""
    lines = "\n\n".join(turn.text for turn in turns).split("\n")
    called = _CALLED.match(lines[0])
    if called and called["name"] == asker:
        lines[0] = lines[0][called.end() :]
    while len(lines) > 1 and cues.is_sign_off(lines[-1]) and "`" not in lines[-1]:
        lines.pop()
    return "\n".join(lines).strip()


def pair(passage: Passage, asked: str, found: Found, *, at: str = "") -> Example:
    """A question and its answer; `at` is the time of a question that is not the thread's first."""
    locator = passage.origin.locator
    if at:
        locator = f"{locator.rpartition('#')[0]}#{at}"
    made = Example.chat(
        (Message("user", asked), Message("assistant", found.text)),
        Origin(passage.origin.source, locator, parents=(passage.id,)),
        family=passage.family,
        side=passage.side,
    )
    if passage.kind != "thread":
        return made
    likely = teaching.likelihood(asked, found.text, found.talk)
    scores = {"confirmed": float(found.confirmed), "confidence": round(likely, 2)}
    signals = (*found.signals, *passage.signals)
    return msgspec.structs.replace(made, scores=scores, signals=signals)


def _drop(reason: str, passage: Passage) -> Drop:
    return Drop(reason, passage.origin.locator, passage=passage)
