"""Where a model is loaded and what is trained of it: plain TRL and PEFT, or Unsloth.

Both get the same tokens, labels and trainer settings, so they differ in speed and memory only.
Unsloth has to be imported before the libraries that it patches, hence `enter`.
"""

import importlib
import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from data.errors import BadInputError
from data.training import Method, TrainSettings

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

    Model = PreTrainedModel | PeftModel

Backend = Literal["trl", "unsloth"]
TRL_ALONE: tuple[Method, ...] = ("reward", "embedder")
ALL_LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


class _Lora(TypedDict):
    """What both backends are told of the adapter."""

    r: int
    lora_alpha: int
    lora_dropout: float
    bias: Literal["none"]
    modules_to_save: list[str] | None
    ensure_weight_tying: bool
    use_rslora: bool
    use_dora: bool
    init_lora_weights: bool


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def choose(wanted: Literal["auto", "trl", "unsloth"], method: Method) -> Backend:
    """The backend to train with. Raises BadInputError if the one asked for cannot run here."""
    gpu, installed = has_gpu(), importlib.util.find_spec("unsloth") is not None
    if method in TRL_ALONE and wanted == "unsloth":
        raise BadInputError(
            f'[train] backend: `{method}` is not trained by unsloth; write backend = "auto".'
        )
    if method in TRL_ALONE:
        return "trl"
    if wanted == "auto":
        return "unsloth" if gpu and installed else "trl"
    if wanted == "unsloth" and not gpu:
        raise BadInputError(
            "[train] backend: unsloth needs an NVIDIA GPU and torch sees none here; "
            'write backend = "auto", which takes trl on this machine.'
        )
    if wanted == "unsloth" and not installed:
        raise BadInputError("unsloth is not installed; `pip install 'gristmill[gpu]'` does it.")
    return wanted


def claim_gpu(place: int, asked: int) -> None:
    """Take one of so many GPUs, before anything of this process lies on another.

    Raises BadInputError where there are fewer.
    """
    import torch

    there = torch.cuda.device_count()
    if asked > 1 and asked > there:
        todo = f"lower it to {there}" if there > 1 else "leave it out"
        raise BadInputError(
            f"--gpus {asked} needs as many NVIDIA GPUs, and torch sees {there} here; {todo}."
        )
    if asked > 1:
        torch.cuda.set_device(place)


def enter(backend: Backend) -> None:
    """Import what must come first."""
    if backend == "unsloth":
        importlib.import_module("unsloth")


def out_of_memory() -> type[Exception]:
    import torch

    kind: type[Exception] = torch.OutOfMemoryError
    return kind


def load(backend: Backend, folder: Path, settings: TrainSettings) -> "PreTrainedModel":
    """The weights of a base, as they are to be trained. `settings` holds no `auto` any more."""
    from transformers import set_seed

    set_seed(settings.trainer.seed)
    if settings.method == "embedder":
        from train.methods import contrastive

        return contrastive.load(folder)
    if backend == "unsloth":
        return _by_unsloth(folder, settings)
    from train import bases

    model = bases.read_weights(
        folder,
        settings.model.dtype,
        in_4bit=bool(settings.model.load_in_4bit),
        points=settings.method == "reward",
    )
    return model if settings.model.load_in_4bit else placed(model)


def placed(model: "PreTrainedModel") -> "PreTrainedModel":
    """The model on the GPU, where there is one."""
    import torch

    if has_gpu():
        torch.nn.Module.cuda(model)
    return model


