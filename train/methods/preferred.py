"""Learning which answer is the better one: dpo, kto, orpo, and models that give points for it.

The trainers get our own tokens: their own preparation truncates, drops and doubles begin tokens.
"""

import random
from collections.abc import Callable, Iterator, Sequence

import datasets
from datasets import Dataset
from transformers import PreTrainedModel, Trainer
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, RewardConfig, RewardTrainer
from trl.experimental.orpo import ORPOConfig, ORPOTrainer

from data.training import Method
from train import tuner
from train.chat import Row
from train.resolve import fixed
from train.tuner import Making

Columns = dict[str, object]


def trainer(making: Making) -> Trainer:
    makers: dict[Method, Callable[[Making], Trainer]] = {
        "dpo": _dpo,
        "kto": _kto,
        "orpo": _orpo,
        "reward": _reward,
    }
    datasets.disable_progress_bars()
    with tuner.quietly():
        return makers[making.settings.method](making)


class _DPO(DPOTrainer):
    def _prepare_dataset(self, dataset: Dataset, *_: object) -> Dataset:
        return dataset


class _KTO(KTOTrainer):
    def _prepare_dataset(self, dataset: Dataset, *_: object) -> Dataset:
        return dataset


class _ORPO(ORPOTrainer):
    def tokenize_row(self, feature: Columns, *_: object) -> Columns:
        return feature


def _dpo(making: Making) -> Trainer:
    own = {
        **_shared(making),
        "train_sampling_strategy": "random",
        "beta": making.settings.preferences.beta,
        "loss_type": ["sigmoid"],
        "loss_weights": None,
        "label_smoothing": 0.0,
        "f_divergence_type": "reverse_kl",
        "use_weighting": False,
        "ld_alpha": None,
        "truncation_mode": "keep_start",
        "padding_free": False,
        "precompute_ref_log_probs": False,
        "sync_ref_model": False,
        "activation_offloading": False,
    }
    made = _DPO(
        model=making.model,
        ref_model=_reference(making),
        args=tuner.arguments(DPOConfig, making, own),
        train_dataset=_paired(making.rows),
        eval_dataset=_paired(making.dev) if making.dev else None,
        processing_class=making.base.tokenizer,
    )
    return tuner.without_copy(made)


def _kto(making: Making) -> Trainer:
    told = making.settings.preferences
    own = {
        **_shared(making),
        # What an answer is held against is the next prompt of its batch, so the order is ours.
        "train_sampling_strategy": "sequential",
        "beta": told.beta,
        "loss_type": "kto",
        "desirable_weight": told.desirable_weight,
        "undesirable_weight": told.undesirable_weight,
        "precompute_ref_log_probs": False,
        "sync_ref_model": False,
        "activation_offloading": False,
    }
    made = _KTO(
        model=making.model,
        ref_model=_reference(making),
        args=tuner.arguments(KTOConfig, making, own),
        train_dataset=_single(making.rows, making),
        eval_dataset=_single(making.dev, making) if making.dev else None,
        processing_class=making.base.tokenizer,
    )
    return tuner.without_copy(made)


def _orpo(making: Making) -> Trainer:
    own = {
        **_shared(making),
        "train_sampling_strategy": "random",
        "beta": making.settings.preferences.beta,
        "max_completion_length": None,
        "generate_during_eval": False,
        "include_num_input_tokens_seen": "no",  # it does not find them under these names
        "remove_unused_columns": False,
    }
    return _ORPO(
        model=making.model,
        args=tuner.arguments(ORPOConfig, making, own),
        train_dataset=_labelled(making.rows),
        eval_dataset=_labelled(making.dev) if making.dev else None,
        processing_class=making.base.tokenizer,
    )


def _reward(making: Making) -> Trainer:
    own = {
        **_shared(making),
        "train_sampling_strategy": "random",
        "center_rewards_coefficient": making.settings.preferences.center_rewards_coefficient,
        "activation_offloading": False,
    }
    making.model.config.pad_token_id = making.base.tokenizer.pad_token_id
    return RewardTrainer(
        model=making.model,
        args=tuner.arguments(RewardConfig, making, own),
        train_dataset=_whole(making.rows),
        eval_dataset=_whole(making.dev) if making.dev else None,
        processing_class=making.base.tokenizer,
    )


def _shared(making: Making) -> Columns:
    return {
        "max_length": making.settings.trainer.max_length,
        "disable_dropout": True,
        "trust_remote_code": False,
    }


def _reference(making: Making) -> PreTrainedModel | None:
    """The base to stay near. An adapter needs no second model: without it the base is there."""
    return making.fresh() if making.settings.model.full_finetuning else None


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Preferred and rejected, as they follow one another."""
    return zip(rows[::2], rows[1::2], strict=True)


def _answer(row: Row) -> list[int]:
    return row.input_ids[len(row.prompt) :]


def _paired(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_list(
        [
            {"prompt_ids": good.prompt, "chosen_ids": _answer(good), "rejected_ids": _answer(bad)}
            for good, bad in _pairs(rows)
        ]
    )


def _whole(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_list(
        [
            {"chosen_ids": good.input_ids, "rejected_ids": bad.input_ids}
            for good, bad in _pairs(rows)
        ]
    )


def _labelled(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_list(
        [
            {
                **_masked("chosen", good),
                **_masked("rejected", bad),
                "prompt_input_ids": good.prompt,
                "prompt_attention_mask": [1] * len(good.prompt),
            }
            for good, bad in _pairs(rows)
        ]
    )


def _masked(name: str, row: Row) -> Columns:
    return {
        f"{name}_input_ids": row.input_ids,
        f"{name}_attention_mask": [1] * len(row.input_ids),
        f"{name}_labels": row.labels,
    }


def _single(rows: Sequence[Row], making: Making) -> Dataset:
    """Each answer by itself, and the answer of its neighbour in the batch to compare with."""
    size = fixed(making.settings.trainer.per_device_train_batch_size)
    mixed = random.Random(making.settings.trainer.seed).sample(list(rows), len(rows))
    batches = [mixed[start : start + size] for start in range(0, len(mixed), size)]
    return Dataset.from_list(
        [
            {
                "prompt_ids": row.prompt,
                "completion_ids": _answer(row),
                "KL_completion_ids": _answer(other),
                "label": row.wanted,
            }
            for batch in batches
            for row, other in zip(batch, [batch[-1], *batch[:-1]], strict=True)
        ]
    )
