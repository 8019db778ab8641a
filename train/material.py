"""What each method learns from: which records, and how they become rows of tokens."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from data import store
from data.records import Example
from data.store import FileMark
from data.training import Method, TrainSettings
from data.workspace import Workspace
from train import chat, curated, environment, points, preferences, texts, wordings
from train.chat import Row
from train.curated import Curated

if TYPE_CHECKING:
    from train.bases import Base

ONLINE: tuple[Method, ...] = ("grpo", "rloo")
"""Methods that learn from points for answers of their own."""
PAIRED: tuple[Method, ...] = ("dpo", "orpo", "reward", "embedder")
"""Methods whose rows come in twos."""
PREFERENCES: tuple[Method, ...] = ("dpo", "kto", "orpo", "reward")


def read(space: Workspace, split_folder: Path) -> Curated:
    """The records to learn from, or what forbids it."""
    method = space.settings.train.method
    if method == "pretrain":
        return texts.read(space, split_folder)
    if method in PREFERENCES:
        return preferences.read(space, split_folder)
    if method == "embedder":
        return wordings.read(space, split_folder)
    split = curated.read(split_folder, space.root)
    if method in ONLINE:
        run = points.find(space, space.settings.train.rewards.reward_run)
        return split._replace(marks=(*split.marks, *_marks(run, space.root)))
    if method == "gkd":
        teacher = environment.folder(space.settings.train.distillation.teacher_model, space.root)
        return split._replace(marks=(*split.marks, *_marks(teacher, space.root)))
    return split


def rehearsed(settings: TrainSettings) -> bool:
    """Whether the rows are answers to be learnt, so that a small copy can try to."""
    return settings.method not in (*PREFERENCES, "pretrain", "embedder")


def one_stream(settings: TrainSettings, base: "Base") -> bool:
    """Whether rows do not keep documents apart: a model that knows nothing yet reads them all."""
    return settings.method == "pretrain" and base.random


def entries(settings: TrainSettings, rows: int) -> int:
    """How many entries of a batch so many rows make."""
    if settings.method in PAIRED:
        return rows // 2
    return rows * settings.rewards.num_generations if settings.method in ONLINE else rows


def _marks(folder: Path, root: Path) -> Iterator[FileMark]:
    """What of a run, or of a model in a folder, decides what it says."""
    kinds = ("manifest.json", "*.safetensors", "adapter/*.safetensors", "model/*.safetensors")
    for kind in kinds:
        for path in sorted(folder.glob(kind)):
            yield store.mark(path, root)


def dev(space: Workspace, split_folder: Path) -> tuple[Example, ...]:
    """Records of the dev side, for the loss to be watched on."""
    method = space.settings.train.method
    if method == "pretrain":
        return texts.dev(space)
    if method in PREFERENCES:
        return preferences.dev(space, split_folder)
    if method == "embedder":
        return wordings.dev(split_folder)
    return tuple(store.read(curated.file(split_folder, "dev"), Example))


def render(rows: tuple[Example, ...], base: "Base", settings: TrainSettings) -> list[Row]:
    """Every record as tokens and labels."""
    if settings.method == "pretrain":
        longest = min(settings.trainer.max_length, base.limits.positions)
        return list(texts.pieces(rows, base.tokenizer, longest))
    if settings.method in PREFERENCES:
        return [answer for row in rows for answer in preferences.render(row, base.tokenizer)]
    if settings.method == "embedder":
        return wordings.render(rows, base.tokenizer)
    every = settings.data.train_on == "assistant"
    return [chat.render(row, base.tokenizer, every_turn=every) for row in rows]