def adapt(
    backend: Backend, model: "PreTrainedModel", settings: TrainSettings, *, new_words: bool
) -> "Model":
    """Put an adapter on the model, or open all of its weights.

    `new_words` trains the word vectors too. A model that starts from random ones needs it: frozen
    they would mean nothing for ever.
    """
    from transformers import set_seed

    set_seed(settings.trainer.seed)
    if settings.trains_all:
        return model
    whole = _whole(settings, new_words=new_words)
    tied = settings.method != "reward" and model.config.get_text_config().tie_word_embeddings
    told: _Lora = {
        "r": settings.peft.r,
        "lora_alpha": settings.peft.lora_alpha,
        "lora_dropout": settings.peft.lora_dropout,
        "bias": "none",
        "modules_to_save": whole,
        "ensure_weight_tying": bool(tied and "embed_tokens" in (whole or ())),
        "use_rslora": settings.peft.use_rslora,
        "use_dora": settings.peft.use_dora,
        "init_lora_weights": True,
    }
    by = _adapted_by_unsloth if backend == "unsloth" else _adapted_by_peft
    adapted = by(model, settings, told)
    _draw(adapted, settings.trainer.seed)
    return adapted


def _whole(settings: TrainSettings, *, new_words: bool) -> list[str] | None:
    asked = list(settings.peft.modules_to_save)
    whole = asked or (["embed_tokens", "lm_head"] if new_words else [])
    if settings.method == "reward":  # points instead of words
        whole = [*(name for name in whole if name != "lm_head"), "score"]
    return whole or None


def _draw(model: "PeftModel", seed: int) -> None:
    """Draw the adapter's random half anew, as PEFT does, but on the CPU and in order of name.

    Libraries and devices draw in orders of their own; thus equal seeds give equal curves on all.
    """
    import torch

    drawn = torch.Generator().manual_seed(seed)
    for name, weight in sorted(model.named_parameters()):
        if "lora_A" in name:
            half = torch.empty(weight.shape, dtype=torch.float32)
            torch.nn.init.kaiming_uniform_(half, a=math.sqrt(5), generator=drawn)
            weight.data.copy_(half)


def _adapted_by_peft(
    model: "PreTrainedModel", settings: TrainSettings, told: _Lora
) -> "PeftModel":
    from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training

    checkpointing = bool(settings.trainer.gradient_checkpointing)
    if settings.model.load_in_4bit:
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=checkpointing)
    kind = "SEQ_CLS" if settings.method == "reward" else "CAUSAL_LM"
    lora = LoraConfig(task_type=kind, target_modules=settings.peft.target_modules, **told)
    try:
        adapted = get_peft_model(model, lora)
    except ValueError as error:
        raise BadInputError(f"[train.peft] target_modules: {error}") from error
    assert isinstance(adapted, PeftModel)
    return adapted


def _by_unsloth(folder: Path, settings: TrainSettings) -> "PreTrainedModel":
    import torch
    from unsloth import FastLanguageModel

    model: PreTrainedModel
    model, _ = FastLanguageModel.from_pretrained(
        str(folder),
        max_seq_length=settings.trainer.max_length,
        dtype=getattr(torch, settings.model.dtype),
        load_in_4bit=bool(settings.model.load_in_4bit),
        load_in_16bit=not settings.model.load_in_4bit and not settings.model.full_finetuning,
        full_finetuning=settings.model.full_finetuning,
        use_exact_model_name=True,
        local_files_only=True,
        trust_remote_code=False,
        use_gradient_checkpointing=_checkpointing(settings),
        random_state=settings.trainer.seed,
    )
    return model


def _adapted_by_unsloth(
    model: "PreTrainedModel", settings: TrainSettings, told: _Lora
) -> "PeftModel":
    from unsloth import FastLanguageModel

    modules = settings.peft.target_modules
    adapted: PeftModel = FastLanguageModel.get_peft_model(
        model,
        target_modules=ALL_LINEAR if modules == "all-linear" else modules,
        use_gradient_checkpointing=_checkpointing(settings),
        random_state=settings.trainer.seed,
        max_seq_length=settings.trainer.max_length,
        **told,
    )
    return adapted


def _checkpointing(settings: TrainSettings) -> str | bool:
    """Unsloth's own kind moves activations to the host's memory, at almost no cost in time."""
    return "unsloth" if settings.trainer.gradient_checkpointing else False
