"""The base of a run: its tokenizer, its facts, its weights. One of the doors to transformers.

Whatever the settings name becomes a folder: built on the spot, the user's own, or fetched from
the hub. From there on nothing reads the network, runs code of the model, or loads a pickle.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from data import store
from data.errors import BadInputError
from data.records import Example, content_id
from data.training import TrainSettings
from data.workspace import Workspace
from train import chat, environment, tiny
from train.checks import Limits

KINDS_OF_FILES = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
"""What a base consists of; other formats may hold code and are neither fetched nor read."""

transformers.utils.logging.disable_progress_bar()


@dataclass(frozen=True)
class Base:
    name: str
    """As the settings name it."""
    folder: Path | None
    """None for `tiny`, which lies nowhere until it is saved."""
    tokenizer: PreTrainedTokenizerBase
    config: PreTrainedConfig

    @property
    def random(self) -> bool:
        """Whether it knows nothing yet, so that its word vectors have to be learnt."""
        return self.name == tiny.NAME

    @property
    def limits(self) -> Limits:
        text, spoken = self.config.get_text_config(), self.tokenizer
        return Limits(
            bos=spoken.bos_token_id,
            eos=spoken.eos_token_id,
            pad=spoken.pad_token_id,
            tokens=len(spoken),
            embeddings=text.vocab_size,
            positions=text.max_position_embeddings,
            template=spoken.chat_template is not None,
            other_specials=tuple(t for t in spoken.all_special_tokens if t != spoken.eos_token),
        )


def find(settings: TrainSettings, space: Workspace, rows: tuple[Example, ...]) -> Base:
    """The tokenizer and the configuration of what the settings name, without its weights."""
    named = settings.model
    if named.model_name == tiny.NAME:
        built = tiny.tokenizer(tiny.texts(space, rows), settings.tiny.vocab_size)
        shape = tiny.config(built, settings.tiny, settings.trainer.max_length)
        return Base(tiny.NAME, None, built, shape)
    folder = _folder(named.model_name, space.root)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise BadInputError(f"{folder} holds no model that can be read: {error}") from error
    if named.pad_token:
        tokenizer.pad_token = named.pad_token
    return Base(named.model_name, folder, tokenizer, config)


def write_new(base: Base, folder: Path, seed: int) -> None:
    """Write a base that was built on the spot, with random weights drawn by the seed."""
    tiny.model(base.config, seed).save_pretrained(folder)
    base.tokenizer.save_pretrained(folder)


def read_weights(
    folder: Path, dtype: str = "float32", *, in_4bit: bool = False
) -> PreTrainedModel:
    """The weights of a folder; on a CPU the halved ones took three times as long."""
    kind = getattr(torch, dtype)
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=kind,
    )
    try:
        return AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=kind,
            local_files_only=True,
            use_safetensors=True,
            quantization_config=nf4 if in_4bit else None,
        )
    except (OSError, ValueError) as error:
        raise BadInputError(f"{folder} holds no weights that can be read: {error}") from error


def hash_folder(folder: Path) -> str:
    """One hash over all files of a base, by name and content."""
    found = sorted({path for kind in KINDS_OF_FILES for path in folder.glob(kind)})
    return content_id(*(f"{path.name} {store.hash_file(path)}" for path in found))


def hash_tokenizer(tokenizer: PreTrainedTokenizerBase) -> str:
    return content_id(tokenizer.backend_tokenizer.to_str(), chat.template_hash(tokenizer))


def _folder(model: str, root: Path) -> Path:
    named = environment.folder(model, root)
    if named.is_dir():
        return named
    if not re.fullmatch(r"[\w-][\w.-]*(/[\w.-]+)?", model):
        raise BadInputError(f"[train.model] model_name: there is no folder {named}.")
    try:
        return Path(snapshot_download(model, allow_patterns=list(KINDS_OF_FILES)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise BadInputError(
            f"[train.model] model_name: {named} is no folder, and `{model}` could not be had from the model "
            f"hub ({type(error).__name__}). Correct the name, connect, or use `tiny`."
        ) from error
