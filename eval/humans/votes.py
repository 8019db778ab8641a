"""What people were shown and what they said: `work/humans/comparisons.jsonl` and `votes.jsonl`.

A comparison is of two texts and not of two models: it holds for all whose answers they are. Both
files hold ids alone, besides what people wrote; whoever is forgotten is found in them by the id of
the item, with which the id of each comparison begins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.review import journal
from curation.review.form import BETTER
from curation.review.journal import Opinion
from data.records import Record, content_id
from data.settings import ReviewSettings
from data.workspace import Workspace
from eval.bradley_terry import Meeting
from eval.humans.arena import Arena

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


def compare(example: str, texts: tuple[str, str], seed: int) -> Comparison:
    """A new comparison of two answers by their ids, drawn for nobody yet.

    A hash decides which of them is A; the comparison is the same whichever comes first.
    """
    key = f"{example}-{content_id('comparison', *sorted(texts))}"
    a, b = sorted(texts, key=lambda each: content_id("A", str(seed), key, each))
    return Comparison(key, example, a, b, ())


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
    known = {(each.example, frozenset((each.a, each.b))): each for each in drawn}
    for item in arena.items:
        texts = [each.ids[item.id] for each in arena.contestants]
        for one, other in arena.pairs:
            family, same = item.example.family, texts[one] == texts[other]
            shown = known.get((item.id, frozenset((texts[one], texts[other]))))
            votes = (
                said.get(shown.id) if shown and arena.named(one, other) in shown.pairs else None
            )
            if shown is None or not votes:
                yield Meeting(family, one, other, None, same=same)
                continue
            a = sum(vote.score for vote in votes) / len(votes)
            yield Meeting(family, one, other, a if shown.a == texts[one] else 1 - a)


def standing(arena: Arena, drawn: Iterable[Comparison]) -> list[Comparison]:
    """Those drawn for two of the contestants, both of which still answer so."""
    ids = [each.ids for each in arena.contestants]
    items = {item.id for item in arena.items}
    return [
        each
        for each in drawn
        if each.example in items
        and any(
            arena.named(one, other) in each.pairs
            and {ids[one][each.example], ids[other][each.example]} == {each.a, each.b}
            for one, other in arena.pairs
        )
    ]
