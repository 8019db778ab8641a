"""Learning to say what stands there: answers to chats (`sft`), or plain text (`pretrain`).

The trainer gets our own tokens and labels and prepares nothing.
"""

from collections.abc import Sequence

from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from train import tuner
from train.chat import Row
from train.resolve import fixed
from train.tuner import Making


def trainer(making: Making) -> SFTTrainer:
    with tuner.quietly():
        return SFTTrainer(
            model=making.model,
            args=tuner.arguments(SFTConfig, making, _own(making)),
            train_dataset=_tensors(making.rows),
            eval_dataset=_tensors(making.dev) if making.dev else None,
            processing_class=making.base.tokenizer,
        )


def _own(making: Making) -> dict[str, object]:
    asked = making.settings.trainer
    return {
        # Rows of one length together: less padding to compute.
        "train_sampling_strategy": "random" if asked.packing else "group_by_length",
        # Chunks multiply the output matrix with learnt positions only; Unsloth has its own way.
        "loss_type": "nll" if making.backend == "unsloth" else "chunked_nll",
        "max_length": asked.max_length,
        "packing": fixed(asked.packing),
        "packing_strategy": "bfd",
        "padding_free": False,
        "completion_only_loss": False,
        "assistant_only_loss": False,
        # Rows come as tokens; only packing is left to the trainer.
        "dataset_kwargs": None if asked.packing else {"skip_prepare_dataset": True},
        "activation_offloading": False,
        "trust_remote_code": False,
    }


def _tensors(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_list([{"input_ids": row.input_ids, "labels": row.labels} for row in rows])
