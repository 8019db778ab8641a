"""What each method learns from: which records, and how they become rows of tokens."""

from pathlib import Path
from typing import TYPE_CHECKING

from data import store
from data.records import Example
from data.training import TrainSettings
from data.workspace import Workspace
from train import chat, curated, texts
from train.chat import Row
from train.curated import Curated

if TYPE_CHECKING:
    from train.bases import Base


def read(space: Workspace, split_folder: Path) -> Curated:
    """The records to learn from, or what forbids it."""
    if space.settings.train.method == "pretrain":
        return texts.read(space, split_folder)
    return curated.read(split_folder, space.root)


def dev(space: Workspace, split_folder: Path) -> tuple[Example, ...]:
    """Records of the dev side, for the loss to be watched on."""
    if space.settings.train.method == "pretrain":
        return texts.dev(space)
    return tuple(store.read(curated.file(split_folder, "dev"), Example))


def render(rows: tuple[Example, ...], base: "Base", settings: TrainSettings) -> list[Row]:
    """Every record as tokens and labels."""
    if settings.method == "pretrain":
        longest = min(settings.trainer.max_length, base.limits.positions)
        return [piece for row in rows for piece in texts.pieces(row, base.tokenizer, longest)]
    every = settings.data.train_on == "assistant"
    return [chat.render(row, base.tokenizer, every_turn=every) for row in rows]
