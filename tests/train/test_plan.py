"""What a training needs, and the fastest of what fits."""

from importlib.util import find_spec

import pytest

from data.errors import BadInputError
from data.training import ModelSettings, TrainerSettings, TrainSettings
from train import memory, plan, resolve
from train.memory import GIB, Shape
from train.resolve import Machine

LLAMA_8B = Shape(
    linear=6_979_321_856,
    other=1_050_939_392,
    adapter=41_943_040,
    layers=32,
    hidden=4096,
    intermediate=14336,
)


def settings(**trainer: object) -> TrainSettings:
    told = {"max_length": 2048, "optim": "adamw_8bit", **trainer}
    model = ModelSettings(model_name="m", dtype="bfloat16", load_in_4bit="auto")
    return TrainSettings(model=model, trainer=TrainerSettings.model_validate(told))


OPEN = settings(
    per_device_train_batch_size="auto",
    gradient_accumulation_steps="auto",
    gradient_checkpointing="auto",
    packing="auto",
)


@pytest.mark.parametrize(
    ("in_4bit", "checkpointing", "rows", "backend", "measured"),
    [
        (True, True, 2, "unsloth", 6.76),
        (True, True, 2, "trl", 11.79),
        (True, False, 2, "unsloth", 21.03),
        (False, False, 2, "unsloth", 30.54),
        (False, False, 4, "unsloth", 45.65),
        (False, True, 8, "unsloth", 18.37),
    ],
)
def test_the_need_is_within_a_tenth_of_what_was_measured(
    *, in_4bit: bool, checkpointing: bool, rows: int, backend: str, measured: float
) -> None:
    told = settings(per_device_train_batch_size=rows, gradient_checkpointing=checkpointing)
    told = told.having(model={"load_in_4bit": in_4bit}, trainer={})

    assert memory.need(LLAMA_8B, told, backend).total / GIB == pytest.approx(measured, rel=0.1)


@pytest.mark.parametrize(
    ("free", "checkpointing", "in_4bit", "rows"),
    [(80, False, False, 4), (40, False, False, 2), (24, False, True, 1), (10, True, True, 4)],
)
def test_the_fastest_that_fits_is_taken(
    *, free: int, checkpointing: bool, in_4bit: bool, rows: int
) -> None:
    made = plan.choose(OPEN, LLAMA_8B, free * GIB, "unsloth")

    trainer = made.settings.trainer
    assert trainer.gradient_checkpointing is checkpointing
    assert made.settings.model.load_in_4bit is in_4bit
    assert trainer.per_device_train_batch_size == rows
    assert trainer.gradient_accumulation_steps == 8 // rows
    assert len(made.reasons) == 5


def test_several_gpus_add_up_fewer_rows_each() -> None:
    made = plan.choose(OPEN, LLAMA_8B, 80 * GIB, "unsloth", gpus=2).settings.trainer

    assert (made.per_device_train_batch_size, made.gradient_accumulation_steps) == (4, 1)


def test_a_gpu_that_is_too_small_is_told_what_would_help() -> None:
    with pytest.raises(BadInputError, match=r"too small: 4\.0 GiB are free.*Cheapest first"):
        plan.choose(OPEN, LLAMA_8B, 4 * GIB, "unsloth")


def test_what_the_user_sets_stays() -> None:
    asked = settings(per_device_train_batch_size=1, gradient_checkpointing=True)

    made = plan.choose(asked, LLAMA_8B, 80 * GIB, "unsloth")

    assert made.settings.trainer == asked.trainer
    assert made.settings.model.load_in_4bit is False


def test_on_a_cpu_nothing_stays_open() -> None:
    told = OPEN.model_copy(update={"model": ModelSettings(load_in_4bit="auto")})

    made = resolve.resolve(told, Machine(""), "trl", lambda: LLAMA_8B, None).settings

    assert made.model.dtype == "float32"
    assert made.model.load_in_4bit is False
    assert made.trainer.packing is False
    assert made.trainer.optim == "adamw_8bit"


def test_settings_that_contradict_one_another_are_refused() -> None:
    told = TrainSettings(model=ModelSettings(load_in_4bit=True, full_finetuning=True))

    with pytest.raises(BadInputError, match="4-bit weights cannot be"):
        resolve.refuse(told, Machine("a GPU", 80 * GIB))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"method": "sft", "data": {"corpus": ["a.txt"]}}, "corpus is read by pretraining alone"),
        ({"method": "dpo", "trainer": {"packing": True}}, "packing: dpo compares answers"),
        (
            {"method": "rloo", "trainer": {"early_stopping_patience": 2}},
            "the loss of rloo does not",
        ),
    ],
)
def test_settings_that_a_method_cannot_take_are_refused(
    told: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInputError, match=said):
        resolve.refuse(TrainSettings.model_validate(told), Machine(""))


@pytest.mark.skipif(find_spec("trackio") is not None, reason="it is installed here")
def test_a_tracker_that_is_not_installed_is_told_of() -> None:
    told = settings(report_to=["trackio"]).having(model={"load_in_4bit": False}, trainer={})

    with pytest.raises(BadInputError, match=r"trackio is not installed; `pip install trackio`"):
        resolve.refuse(told, Machine(""))


def test_halving_keeps_the_rows_behind_a_step_and_ends_at_one() -> None:
    told = settings(per_device_train_batch_size=4, gradient_accumulation_steps=2)

    half = resolve.halved(told, 2).trainer

    assert (half.per_device_train_batch_size, half.gradient_accumulation_steps) == (1, 8)
    with pytest.raises(BadInputError, match="even for one row at a time"):
        resolve.halved(told, 3)
