"""What people were shown and what they said: `work/humans/comparisons.jsonl` and `votes.jsonl`.

A comparison is of two texts and not of two models: it holds for all whose answers they are. Both
files hold ids alone, besides what people wrote; whoever is forgotten is found in them by the id of
the item, with which the id of each comparison begins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from curation.review import journal
from curation.review.form import BETTER
from curation.review.journal import Opinion
from data.records import Record, content_id
from data.settings import ReviewSettings
from data.workspace import Workspace
from eval.bradley_terry import Meeting
from eval.humans.arena import Arena, text_id

Side = Literal["a", "b"]
SCORES = {"a": 1.0, "b": 0.0, "good": 0.5, "bad": 0.5}
"""How good A is, by what was said."""


class Comparison(Record, frozen=True):
    """Two answers to one question, as they are shown."""

    id: str
    example: str
    a: str
    """Id of the text shown as A."""
    b: str
    pairs: tuple[tuple[str, str], ...]
    """Names of the contestants for which it was drawn, those of each pair in alphabetical order."""


@dataclass(frozen=True)
class Vote:
    """What one person said."""

    annotator: str
    comparison: str
    better: str
    """One of `BETTER`."""

    @property
    def score(self) -> float:
        """How good A is: 1, 0.5 or 0."""
        return SCORES[self.better]


def comparisons_path(space: Workspace) -> Path:
    return space.work / "humans" / "comparisons.jsonl"


def opinions_path(space: Workspace) -> Path:
    # Another name than the review's opinions, whose subjects are examples.
    return space.work / "humans" / "votes.jsonl"


def compare(example: str, texts: Sequence[str], seed: int) -> Comparison:
    """A new comparison of two answers, drawn for nobody yet; a hash decides which of them is A."""
    key = id_of(example, texts)
    a, b = sorted(map(text_id, texts), key=lambda each: content_id("A", str(seed), key, each))
    return Comparison(key, example, a, b, ())


def id_of(example: str, texts: Sequence[str]) -> str:
    """The same whichever comes first."""
    return f"{example}-{content_id('comparison', *sorted(map(text_id, texts)))}"


def pair_of(one: str, other: str) -> tuple[str, str]:
    first, second = sorted((one, other))
    return first, second


def of(opinions: Iterable[Opinion]) -> dict[str, list[Vote]]:
    """What was submitted, by comparison; what cannot be read is no vote."""
    found: dict[str, list[Vote]] = {}
    for each in journal.standing(opinions):
        better = each.values.get("better")
        if isinstance(better, str) and better in BETTER:
            found.setdefault(each.subject, []).append(Vote(each.annotator, each.subject, better))
    return found


def waiting(
    drawn: Iterable[Comparison], said: Mapping[str, Sequence[Vote]], settings: ReviewSettings
) -> list[Comparison]:
    """Those on which fewer people voted than the settings want."""
    wanted = settings.min_submitted_pairs
    return [each for each in drawn if len(said.get(each.id, ())) < wanted]


def unreadable(opinions: Sequence[Opinion]) -> int:
    """Submitted responses without an answer that we know: the form was changed there."""
    return len(journal.standing(opinions)) - sum(map(len, of(opinions).values()))


def meetings(
    arena: Arena, drawn: Iterable[Comparison], said: Mapping[str, Sequence[Vote]]
) -> Iterator[Meeting]:
    """Every two contestants on every item: judged, the same, or not judged yet.

    A comparison counts for the pairs for which it was drawn, and only while both still answer so:
    of several votes on it the mean counts.
    """
    known = {each.id: each for each in drawn}
    names = [each.name for each in arena.contestants]
    for item in arena.items:
        texts = [each.answers[item.id] for each in arena.contestants]
        for one, other in arena.pairs:
            pair = texts[one], texts[other]
            family = item.example.family
            if text_id(pair[0]) == text_id(pair[1]):
                yield Meeting(family, one, other, None, same=True)
                continue
            shown = known.get(id_of(item.id, pair))
            votes = said.get(shown.id, ()) if shown else ()
            if shown is None or pair_of(names[one], names[other]) not in shown.pairs or not votes:
                yield Meeting(family, one, other, None)
                continue
            a = sum(vote.score for vote in votes) / len(votes)
            yield Meeting(family, one, other, a if shown.a == text_id(pair[0]) else 1 - a)
