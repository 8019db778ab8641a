"""A new model from plain text: random weights, and every token of a row is learnt.

A model that small is bound by all that surrounds it. So documents are one stream, cut into rows of
one length, the plain trainer measures nothing beside the loss, and a GPU computes it compiled.
"""

import math
from collections.abc import Sequence

import torch
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments, default_data_collator

from train import backends, tuner
from train.chat import Row
from train.tuner import Making


def trainer(making: Making) -> Trainer:
    own: dict[str, object] = {
        "torch_compile": backends.has_gpu() and making.backend == "trl",  # Unsloth has its own way
        "prediction_loss_only": True,
    }
    length = making.settings.trainer.max_length
    with tuner.quietly():
        return Trainer(
            model=making.model,
            args=tuner.arguments(TrainingArguments, making, own),
            train_dataset=Windows(making.rows, length),
            eval_dataset=Windows(making.dev, length) if making.dev else None,
            data_collator=default_data_collator,
            processing_class=making.base.tokenizer,
        )


class Windows(Dataset[dict[str, torch.Tensor]]):
    """Tokens of all rows as rows of one length; the last begins early where it would be shorter."""

    def __init__(self, rows: Sequence[Row], length: int) -> None:
        self._stream = torch.cat([torch.tensor(row.input_ids) for row in rows])
        self._length = min(length, len(self._stream))

    def __len__(self) -> int:
        return math.ceil(len(self._stream) / self._length)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        start = min(index * self._length, len(self._stream) - self._length)
        ids = self._stream[start : start + self._length]
        return {"input_ids": ids, "labels": ids}
