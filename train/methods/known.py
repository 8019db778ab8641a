"""The trainer of each method, imported when it is wanted: each brings libraries of its own."""

from transformers import Trainer

from train import material, tuner
from train.tuner import Making


def trainer(making: Making) -> Trainer:
    made = _of_method(making)
    if making.settings.trainer.embedding_learning_rate:
        tuner.slow_words(made, making.settings.trainer.embedding_learning_rate)
    return made


def _of_method(making: Making) -> Trainer:
    if making.settings.method in material.PREFERENCES:
        from train.methods import preferred

        return preferred.trainer(making)
    if making.settings.method in material.ONLINE:
        from train.methods import online

        return online.trainer(making)
    if making.settings.method == "embedder":
        from train.methods import contrastive

        return contrastive.trainer(making)
    if making.settings.method == "gkd":
        from train.methods import distilled

        return distilled.trainer(making)
    from train.methods import scratch, supervised

    if material.one_stream(making.settings, making.base):
        return scratch.trainer(making)
    return supervised.trainer(making)
