"""Runs of messages by one person in a thread, and which of them may be its answer."""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from curation import cues
from data.records import Turn

CHECK_MARKS = frozenset(
    f"reaction:{name}"
    for name in (
        "white_check_mark",
        "heavy_check_mark",
        "ballot_box_with_check",
        "question-answered",
        "solved",
    )
)

WELCOMED = frozenset(
    f"reaction:{name}:asker"
    for name in (
        "+1",
        "thumbsup",
        "pray",
        "raised_hands",
        "tada",
        "heart",
        "100",
        "bow",
        "clap",
        "ok_hand",
        "star-struck",
    )
)
"""What the asker gives to the reply that helped."""


class Run(NamedTuple):
    """Messages of one person without another's between them."""

    speaker: str
    turns: tuple[Turn, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(turn.text for turn in self.turns)

    @property
    def checked(self) -> bool:
        signals = {signal.removesuffix(":asker") for each in self.turns for signal in each.signals}
        return bool(signals & CHECK_MARKS)

    @property
    def checked_by_asker(self) -> bool:
        signals = {signal for each in self.turns for signal in each.signals}
        return bool(signals & {f"{mark}:asker" for mark in CHECK_MARKS})

    @property
    def welcomed(self) -> bool:
        marked = [turn for turn in self.turns if not WELCOMED.isdisjoint(turn.signals)]
        return bool(marked) and any(turn in marked for turn in telling(self))


def of(turns: Sequence[Turn]) -> list[Run]:
    """Runs of messages by one person; taking back what was said begins a new run."""
    runs: list[list[Turn]] = []
    for turn in turns:
        if runs and runs[-1][-1].speaker == turn.speaker and not cues.retracts(turn.text):
            runs[-1].append(turn)
        else:
            runs.append([turn])
    return [Run(run[0].speaker, tuple(run)) for run in runs]


def candidates(replies: list[Run], asker: str) -> list[int]:
    """The replies that may be the answer; those of few words only where there are no others."""
    sharing = {asker, *(each.speaker for each in replies if cues.is_me_too(each.text))}
    found = [i for i, each in enumerate(replies) if _is_candidate(each, sharing)]
    found = [i for i in found if not (i > found[0] and _is_for_another(replies, i, asker))]
    return [i for i in found if not cues.says_little(replies[i].text)] or found


def _is_for_another(replies: list[Run], number: int, asker: str) -> bool:
    """Whether a short reply answers what a third person asked just before it."""
    before, reply = replies[number - 1], replies[number]
    is_third = before.speaker not in (asker, reply.speaker)
    return is_third and cues.is_asking_back(before.text) and cues.words(reply.text) <= 8


def _is_candidate(reply: Run, asking: set[str]) -> bool:
    """`asking`: the asker and those who have the same trouble."""
    return reply.speaker not in asking and bool(telling(reply))


def telling(reply: Run) -> list[Turn]:
    """The messages of a run that answer something."""
    answering = [turn for turn in reply.turns if not cues.is_no_answer(turn.text)]
    if all(cues.is_asking_back(turn.text) for turn in answering):
        return []
    return answering


def standing(replies: list[Run], candidates: list[int], asker: str) -> list[int]:
    """The candidates that nobody corrected later, and of which the asker did not say they fail."""
    corrections = [i for i in candidates[1:] if cues.corrects(replies[i].text)]
    last = corrections[-1] if corrections else -1
    return [
        i
        for i in candidates
        if i >= last
        and not _is_contradicted(replies, i, asker)
        and not cues.takes_back(replies[i].text)
    ]


def _is_contradicted(replies: list[Run], number: int, asker: str) -> bool:
    """Whether the asker's next words after a reply say that it does not help."""
    following = takewhile(lambda each: each.speaker == asker, replies[number + 1 :])
    return any(cues.contradicts(each.text) for each in following)
