"""Learning to say what stands there: answers to chats (`sft`), or plain text (`pretrain`).

The trainer gets our own tokens and labels and prepares nothing.
"""

from collections.abc import Sequence

from datasets import Dataset
from torch.optim import Optimizer
from trl import SFTConfig, SFTTrainer

from train import tuner
from train.chat import Row
from train.resolve import fixed
from train.tuner import Making

WORDS = ("embed_tokens", "lm_head")
"""The layers that turn tokens into vectors and back."""


def trainer(making: Making) -> SFTTrainer:
    asked = making.settings.trainer
    with tuner.quietly():
        made = SFTTrainer(
            model=making.model,
            args=tuner.arguments(SFTConfig, making, _own(making)),
            train_dataset=_tensors(making.rows),
            eval_dataset=_tensors(making.dev) if making.dev else None,
            processing_class=making.base.tokenizer,
        )
        if asked.embedding_learning_rate:
            words = [
                weight
                for name, weight in making.model.named_parameters()
                if weight.requires_grad and any(layer in name for layer in WORDS)
            ]
            _slow_down(made.create_optimizer(), words, asked.embedding_learning_rate)
    return made


def _own(making: Making) -> dict[str, object]:
    asked = making.settings.trainer
    return {
        # Rows of one length together: less padding to compute.
        "train_sampling_strategy": "random" if asked.packing else "group_by_length",
        "loss_type": _loss(making),
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


def _loss(making: Making) -> str:
    """Chunks multiply the output matrix with learnt positions only; Unsloth has its own way.

    Where every position is learnt and the vocabulary is small, chunks are nothing but slower.
    """
    whole = making.settings.method == "pretrain" and making.base.random
    return "nll" if making.backend == "unsloth" or whole else "chunked_nll"


def _slow_down(optimizer: Optimizer, weights: Sequence[object], learning_rate: float) -> None:
    """Give these weights a learning rate of their own, before the first step."""
    chosen = {id(weight) for weight in weights}
    for group in list(optimizer.param_groups):
        ours = [weight for weight in group["params"] if id(weight) in chosen]
        if ours:
            group["params"] = [each for each in group["params"] if id(each) not in chosen]
            optimizer.add_param_group({**group, "params": ours, "lr": learning_rate})


def _tensors(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_list([{"input_ids": row.input_ids, "labels": row.labels} for row in rows])
