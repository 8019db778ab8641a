"""Probes: questions about facts that were taught, in words that were not.

People's own words come first: a thread that asks what an FAQ entry answers becomes a probe of
that entry, and nothing made from the thread is trained on. Families without such a thread
withhold one of their synthetic wordings.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from data import embed
from data.records import Drop, Example, Origin
from data.settings import DedupSettings, SplitSettings

MIN_WORDINGS = 3
"""A family with fewer wordings keeps all of them for training."""

MARGIN = 0.1
"""How much nearer the entry must be than the next one: a thread between two entries is neither."""


@dataclass(frozen=True)
class Withheld:
    """What becomes of the rows of the train side."""

    train: tuple[Example, ...]
    probes: tuple[Example, ...]
    drops: tuple[Drop, ...]


def withhold(
    rows: Sequence[Example],
    split: SplitSettings,
    dedup: DedupSettings,
    cache: Path,
    pinned: frozenset[str] = frozenset(),
) -> Withheld:
    """Take the probes out of the train side; rows named by `pinned` are probes in any case."""
    human = restatements(rows, split, dedup, cache)
    gone = {rows[thread].family for thread in human}
    served = {rows[entry].family for entry in human.values()}
    synthetic = _one_wording_each(
        rows, _families_to_probe(rows, served, gone, split), split, pinned
    )
    probes = [_human_probe(rows[thread], rows[entry]) for thread, entry in human.items()]
    probes += [rows[here] for here in sorted(synthetic)]
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


def _families_to_probe(
    rows: Iterable[Example], served: set[str], gone: set[str], split: SplitSettings
) -> set[str]:
    """Families that withhold a synthetic wording, until the wanted share has a probe."""
    families = [f for f in dict.fromkeys(row.family for row in rows) if f not in gone]
    wanted = round(split.probes * len(families)) - len(served)
    rest = [family for family in families if family not in served]
    rest.sort(key=lambda family: random.Random(f"{split.salt}/probe/{family}").random())
    return set(rest[: max(0, wanted)])


def restatements(
    rows: Sequence[Example], split: SplitSettings, dedup: DedupSettings, cache: Path
) -> dict[int, int]:
    """Threads that ask what an entry of an FAQ answers: position of the one to the other's.

    Answers are compared and questions are not: people ask in other words than an FAQ is written
    in, and answer with the same menus, numbers and names.
    """
    threads = [here for here, row in enumerate(rows) if is_human(row) and _asked(row)]
    entries = [here for here, row in enumerate(rows) if is_human(row) and not _asked(row)]
    if dedup.embedder == "none" or not threads or not entries:
        return {}
    answers = [rows[here].answer for here in (*threads, *entries)]
    vectors = embed.embed(answers, dedup.embedder, cache)
    likeness = vectors[: len(threads)] @ vectors[len(threads) :].T
    best = likeness.argmax(axis=1)
    ranked = np.sort(likeness, axis=1)
    second = ranked[:, -2] if len(entries) > 1 else np.zeros(len(threads))
    sure = (ranked[:, -1] >= split.same_fact) & (ranked[:, -1] - second >= MARGIN)
    return {threads[i]: entries[best[i]] for i in np.flatnonzero(sure)}


def _asked(example: Example) -> bool:
    """Whether the question was asked in a conversation, not written for an FAQ."""
    return "confirmed" in example.scores


def _one_wording_each(
    rows: Sequence[Example], families: set[str], split: SplitSettings, pinned: frozenset[str]
) -> set[int]:
    """A wording of each family, drawn from its wordings; new ones must not undo an earlier draw."""
    members: dict[str, list[int]] = {}
    for here, row in enumerate(rows):
        members.setdefault(row.family, []).append(here)
    taken: set[int] = set()
    for family, wordings in members.items():
        reworded = [here for here in wordings if not is_human(rows[here])]
        if kept := [here for here in reworded if rows[here].id in pinned]:
            taken.update(kept)
        elif family in families and reworded and len(wordings) >= MIN_WORDINGS:
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
    probe = Example.chat(messages, origin, family=entry.family, side="train")
    return msgspec.structs.replace(probe, reviews=entry.reviews)  # those on the answer
