"""What was preferred to what, as review left it: the rows of dpo, kto, orpo and reward.

A preference stands on the side of its family. What the split keeps from training is kept from it
here too: rows of probes, and rows too near to what is held out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from data import store
from data.errors import BadInputError
from data.records import Drop, Example, Message, Side
from data.training import Method
from data.workspace import Workspace
from train import chat, curated
from train.chat import Row
from train.curated import Curated

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MADE_BY = "curate review pull"


def read(space: Workspace, split_folder: Path) -> Curated:
    """The preferences of the train side that the method can take, or what forbids it."""
    split = curated.read(split_folder, space.root)
    method, path = space.settings.train.method, space.preferences
    found = list(store.read_stage(path, Example, made_by=MADE_BY))
    if store.read_manifest(path) and store.freshness(path, space.root) == "damaged":
        raise BadInputError(f"{path} was changed since it was written; run `{MADE_BY}` again.")
    ours = _allowed(found, split_folder, "train")
    if not ours:
        sides = ", ".join(f"{side} {sum(row.side == side for row in found)}" for side in _SIDES)
        raise BadInputError(
            f"None of the {len(found)} preferences of {path} may be learnt from ({sides}; probes "
            f"and what is near them apart). Review more: `curate review push`, then `{MADE_BY}`."
        )
    rows = _usable(ours, method)
    _refuse_too_few(rows, ours, method)
    marks = (*split.marks, store.mark(path, space.root, records=len(found)))
    what = "verdicts" if method == "kto" else "pairs"
    note = (
        f"{len(rows)} {what} of {len(found)} preferences; {len(found) - len(ours)} are held out, "
        f"{len(ours) - len(rows)} are no {what}"
    )
    return Curated(split_folder, tuple(rows), marks, (note,))


def dev(space: Workspace, split_folder: Path) -> tuple[Example, ...]:
    found = list(store.read_stage(space.preferences, Example, made_by=MADE_BY))
    return tuple(_usable(_allowed(found, split_folder, "dev"), space.settings.train.method))


def render(example: Example, tokenizer: "PreTrainedTokenizerBase") -> list[Row]:
    """The preferred answer and the rejected one, each behind the same prompt."""
    told = ((example.preferred, True), (example.rejected, False))
    return [
        _answered(example, said, tokenizer)._replace(wanted=wanted)
        for said, wanted in told
        if said
    ]


_SIDES: tuple[Side, ...] = ("train", "dev", "test")


def _answered(example: Example, said: str, tokenizer: "PreTrainedTokenizerBase") -> Row:
    messages = (*example.messages, Message("assistant", said))
    row = chat.render(msgspec.structs.replace(example, messages=messages), tokenizer)
    return row._replace(example=example)


def _allowed(found: Sequence[Example], split_folder: Path, side: Side) -> list[Example]:
    """Those of one side, without what the split took out of training."""
    probes = list(store.read(curated.file(split_folder, "probes"), Example))
    questions = {probe.question for probe in probes}
    barred = {probe.id for probe in probes}
    drops = store.drops_path(curated.stage(split_folder))
    for drop in store.read_there(drops, Drop):
        if drop.example:
            barred |= {drop.example.id, *drop.example.origin.parents}
    return [
        row
        for row in found
        if row.side == side
        and row.kind == "preference"
        and row.question not in questions
        and barred.isdisjoint(row.origin.parents)
    ]


def _usable(rows: Sequence[Example], method: Method) -> list[Example]:
    """Verdicts on single answers are for kto; the others need two answers to compare."""
    if method == "kto":
        return list(rows)
    return [row for row in rows if row.preferred and row.rejected]


def _refuse_too_few(rows: Sequence[Example], found: Sequence[Example], method: Method) -> None:
    if not rows:
        raise BadInputError(
            f"{method} learns from pairs, and each of the {len(found)} preferences is a verdict on "
            'one answer. Correct answers or rank them in review, or set method = "kto".'
        )
    if method == "kto" and not (any(r.preferred for r in rows) and any(r.rejected for r in rows)):
        which = "rejected" if rows[0].rejected else "accepted"
        raise BadInputError(
            f"kto learns from accepted and rejected answers, and all {len(rows)} are {which}. "
            f"Review more: `curate review push`, then `{MADE_BY}`."
        )
