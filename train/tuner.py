"""Fitting a model to rows, whatever the method: what its trainer is told, and its steps heard.

Every field that bears on the result is set here or by the method: the defaults of these libraries
change between versions and machines.
"""

import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from data.training import TrainSettings
from train import backends, checkpoints, memory, ranks
from train.backends import Backend
from train.chat import Row
from train.checkpoints import MadeOf
from train.health import Health
from train.resolve import fixed
from train.runs import Step

if TYPE_CHECKING:
    from peft import PeftConfig
    from transformers import PreTrainedModel

    from train.backends import Model
    from train.bases import Base

T = TypeVar("T")
OnStep = Callable[[Step, int], None]
"""Called after each step with what it measured, and how many steps there will be."""
TOLD = {"loss", "learning_rate", "grad_norm", "epoch", "num_tokens", "step_time"}
"""Of what a trainer logs, what stands in a step by a name of its own."""
WORDS = ("embed_tokens", "lm_head")
"""The layers that turn tokens into vectors and back."""


class Interrupt:
    """Set from outside to have the training stop after the step it is in."""

    asked = False


class Making(NamedTuple):
    """What a trainer is made of. Its settings hold no `auto` any more."""

    model: "Model"
    base: "Base"
    settings: TrainSettings
    backend: Backend
    rows: Sequence[Row]
    dev: Sequence[Row]
    """Empty where the loss on dev is not watched."""
    folder: Path
    """For its checkpoints."""
    fresh: "Callable[[], PreTrainedModel]"
    """Loads the base once more, for what has to be compared with it."""
    judge: Path | None = None
    """The run whose points are sought."""
    teacher: "Callable[[], PreTrainedModel] | None" = None
    """Loads the model whose choice of words is learnt."""


def arguments(kind: Callable[..., T], making: Making, own: dict[str, object]) -> T:
    """All that a trainer is told: what every method shares, and what is the method's `own`."""
    asked = making.settings.trainer
    looks = len(making.dev) > 0
    shared: dict[str, object] = {
        "output_dir": str(making.folder),
        "use_cpu": not backends.has_gpu(),
        "bf16": fixed(asked.bf16),
        "fp16": False,
        "seed": asked.seed,
        "data_seed": asked.seed,
        "num_train_epochs": asked.num_train_epochs,
        "max_steps": asked.max_steps,
        "per_device_train_batch_size": fixed(asked.per_device_train_batch_size),
        "per_device_eval_batch_size": fixed(asked.per_device_train_batch_size),
        "gradient_accumulation_steps": fixed(asked.gradient_accumulation_steps),
        "dataloader_drop_last": False,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": False,
        "optim": asked.optim,
        "learning_rate": asked.learning_rate,
        "lr_scheduler_type": asked.lr_scheduler_type,
        "warmup_steps": asked.warmup_steps,
        "weight_decay": asked.weight_decay,
        "adam_beta1": 0.9,
        "adam_beta2": 0.999,
        "adam_epsilon": 1e-8,
        "max_grad_norm": asked.max_grad_norm,
        "label_smoothing_factor": 0.0,
        "neftune_noise_alpha": None,
        "gradient_checkpointing": fixed(asked.gradient_checkpointing),
        "use_liger_kernel": False,
        "torch_compile": False,
        "include_num_input_tokens_seen": "non_padding",
        "eval_strategy": "steps" if looks else "no",
        "eval_steps": asked.save_steps if looks else None,
        "save_strategy": "steps",
        "save_steps": asked.save_steps,
        "save_total_limit": 2,
        "load_best_model_at_end": looks,
        "metric_for_best_model": "eval_loss" if looks else None,
        "greater_is_better": False if looks else None,
        "logging_strategy": "steps",
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "disable_tqdm": True,
        "report_to": list(asked.report_to) or "none",
        "run_name": making.folder.parent.name.removeprefix(".").removesuffix(".part"),
        "project": "gristmill",
        "push_to_hub": False,
        "ddp_find_unused_parameters": False,
    }
    return kind(**(shared | own))


