"""What fits, and of that the fastest: the values that `auto` stands for on a GPU.

Measured on one H100, 8B parameters, rows of 2,048 tokens: doing without checkpointing is 1.42
times as fast, 16-bit weights 1.035 times, and twice the rows a step 1.03 times. So checkpointing
is the first thing to switch off where there is room, then come 16-bit weights, then more rows.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeVar

from data.errors import BadInputError
from data.training import TrainSettings
from train import memory
from train.memory import Need, Shape

T = TypeVar("T")

ROOM = 0.9
"""The share of the free memory that a plan may fill."""
ROWS_A_STEP = 8
"""Rows behind each step where the settings leave them open."""
BATCHES = (4, 2, 1)


class Plan(NamedTuple):
    """Settings without any `auto`, and why they are what they are."""

    settings: TrainSettings
    need: Need | None
    """None on a CPU, whose memory nobody counts."""
    reasons: tuple[str, ...]


def choose(
    settings: TrainSettings,
    shape: Shape,
    free: float,
    backend: Literal["trl", "unsloth"],
    gpus: int = 1,
) -> Plan:
    """The fastest values that fit into `free` bytes of each GPU. Raises BadInputError if none does."""
    last: Need | None = None
    for candidate in _by_speed(settings, gpus):
        last = memory.need(shape, candidate, backend)
        if last.total <= free * ROOM:
            return Plan(candidate, last, tuple(_reasons(settings, candidate)))
    assert last
    raise BadInputError(
        f"The GPU is too small: {gib(int(free))} are free and even the smallest of what the settings "
        f"allow needs {gib(last.total)} ({_terms(last)}). Cheapest first: gradient_checkpointing "
        '= "auto" and per_device_train_batch_size = "auto" under [train.trainer], load_in_4bit = '
        '"auto" under [train.model], a smaller max_length, a smaller model.'
    )


def _by_speed(settings: TrainSettings, gpus: int) -> Iterator[TrainSettings]:
    """All that the settings leave open, the fastest first."""
    for checkpointing in _open(settings.trainer.gradient_checkpointing, (False, True)):
        in_bits = (False,) if settings.model.full_finetuning else (False, True)
        for in_4bit in _open(settings.model.load_in_4bit, in_bits):
            for rows in _open(settings.trainer.per_device_train_batch_size, BATCHES):
                added = max(1, ROWS_A_STEP // (rows * gpus))
                yield _with(
                    settings,
                    checkpointing=checkpointing,
                    in_4bit=in_4bit,
                    rows=rows,
                    added=added,
                )


def _with(
    settings: TrainSettings, *, checkpointing: bool, in_4bit: bool, rows: int, added: int
) -> TrainSettings:
    asked = settings.trainer.gradient_accumulation_steps
    trainer = {
        "gradient_checkpointing": checkpointing,
        "per_device_train_batch_size": rows,
        "gradient_accumulation_steps": added if asked == "auto" else asked,
        "packing": settings.trainer.packing in (True, "auto"),
    }
    return settings.having(model={"load_in_4bit": in_4bit}, trainer=trainer)


def _open(value: T | Literal["auto"], choices: tuple[T, ...]) -> tuple[T, ...]:
    """The choices where the settings leave them open, else what they say."""
    return choices if isinstance(value, str) else (value,)


def _reasons(asked: TrainSettings, chosen: TrainSettings) -> Iterator[str]:
    if asked.trainer.gradient_checkpointing == "auto":
        yield (
            "gradient_checkpointing = true: without it the activations do not fit"
            if chosen.trainer.gradient_checkpointing
            else "gradient_checkpointing = false: there is room, and it costs a third of the speed"
        )
    if asked.model.load_in_4bit == "auto":
        yield (
            "load_in_4bit = true: 16-bit weights do not fit"
            if chosen.model.load_in_4bit
            else "load_in_4bit = false: 16-bit weights fit, and need no unpacking"
        )
    if asked.trainer.per_device_train_batch_size == "auto":
        yield (
            f"per_device_train_batch_size = {chosen.trainer.per_device_train_batch_size}: "
            "the most rows at a time that fit"
        )
    if asked.trainer.gradient_accumulation_steps == "auto":
        yield (
            f"gradient_accumulation_steps = {chosen.trainer.gradient_accumulation_steps}: "
            f"about {ROWS_A_STEP} rows behind each step"
        )
    if asked.trainer.packing == "auto" and chosen.trainer.packing:
        yield "packing = true: short rows share one of max_length, so nothing is padded"


def _terms(need: Need) -> str:
    return ", ".join(f"{name} {gib(value)}" for name, value in need._asdict().items())


def gib(size: int) -> str:
    return f"{size / memory.GIB:.1f} GiB"
