"""The model that a student learns from, word by word."""

from typing import TYPE_CHECKING

from data.errors import BadInputError
from data.training import TrainSettings
from data.workspace import Workspace
from train import backends

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from train.bases import Base


def refuse(space: Workspace, settings: TrainSettings, student: "Base") -> None:
    """Raise if there is no teacher, or if it does not speak the student's tokens."""
    base = find(space, settings)
    if base.tokenizer.get_vocab() != student.tokenizer.get_vocab():
        raise BadInputError(
            f"[train.distillation] teacher_model: {base.name} has another tokenizer than "
            f"{student.name}, so their words cannot be compared; choose a larger model of the same "
            "family, or have it write answers (`synth run`) and train on those."
        )


def load(space: Workspace, settings: TrainSettings) -> "PreTrainedModel":
    from train import bases

    base, dtype = find(space, settings), settings.model.dtype
    if base.run:
        return backends.placed(bases.merged(base.run, dtype))
    assert base.folder
    return backends.placed(bases.read_weights(base.folder, dtype))


def find(space: Workspace, settings: TrainSettings) -> "Base":
    from train import bases

    name = settings.distillation.teacher_model
    if not name:
        raise BadInputError(
            "[train.distillation] teacher_model is not set: name a folder, a model of the hub, or "
            "runs/NAME."
        )
    return bases.named_base(name, space)
