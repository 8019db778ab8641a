"""Questions that ask the same, to tune the embedder on; and whether it finds them."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data import store
from data.embed import Vectors
from data.errors import BadInputError
from data.records import Example
from data.workspace import Workspace
from train import curated
from train.chat import Row
from train.curated import Curated

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TOP = (1, 3, 5)


class Search(NamedTuple):
    """Probes, and the questions among which the ones of their families are to be found."""

    asked: tuple[Example, ...]
    among: tuple[Example, ...]


def read(space: Workspace, split_folder: Path) -> Curated:
    """The wordings of all families that have several."""
    split = curated.read(split_folder, space.root)
    rows = _reworded(split.rows)
    families = {row.family for row in rows}
    if len(families) < 2:
        raise BadInputError(
            f"{split_folder}: an embedder learns to tell questions apart by several wordings of "
            "each of at least two facts; `synth run` writes them."
        )
    note = f"{len(rows) - len(families)} pairs of wordings from {len(families)} families"
    return split._replace(rows=rows, notes=(note,))


def dev(split_folder: Path) -> tuple[Example, ...]:
    return _reworded(tuple(store.read(curated.file(split_folder, "dev"), Example)))


def render(rows: Sequence[Example], tokenizer: "PreTrainedTokenizerBase") -> list[Row]:
    """The first wording of each family and a further one, as they follow one another."""
    firsts = _firsts(rows)
    pairs = [(firsts[row.family], row) for row in rows if row is not firsts[row.family]]
    return [_row(each, tokenizer) for pair in pairs for each in pair]


def search(split_folder: Path) -> Search:
    """The withheld wordings, among all that were taught."""
    taught = tuple(store.read(curated.file(split_folder, "train"), Example))
    known = {row.family for row in taught}
    probes = store.read(curated.file(split_folder, "probes"), Example)
    return Search(tuple(probe for probe in probes if probe.family in known), taught)


def recall(searched: Search, asked: Vectors, among: Vectors) -> dict[str, float]:
    """The share of probes whose family is among the k nearest ones: `recall@1`, …

    Vectors are unit vectors, shapes (probes, d) and (taught, d).
    """
    if not searched.asked:
        return {}
    places = [
        _place(probe.family, [searched.among[i].family for i in np.argsort(-likeness)])
        for probe, likeness in zip(searched.asked, asked @ among.T, strict=True)
    ]
    return {f"recall@{k}": round(sum(p < k for p in places) / len(places), 4) for k in TOP}


def _place(family: str, nearest: Sequence[str]) -> int:
    return list(dict.fromkeys(nearest)).index(family)


def _reworded(rows: Sequence[Example]) -> tuple[Example, ...]:
    """Each question of a family once, where it has several."""
    asked = {(row.family, row.question): row for row in reversed(rows)}
    kept = [row for row in rows if asked[row.family, row.question] is row]
    wordings = Counter(row.family for row in kept)
    return tuple(row for row in kept if wordings[row.family] > 1)


def _firsts(rows: Sequence[Example]) -> dict[str, Example]:
    """By family the wording that stands in a source, where there is one, else the first."""
    first: dict[str, Example] = {}
    for row in sorted(rows, key=lambda row: bool(row.origin.teacher)):
        first.setdefault(row.family, row)
    return first


def _row(example: Example, tokenizer: "PreTrainedTokenizerBase") -> Row:
    tokens = list(tokenizer(example.question)["input_ids"])
    return Row(example, tokens, tokens, [])
