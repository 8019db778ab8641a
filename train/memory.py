"""How much memory of a GPU a training needs, term by term, before anything is loaded.

The terms are sums over the shape of the model. Their factors were fitted on one H100 to the peaks
that torch reserved for models of 1.2B and 8B parameters (docs/train.md has the table); a run
writes what it really took beside the estimate.
"""

from typing import TYPE_CHECKING, NamedTuple

from data.training import TrainSettings

if TYPE_CHECKING:
    from torch import nn

    from train.bases import Base

GIB = 2**30
NF4_BITS = 4.127
"""Of a weight, its share of the doubly quantised scales included (QLoRA, arXiv:2305.14314)."""
LOSS_BYTES = int(0.55 * GIB)
"""Of the logits of one chunk of positions, in full precision, and their gradients."""
RECOMPUTED = {"unsloth": 1.5, "trl": 6.5}
"""One layer done again in the backward pass, in units of what it keeps without checkpointing."""


class Shape(NamedTuple):
    """What of a model bears on memory."""

    linear: int
    """Weights in the layers that may be quantised and adapted."""
    other: int
    """All other weights: word vectors, output, norms."""
    adapter: int
    """Weights of the adapter at the rank that is set, and of what is trained whole beside it."""
    layers: int
    hidden: int
    intermediate: int


class Need(NamedTuple):
    """Bytes by term."""

    weights: int
    trained: int
    """What is trained beside them, its gradients and the optimizer's two moments."""
    activations: int
    loss: int

    @property
    def total(self) -> int:
        return self.weights + self.trained + self.activations + self.loss


def shape(base: "Base", settings: TrainSettings) -> Shape:
    """Count the weights on a device that holds none."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(base.config)
    inner = [
        layer
        for name, layer in model.named_modules()
        if isinstance(layer, torch.nn.Linear) and "lm_head" not in name
    ]
    linear = sum(layer.weight.numel() for layer in inner)
    adapted = [layer for layer in inner if _adapts(layer, model, settings)]
    told = base.config.get_text_config()
    return Shape(
        linear=linear,
        other=sum(weight.numel() for weight in model.parameters()) - linear,
        adapter=sum(settings.peft.r * sum(layer.weight.shape) for layer in adapted)
        + sum(
            weight.numel()
            for name, weight in model.named_parameters()
            if any(whole in name.split(".") for whole in settings.peft.modules_to_save)
        ),
        layers=told.num_hidden_layers,
        hidden=told.hidden_size,
        intermediate=told.intermediate_size,
    )


def need(shape: Shape, settings: TrainSettings, backend: str) -> Need:
    """Bytes of one GPU at the peak; `settings` holds no `auto` any more."""
    trainer, model = settings.trainer, settings.model
    each = 4 if model.dtype == "float32" else 2
    # Whoever quantises through PEFT keeps the other weights in full precision.
    beside = 4 if model.load_in_4bit and backend == "trl" else each
    linear = shape.linear * (NF4_BITS / 8 if model.load_in_4bit else each)
    moments = 2 if trainer.optim == "adamw_8bit" else 8
    trained = (
        (shape.linear + shape.other) * (each + moments)
        if model.full_finetuning
        else shape.adapter * (4 + 4 + moments)
    )
    answers = 2 if settings.method in ("dpo", "orpo", "reward") else 1  # of an entry, at a time
    tokens = answers * int(trainer.per_device_train_batch_size) * trainer.max_length
    return Need(
        weights=int(linear + shape.other * beside),
        trained=int(trained),
        activations=_activations(shape, tokens, each, settings, backend),
        loss=LOSS_BYTES if backend == "unsloth" else 0,
    )


def _activations(
    shape: Shape, tokens: int, each: int, settings: TrainSettings, backend: str
) -> int:
    """What the layers keep for the backward pass, or keep and then compute again."""
    layer = (3 * shape.intermediate + 5 * shape.hidden) * each * tokens
    if not settings.trainer.gradient_checkpointing:
        return shape.layers * layer
    # Unsloth's checkpoints lie in the memory of the host.
    kept = 0 if backend == "unsloth" else shape.layers * shape.hidden * each * tokens
    return int(kept + RECOMPUTED[backend] * layer)


def _adapts(layer: "nn.Module", model: "nn.Module", settings: TrainSettings) -> bool:
    wanted = settings.peft.target_modules
    if wanted == "all-linear":
        return True
    names = [name for name, each in model.named_modules() if each is layer]
    ends = [wanted] if isinstance(wanted, str) else wanted
    return any(name.endswith(end) for name in names for end in ends)
