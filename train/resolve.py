"""From `auto` to values: what this machine can do, and what suits it."""

import importlib.util
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeVar

from data.errors import BadInputError
from data.training import TrainSettings
from train import memory, plan, ranks
from train.memory import Shape
from train.plan import Plan
from train.runs import RunManifest

T = TypeVar("T")


class Machine(NamedTuple):
    """What there is to train on."""

    gpu: str
    """Its name; empty where there is none."""
    free: int = 0
    """Free bytes of one GPU."""
    gpus: int = 1
    """How many of them share each step."""


def machine() -> Machine:
    import torch

    if not torch.cuda.is_available():
        return Machine("")
    free, _ = torch.cuda.mem_get_info()
    return Machine(torch.cuda.get_device_name(), free, ranks.count())


def resolve(
    settings: TrainSettings,
    on: Machine,
    backend: Literal["trl", "unsloth"],
    shape: Callable[[], Shape],
    before: RunManifest | None,
    *,
    halvings: int = 0,
) -> Plan:
    """The same settings with no `auto` left, once `refuse` has let them pass.

    `shape` is asked where memory matters, which is on a GPU. `before` is a run of this base on
    this kind of GPU: what it took beside what was planned says how far the plan is off.
    `halvings` is how often memory has been too small for what was planned.
    """
    known = _known(settings, on)
    if on.gpu:
        off = before.peak_memory_gib / before.planned_memory_gib if before else 1.0
        size = shape()
        chosen = plan.choose(known, size, on.free / off, backend, on.gpus)
        smaller = halved(chosen.settings, halvings)
        return chosen._replace(settings=smaller, need=memory.need(size, smaller, backend))
    return Plan(_on_cpu(known), None, ())


def refuse(settings: TrainSettings, on: Machine) -> None:
    """Raise for settings that contradict one another, or this machine."""
    if not settings.model.model_name:
        raise BadInputError(
            f"[train.model] model_name is not set and the preset {settings.preset} needs a base: "
            "a folder, or the name of a model on the hub."
        )
    _refuse_for_method(settings)
    if settings.model.load_in_4bit is True and settings.model.full_finetuning:
        raise BadInputError(
            "[train.model] full_finetuning trains every weight, which 4-bit weights cannot be; "
            "set load_in_4bit = false, or full_finetuning = false for QLoRA."
        )
    for tracker in settings.trainer.report_to:
        if importlib.util.find_spec(tracker) is None:
            raise BadInputError(
                f"[train.trainer] report_to: {tracker} is not installed; `pip install {tracker}` does "
                "it. Without it, metrics.jsonl and loss.svg tell the same."
            )
    if settings.model.load_in_4bit is True and not on.gpu:
        raise BadInputError(
            "[train.model] load_in_4bit = true needs an NVIDIA GPU, and torch sees none here; "
            "set it to false, or to `auto`."
        )


def _refuse_for_method(settings: TrainSettings) -> None:
    if settings.data.corpus and settings.method != "pretrain":
        raise BadInputError(
            f"[train.data] corpus is read by pretraining alone, and the method is {settings.method}; "
            'set method = "pretrain", or leave corpus out.'
        )
    if settings.trainer.packing is True and settings.method not in ("sft", "pretrain"):
        raise BadInputError(
            f"[train.trainer] packing: {settings.method} compares answers one by one; set it to false."
        )
    if settings.method in ("grpo", "rloo") and settings.trainer.early_stopping_patience:
        raise BadInputError(
            f"[train.trainer] early_stopping_patience: the loss of {settings.method} does not say "
            "how good the answers are; set it to 0 and look at `reward` in metrics.jsonl."
        )


def refuse_batches(settings: TrainSettings) -> None:
    """Raise where rows at a time and method contradict each other; no `auto` is left."""
    rows = fixed(settings.trainer.per_device_train_batch_size)
    behind = rows * fixed(settings.trainer.gradient_accumulation_steps)
    answers = settings.rewards.num_generations
    if settings.method == "kto" and rows < 2:
        raise BadInputError(
            "kto holds each answer against another one of its batch; set "
            "per_device_train_batch_size to 2 or more under [train.trainer]."
        )
    if settings.method in ("grpo", "rloo") and behind % answers:
        raise BadInputError(
            f"{settings.method} needs whole groups of answers: per_device_train_batch_size x "
            f"gradient_accumulation_steps is {behind}, and no multiple of num_generations, {answers}."
        )


def halved(settings: TrainSettings, times: int) -> TrainSettings:
    """Half the rows at a time and twice the steps added up: the same sum in less memory."""
    rows = fixed(settings.trainer.per_device_train_batch_size)
    added = fixed(settings.trainer.gradient_accumulation_steps)
    if rows < 2**times:
        raise BadInputError(
            "The GPU's memory is too small even for one row at a time; set load_in_4bit and "
            "gradient_checkpointing to true, or lower max_length."
        )
    trainer = {
        "per_device_train_batch_size": rows // 2**times,
        "gradient_accumulation_steps": added * 2**times,
    }
    return settings.having(model={}, trainer=trainer)


def fixed(value: T | Literal["auto"]) -> T:
    """A value of resolved settings, of which none is `auto`."""
    if isinstance(value, str):
        raise TypeError("settings are resolved before they are used")
    return value


def _known(settings: TrainSettings, on: Machine) -> TrainSettings:
    """What follows from the kind of machine alone."""
    dtype = _or(settings.model.dtype, "bfloat16" if on.gpu else "float32")
    model = {"dtype": dtype}
    trainer = {
        "optim": _or(settings.trainer.optim, "adamw_8bit" if on.gpu else "adamw_torch_fused"),
        "bf16": _or(settings.trainer.bf16, dtype == "bfloat16"),
    }
    return settings.having(model=model, trainer=trainer)


def _on_cpu(settings: TrainSettings) -> TrainSettings:
    asked = settings.trainer
    trainer = {
        "packing": _or(asked.packing, otherwise=False),
        "gradient_checkpointing": _or(asked.gradient_checkpointing, otherwise=False),
        "per_device_train_batch_size": _or(asked.per_device_train_batch_size, 8),
        "gradient_accumulation_steps": _or(asked.gradient_accumulation_steps, 1),
    }
    model = {"load_in_4bit": _or(settings.model.load_in_4bit, otherwise=False)}
    return settings.having(model=model, trainer=trainer)


def _or(asked: object, otherwise: object) -> object:
    return otherwise if asked == "auto" else asked