@contextmanager
def quietly() -> Iterator[None]:
    """Without notices for developers of these libraries; what a user can act on we check."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def resolved(model: "Model", told: TrainingArguments) -> dict[str, object]:
    """All fields as they were used, defaults included, for `settings.json`."""
    trainer = told.to_dict()
    del trainer["output_dir"]  # a temporary folder, named after this machine
    adapter = adapters(model).get("default")
    return {"adapter": adapter.to_dict() if adapter else None, "trainer": trainer}


def adapters(model: "Model") -> dict[str, "PeftConfig"]:
    """The adapters of a model by name; none where all of its weights are trained."""
    found: dict[str, PeftConfig] = getattr(model, "peft_config", {})
    return found


def name_base(model: "Model", base: str) -> None:
    """Name the base in the adapter as the settings do, not by its place on this machine."""
    for adapter in adapters(model).values():
        adapter.base_model_name_or_path = base


class Session:
    """One training, from the first step or from a checkpoint on."""

    def __init__(self, trainer: Trainer, patience: int) -> None:
        self._trainer = trainer
        trainer.remove_callback(PrinterCallback)
        if patience:
            trainer.add_callback(EarlyStoppingCallback(patience))

    def fit(
        self,
        on_step: OnStep,
        made_of: MadeOf,
        interrupt: Interrupt,
        checkpoint: Path | None = None,
    ) -> bool:
        """Train to the end; False where it was told to stop before."""
        self._trainer.add_callback(_Watch(on_step, made_of, interrupt))
        with quietly():
            self._trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        return not interrupt.asked


def slow_words(made: Trainer, learning_rate: float) -> None:
    """Give the trained layers of words a learning rate of their own, before the first step."""
    assert made.model
    words = {
        id(weight)
        for name, weight in made.model.named_parameters()
        if weight.requires_grad and any(layer in name for layer in WORDS)
    }
    optimizer = made.create_optimizer()
    for group in list(optimizer.param_groups):
        ours = [weight for weight in group["params"] if id(weight) in words]
        if ours:
            group["params"] = [weight for weight in group["params"] if id(weight) not in words]
            optimizer.add_param_group({**group, "params": ours, "lr": learning_rate})


def without_copy(made: Trainer) -> Trainer:
    """Without the copy of the untrained adapter as reference: it says nothing else than none."""
    from peft import PeftModel

    if isinstance(made.model, PeftModel) and "ref" in made.model.peft_config:
        made.model.delete_adapter("ref")
    return made


def save(model: "Model", folder: Path) -> None:
    """What was trained and nothing else, in safetensors."""
    if adapters(model):
        # "auto" would ask the hub whether the vocabulary grew; ours never does.
        model.save_pretrained(str(folder), save_embedding_layers=False)
        # An empty form; the run has a card of its own.
        (folder / "README.md").unlink(missing_ok=True)
    else:
        model.save_pretrained(str(folder))
        (folder / "README.md").unlink(missing_ok=True)


class _Watch(TrainerCallback):
    """Turns the trainer's log into steps, seals its checkpoints, and stops what goes wrong."""

    def __init__(self, on_step: OnStep, made_of: MadeOf, interrupt: Interrupt) -> None:
        self._on_step, self._made_of, self._interrupt = on_step, made_of, interrupt
        self._pending: Step | None = None
        self._health = Health()
        self._started = time.monotonic()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        self._started = time.monotonic()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        # All stop after the same step, or they would wait for one another for ever.
        self._interrupt.asked = ranks.any_of(self._interrupt.asked, args.device)
        if self._interrupt.asked:
            control.should_save = control.should_training_stop = True

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: object,
    ) -> None:
        if logs is None or "loss" not in logs:
            return
        self._health.refuse(
            state.global_step, logs["loss"], logs.get("grad_norm"), cure=_cure(logs)
        )
        self._pending = Step(
            step=state.global_step,
            loss=logs["loss"],
            lr=logs["learning_rate"],
            seconds=round(time.monotonic() - self._started, 3),
            tokens=state.num_input_tokens_seen,
            grad_norm=_finite(logs.get("grad_norm")),
            memory_gib=_peak_memory(),
            figures=_figures(logs),
        )

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **_: object,
    ) -> None:
        if self._pending and metrics:
            self._pending = self._pending.with_dev_loss(metrics["eval_loss"])

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        self._flush(state)
        ranks.wait()  # each process has written its own random state
        if ranks.first():
            checkpoint = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
            checkpoints.seal(checkpoint, state.global_step, self._made_of)

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        self._flush(state)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        self._flush(state)

    def _flush(self, state: TrainerState) -> None:
        if self._pending:
            self._on_step(self._pending, state.max_steps)
            self._pending = None


def _cure(logs: dict[str, float]) -> str:
    """What to do where no gradient comes."""
    if logs.get("frac_reward_zero_std") == 1:
        return (
            "All answers to a question get the same points: raise temperature or "
            "max_completion_length under [train.rewards], or train the model of preferences more."
        )
    return "See target_modules under [train.peft], and `train check`."


def _figures(logs: dict[str, float]) -> dict[str, float]:
    """What only this method measures; how long something took is no property of the model."""
    return {
        name: round(value, 6)
        for name, value in logs.items()
        if name not in TOLD
        and not name.startswith("train_")
        and isinstance(value, float)
        and math.isfinite(value)
    }


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _peak_memory() -> float:
    import torch

    if not torch.cuda.is_available():
        return 0.0
    return round(torch.cuda.max_memory_reserved() / memory.GIB, 3)
