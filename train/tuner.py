"""Fitting an adapter: the one door to trl and peft.

The trainer gets our own tokens and labels and prepares nothing. Every field that bears on the
result is set here: the defaults of these libraries change between versions and machines.
"""

import math
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from datasets import Dataset
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    PreTrainedModel,
    PrinterCallback,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    set_seed,
)
from trl import SFTConfig, SFTTrainer

from data.errors import BadInputError
from data.settings import TrainSettings
from train.bases import Base
from train.chat import Row
from train.runs import Step

OnStep = Callable[[Step, int], None]
"""Called after each step with what it measured, and how many steps there will be."""


def adapt(model: PreTrainedModel, base: Base, settings: TrainSettings) -> PeftModel:
    """Put an adapter on all linear layers; the base stays as it is."""
    built = base.folder is None
    lora = LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.r,
        lora_alpha=settings.lora_alpha,
        lora_dropout=0.0,
        bias="none",
        target_modules="all-linear",
        # `tiny` starts from random vectors. Frozen they would mean nothing for ever, so its
        # words are learnt with the adapter; a trained base knows its words already.
        modules_to_save=["embed_tokens", "lm_head"] if built else None,
        use_rslora=False,
        use_dora=False,
        init_lora_weights=True,
    )
    set_seed(settings.seed)
    adapted = get_peft_model(model, lora)
    assert isinstance(adapted, PeftModel)
    lora.base_model_name_or_path = "base" if built else base.name
    return adapted


def arguments(settings: TrainSettings, folder: Path) -> SFTConfig:
    """All that the trainer is told."""
    return SFTConfig(
        output_dir=str(folder),
        use_cpu=True,
        bf16=False,
        fp16=False,
        seed=settings.seed,
        data_seed=settings.seed,
        num_train_epochs=settings.num_train_epochs,
        max_steps=-1,
        per_device_train_batch_size=settings.per_device_train_batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation_steps,
        # Rows of one length together: less padding to compute.
        train_sampling_strategy="group_by_length",
        dataloader_drop_last=False,
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
        optim="adamw_torch_fused",
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=settings.warmup_steps,
        weight_decay=0.0,
        adam_beta1=0.9,
        adam_beta2=0.999,
        adam_epsilon=1e-8,
        max_grad_norm=1.0,
        label_smoothing_factor=0.0,
        neftune_noise_alpha=None,
        # The output matrix is multiplied with learnt positions only.
        loss_type="chunked_nll",
        max_length=settings.max_length,
        packing=False,
        padding_free=False,
        completion_only_loss=False,
        assistant_only_loss=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        gradient_checkpointing=False,
        activation_offloading=False,
        use_liger_kernel=False,
        torch_compile=False,
        trust_remote_code=False,
        eval_strategy="no",
        save_strategy="no",
        load_best_model_at_end=False,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        report_to="none",
        push_to_hub=False,
    )


def resolved(model: PeftModel, told: SFTConfig) -> dict[str, object]:
    """All fields as they were used, defaults included, for `settings.json`."""
    trainer = told.to_dict()
    del trainer["output_dir"]  # a temporary folder, named after this machine
    return {"adapter": model.peft_config["default"].to_dict(), "trainer": trainer}


def fit(
    model: PeftModel, base: Base, rows: Sequence[Row], told: SFTConfig, on_step: OnStep
) -> None:
    """Train the adapter on the rows, reporting every step."""
    tensors = [{"input_ids": row.input_ids, "labels": row.labels} for row in rows]
    with warnings.catch_warnings():
        # Notices for developers of these libraries; what a user can act on is checked by us.
        warnings.simplefilter("ignore")
        trainer = SFTTrainer(
            model=model,
            args=told,
            train_dataset=Dataset.from_list(tensors),
            processing_class=base.tokenizer,
            callbacks=[_Reporter(on_step)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()


def save(model: PeftModel, folder: Path) -> None:
    """The adapter alone, in safetensors."""
    # "auto" would ask the hub whether the vocabulary grew; ours never does.
    model.save_pretrained(str(folder), safe_serialization=True, save_embedding_layers=False)
    (folder / "README.md").unlink()  # an empty form; the run has a card of its own


class _Reporter(TrainerCallback):
    """Turns the trainer's log into steps, and stops where the loss is no number any more."""

    def __init__(self, on_step: OnStep) -> None:
        self._on_step = on_step
        self._started = time.monotonic()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        self._started = time.monotonic()

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
        if not math.isfinite(logs["loss"]):
            raise BadInputError(
                f"The loss is {logs['loss']} at step {state.global_step}: the training ran away. "
                "Lower learning_rate under [train]."
            )
        seconds = round(time.monotonic() - self._started, 3)
        step = Step(state.global_step, logs["loss"], logs["learning_rate"], seconds)
        self._on_step(step, state.max_steps)
