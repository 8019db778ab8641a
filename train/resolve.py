"""From `auto` to values: what this machine can do, and what suits it."""

from typing import Literal, NamedTuple, TypeVar

from data.errors import BadInputError
from data.training import TrainSettings

T = TypeVar("T")


class Machine(NamedTuple):
    """What there is to train on."""

    gpu: str
    """Its name; empty where there is none."""
    free: int = 0
    """Free bytes of one GPU."""


def resolve(settings: TrainSettings, machine: Machine) -> TrainSettings:
    """The same settings with no `auto` left. Raises BadInputError for what cannot run here."""
    if not settings.model.model_name:
        raise BadInputError(
            f"[train.model] model_name is not set and the preset {settings.preset} needs a base: "
            "a folder, or the name of a model on the hub."
        )
    if settings.model.load_in_4bit and settings.model.full_finetuning:
        raise BadInputError(
            "[train.model] full_finetuning trains every weight, which 4-bit weights cannot be; "
            "set load_in_4bit = false, or full_finetuning = false for QLoRA."
        )
    if settings.model.load_in_4bit is True and not machine.gpu:
        raise BadInputError(
            "[train.model] load_in_4bit = true needs an NVIDIA GPU, and torch sees none here; "
            "set it to false, or to `auto`."
        )
    return settings.model_copy(
        update={
            "model": settings.model.model_copy(update=_model(settings, machine)),
            "trainer": settings.trainer.model_copy(update=_trainer(settings, machine)),
        }
    )


def _model(settings: TrainSettings, machine: Machine) -> dict[str, object]:
    asked = settings.model
    return {
        "dtype": _or(asked.dtype, "bfloat16" if machine.gpu else "float32"),
        "load_in_4bit": _or(asked.load_in_4bit, bool(machine.gpu) and not asked.full_finetuning),
    }


def _trainer(settings: TrainSettings, machine: Machine) -> dict[str, object]:
    asked = settings.trainer
    return {
        "optim": _or(asked.optim, "adamw_8bit" if machine.gpu else "adamw_torch_fused"),
        "packing": _or(asked.packing, bool(machine.gpu)),
        "gradient_checkpointing": _or(asked.gradient_checkpointing, bool(machine.gpu)),
        "per_device_train_batch_size": _or(asked.per_device_train_batch_size, 8),
        "gradient_accumulation_steps": _or(asked.gradient_accumulation_steps, 1),
    }


def _or(asked: object, otherwise: object) -> object:
    return otherwise if asked == "auto" else asked


def fixed(value: T | Literal["auto"]) -> T:
    """A value of resolved settings, of which none is `auto`."""
    if isinstance(value, str):
        raise TypeError("settings are resolved before they are used")
    return value
