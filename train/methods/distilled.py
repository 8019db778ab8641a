"""Learning the teacher's choice of every token, on its answers and on one's own: gkd."""

from collections.abc import Sequence

import torch
from datasets import Dataset
from torch.nn.utils.rnn import pad_sequence
from transformers import Trainer
from trl.experimental.gkd import GKDConfig, GKDTrainer

from train import tuner
from train.chat import MASKED, Row
from train.tuner import Making

Columns = dict[str, list[int]]


def trainer(making: Making) -> Trainer:
    assert making.teacher
    with tuner.quietly():
        return GKDTrainer(
            model=making.model,
            teacher_model=making.teacher(),
            args=tuner.arguments(GKDConfig, making, _own(making)),
            data_collator=_Collator(making.base.tokenizer.pad_token_id),
            train_dataset=_tensors(making.rows),
            eval_dataset=_tensors(making.dev) if making.dev else None,
            processing_class=making.base.tokenizer,
        )


def _own(making: Making) -> dict[str, object]:
    told = making.settings.distillation
    return {
        "train_sampling_strategy": "random",
        "lmbda": told.lmbda,
        "beta": told.beta,
        "temperature": told.temperature,
        "max_new_tokens": told.max_new_tokens,
        "seq_kd": False,
        "disable_dropout": True,
        "loss_type": "nll",  # it needs the probabilities of all words
        "max_length": making.settings.trainer.max_length,
        "packing": False,
        "padding_free": False,
        "completion_only_loss": False,
        "assistant_only_loss": False,
        "remove_unused_columns": False,
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "activation_offloading": False,
        "trust_remote_code": False,
    }


def _tensors(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_list(
        [{"input_ids": row.input_ids, "labels": row.labels, "prompts": row.prompt} for row in rows]
    )


class _Collator:
    """Rows padded on the right, and their prompts on the left, so that answers follow them."""

    def __init__(self, pad: int) -> None:
        self._pad = pad

    def __call__(self, rows: list[Columns]) -> dict[str, torch.Tensor]:
        whole, asked = [row["input_ids"] for row in rows], [row["prompts"] for row in rows]
        return {
            "input_ids": _padded(whole, self._pad),
            "attention_mask": _padded([[1] * len(each) for each in whole], 0),
            "labels": _padded([row["labels"] for row in rows], MASKED),
            "prompts": _padded(asked, self._pad, side="left"),
            "prompt_attention_mask": _padded([[1] * len(each) for each in asked], 0, side="left"),
        }


def _padded(rows: list[list[int]], value: int, *, side: str = "right") -> torch.Tensor:
    return pad_sequence(
        [torch.tensor(row) for row in rows],
        batch_first=True,
        padding_value=value,
        padding_side=side,
    )
