"""Tuning the embedder: wordings of one question closer together, other questions apart."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from datasets import Dataset
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.base.sampler import BatchSamplers
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from transformers import PreTrainedModel

from data.embed import Vectors
from data.records import Example
from train import tuner, wordings
from train.chat import Row
from train.tuner import Making
from train.wordings import Search


def load(folder: Path) -> PreTrainedModel:
    # It goes the way of the models of words, though it is none; the functions here know it again.
    return SentenceTransformer(str(folder), local_files_only=True)  # type: ignore[return-value]


def trainer(making: Making) -> SentenceTransformerTrainer:
    own: dict[str, object] = {
        "train_sampling_strategy": "random",
        # The others of a batch are the wrong answers, so it may not hold a family twice.
        "batch_sampler": BatchSamplers.NO_DUPLICATES,
        "include_num_input_tokens_seen": "no",
    }
    encoder = _encoder(making.model)
    with tuner.quietly():
        return SentenceTransformerTrainer(
            model=encoder,
            args=tuner.arguments(SentenceTransformerTrainingArguments, making, own),
            train_dataset=_pairs(making.rows),
            eval_dataset=_pairs(making.dev) if making.dev else None,
            loss=MultipleNegativesRankingLoss(encoder, scale=making.settings.embedder.scale),
        )


def recall(model: object, searched: Search) -> dict[str, float]:
    """How often the withheld wordings lead to their fact."""
    if not searched.asked:
        return {}
    encoder = _encoder(model)
    return wordings.recall(
        searched, _vectors(encoder, searched.asked), _vectors(encoder, searched.among)
    )


def _encoder(model: object) -> SentenceTransformer:
    assert isinstance(model, SentenceTransformer)
    return model


def _pairs(rows: Sequence[Row]) -> Dataset:
    asked = [row.example.question for row in rows]
    return Dataset.from_dict({"anchor": asked[1::2], "positive": asked[::2]})


def _vectors(encoder: SentenceTransformer, rows: Sequence[Example]) -> Vectors:
    asked = [row.question for row in rows]
    made = encoder.encode(asked, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(made, dtype=np.float32)
