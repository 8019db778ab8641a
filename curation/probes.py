"""Probes: questions about facts that were taught, in words that were not.

People's own words come first: a thread that asks what an FAQ entry answers becomes a probe of
that entry, and nothing made from the thread is trained on. Families without such a thread
withhold one of their synthetic wordings.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation import overlap
from data import embed
from data.records import Drop, Example, Origin
from data.settings import DedupSettings, SplitSettings

MIN_WORDINGS = 3
"""A family with fewer wordings keeps all of them for training."""


@dataclass(frozen=True)
class Withheld:
    """What becomes of the rows of the train side."""

    train: tuple[Example, ...]
    probes: tuple[Example, ...]
    drops: tuple[Drop, ...]


def withhold(
    rows: Sequence[Example], split: SplitSettings, dedup: DedupSettings, cache: Path
) -> Withheld:
    """Take the probes out of the train side."""
    chosen = _chosen_families(rows, split)
    human = {
        thread: entry
        for thread, entry in _restatements(rows, split, dedup, cache).items()
        if rows[entry].family in chosen
    }
    gone = {rows[thread].family for thread in human}
    served = {rows[entry].family for entry in human.values()}
    synthetic = _one_wording_each(rows, chosen - served - gone, split)
    probes = [_human_probe(rows[thread], rows[entry]) for thread, entry in human.items()]
    probes += [rows[here] for here in synthetic]
    train: list[Example] = []
    drops: list[Drop] = []
    for here, row in enumerate(rows):
        if here in human or here in synthetic:
            continue
        if row.family in gone:
            drops.append(Drop("words-of-a-probe", row.origin.locator, example=row))
        else:
            train.append(row)
    return Withheld(tuple(train), tuple(probes), tuple(drops))


def is_human(example: Example) -> bool:
    """Whether the question stands in a source, rather than in a teacher's reply."""
    return not example.origin.teacher


def _chosen_families(rows: Iterable[Example], split: SplitSettings) -> set[str]:
    families = dict.fromkeys(row.family for row in rows)
    return {
        f for f in families if random.Random(f"{split.salt}/probe/{f}").random() < split.probes
    }


def _restatements(
    rows: Sequence[Example], split: SplitSettings, dedup: DedupSettings, cache: Path
) -> dict[int, int]:
    """Threads that ask what an entry of an FAQ answers: position of the one to the other's."""
    if dedup.embedder == "none":
        return {}
    human = [here for here, row in enumerate(rows) if is_human(row)]
    vectors = embed.embed([rows[here].question for here in human], dedup.embedder, cache)
    best: dict[int, tuple[float, int]] = {}
    for a, b, cosine in overlap.alike_by_meaning(vectors, split.same_fact):
        for thread, entry in ((human[a], human[b]), (human[b], human[a])):
            if _asked(rows[thread]) and not _asked(rows[entry]):
                best[thread] = max(best.get(thread, (0.0, entry)), (cosine, entry))
    return {thread: entry for thread, (_, entry) in sorted(best.items())}


def _asked(example: Example) -> bool:
    """Whether the question was asked in a conversation, not written for an FAQ."""
    return "confirmed" in example.scores


def _one_wording_each(
    rows: Sequence[Example], families: set[str], split: SplitSettings
) -> set[int]:
    members: dict[str, list[int]] = {}
    for here, row in enumerate(rows):
        members.setdefault(row.family, []).append(here)
    taken: set[int] = set()
    for family, wordings in members.items():
        reworded = [here for here in wordings if not is_human(rows[here])]
        if family in families and reworded and len(wordings) >= MIN_WORDINGS:
            taken.add(random.Random(f"{split.salt}/wording/{family}").choice(reworded))
    return taken


def _human_probe(thread: Example, entry: Example) -> Example:
    """The thread's question with the answer that the entry teaches."""
    origin = Origin(
        thread.origin.source,
        thread.origin.locator,
        parents=(thread.id, entry.id),
        recipe="probe",
    )
    messages = (*thread.prompt, entry.messages[-1])
    return Example.chat(messages, origin, family=entry.family, side="train")
