"""The base of a run: its tokenizer, its facts, its weights. One of the doors to transformers.

Whatever the settings name becomes a folder: built on the spot, the user's own, or fetched from
the hub. From there on nothing reads the network, runs code of the model, or loads a pickle.
"""

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec
import torch
import transformers
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from data import embed, store
from data.errors import BadInputError
from data.records import Example, content_id
from data.training import TrainSettings
from data.workspace import Workspace
from train import backends, bundled, chat, environment, runs, tiny
from train.checks import Limits

KINDS_OF_FILES = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
"""What a base consists of; other formats may hold code and are neither fetched nor read."""

transformers.utils.logging.disable_progress_bar()


@dataclass(frozen=True)
class Base:
    name: str
    """As the settings name it."""
    folder: Path | None
    """None where it lies nowhere until it is saved: `tiny`, and what a run has tuned."""
    tokenizer: PreTrainedTokenizerBase
    config: PreTrainedConfig
    run: Path | None = None
    """The run whose adapter is to be merged into its base."""

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
            unknown=spoken.unk_token_id,
            begins=spoken.encode("a")[:1] == [spoken.bos_token_id],
        )


def find(settings: TrainSettings, space: Workspace, rows: tuple[Example, ...]) -> Base:
    """The tokenizer and the configuration of what the settings name, without its weights."""
    named = settings.model
    if settings.method == "embedder":
        return _embedder(settings.embedder.model, space)
    if named.model_name == tiny.NAME:
        built = tiny.tokenizer(tiny.texts(space, rows), settings.tiny.vocab_size)
        shape = tiny.config(built, settings.tiny, settings.trainer.max_length)
        return Base(tiny.NAME, None, built, shape)
    base = named_base(named.model_name, space)
    if named.pad_token:
        base.tokenizer.pad_token = named.pad_token
    if settings.data.chat_template == "alpaca":
        template = (files("train") / "templates" / "alpaca.jinja").read_text("utf-8")
        base.tokenizer.chat_template = template
    return base


def _embedder(name: str, space: Workspace) -> Base:
    found = embed.place(name, space.root)
    home = found if isinstance(found, Path) else _folder(found, space.root)
    try:
        config = AutoConfig.from_pretrained(home, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(home, local_files_only=True)
    except (OSError, ValueError) as error:
        raise BadInputError(f"{home} holds no embedder that can be read: {error}") from error
    return Base(name, home, tokenizer, config)


def named_base(name: str, space: Workspace) -> Base:
    """The base that lies in a folder or at the hub, or what a run made of its own."""
    folder = _folder(name, space.root)
    _refuse_adapter(folder)
    merged = (folder / "manifest.json").exists() and (folder / "adapter").is_dir()
    home = _home(folder)
    try:
        config = AutoConfig.from_pretrained(home, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(_spoken(folder, home), local_files_only=True)
    except (OSError, ValueError) as error:
        raise BadInputError(f"{folder} holds no model that can be read: {error}") from error
    return Base(name, None if merged else home, tokenizer, config, folder if merged else None)


def _home(folder: Path) -> Path:
    """Where the weights lie; of a run that has an adapter, those of its base."""
    if not (folder / "manifest.json").exists():
        return folder
    method = runs.read_manifest(folder).method
    if method not in runs.ANSWERING:
        raise BadInputError(
            f"[train.model] model_name: {folder.name} was trained by `{method}` and cannot answer; "
            "name the run that it was made from."
        )
    whole = folder / "model"
    return whole if whole.is_dir() else runs.base_folder(folder)


def _spoken(folder: Path, home: Path) -> Path:
    """Where the tokenizer lies: a run may have changed that of its base."""
    return folder / "tokenizer" if (folder / "tokenizer").is_dir() else home


def write_new(base: Base, folder: Path, seed: int) -> None:
    """Write a base that lies nowhere: random weights drawn by the seed, or a run's, merged."""
    model = merged(base.run) if base.run else tiny.model(base.config, seed)
    model.save_pretrained(folder)
    base.tokenizer.save_pretrained(folder)


def merged(run: Path, dtype: str = "") -> PreTrainedModel:
    """The weights of a run's base with its adapter in them, in their own precision."""
    from peft import PeftModel

    home = runs.base_folder(run)
    model = read_weights(home, dtype or stored_dtype(home))
    tuned = PeftModel.from_pretrained(model, str(run / "adapter")).merge_and_unload()
    assert isinstance(tuned, PreTrainedModel)
    return tuned


def stored_dtype(folder: Path) -> str:
    """The precision that the weights of a folder are stored in, by torch's name."""
    told = AutoConfig.from_pretrained(folder, local_files_only=True).dtype
    return str(told or "float32").removeprefix("torch.")


def quick_dtype(folder: Path) -> str:
    """The precision to answer in: as stored on a GPU; on a CPU halved weights take three times as long."""
    return stored_dtype(folder) if backends.has_gpu() else "float32"


def read_tuned(
    run: Path, home: Path, dtype: str = "float32", *, points: bool = False
) -> PreTrainedModel:
    """What a run trained: its own weights, or its adapter on those of the base in `home`."""
    whole = run / "model"
    if whole.is_dir():
        return read_weights(whole, dtype, points=points)
    from peft import PeftModel

    model = read_weights(home, dtype, points=points)
    PeftModel.from_pretrained(model, str(run / "adapter"))  # adds to the model in place
    return model


def read_weights(
    folder: Path, dtype: str = "float32", *, in_4bit: bool = False, points: bool = False
) -> PreTrainedModel:
    """The weights of a folder, on the CPU.

    A model that gives `points` has one number as output in place of words.
    """
    kind = getattr(torch, dtype)
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=kind,
    )
    kind_of_model = AutoModelForSequenceClassification if points else AutoModelForCausalLM
    try:
        return kind_of_model.from_pretrained(
            folder,
            **({"num_labels": 1} if points else {}),
            dtype=kind,
            local_files_only=True,
            use_safetensors=True,
            quantization_config=nf4 if in_4bit else None,
        )
    except (OSError, ValueError) as error:
        raise BadInputError(f"{folder} holds no weights that can be read: {error}") from error


def of_run(run: Path) -> Path:
    """The folder of a run's base, once it is known to be what the run was trained on."""
    folder = runs.base_folder(run)
    if hash_folder(folder) != runs.read_manifest(run).base_hash:
        raise BadInputError(
            f"{folder}, the base of {run.name}, has changed since; the {runs.read_manifest(run).trained} belongs to "
            f"what it was. Restore it, or train again with `{runs.MADE_BY}`."
        )
    return folder


def spoken(run: Path) -> Path:
    """The folder of a run's tokenizer: its own where training changed it, else its base's."""
    own = run / "tokenizer"
    return own if own.is_dir() else runs.base_folder(run)


def read_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """Raises BadInputError where a chat cannot be written with it."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        folder, local_files_only=True
    )
    if not tokenizer.chat_template:
        raise BadInputError(
            f"The tokenizer in {folder} has no chat template, so it cannot be asked as it was "
            f"trained. Restore it, or train again with `{runs.MADE_BY}`."
        )
    return tokenizer


def hash_folder(folder: Path) -> str:
    """One hash over all files of a base, by name and content."""
    found = sorted({path for kind in KINDS_OF_FILES for path in folder.glob(kind)})
    return content_id(*(f"{path.name} {store.hash_file(path)}" for path in found))


def hash_tokenizer(tokenizer: PreTrainedTokenizerBase) -> str:
    return content_id(tokenizer.backend_tokenizer.to_str(), chat.template_hash(tokenizer))


def _refuse_adapter(folder: Path) -> None:
    """An adapter is no base, and is trained for one."""
    told = folder / "adapter_config.json"
    if told.exists() and not (folder / "config.json").exists():
        of = store.read_json(told, _OfAdapter).base_model_name_or_path
        raise BadInputError(
            f"[train.model] model_name: {folder} holds an adapter of `{of}` and no model; name "
            "the base that it belongs to, or the folder of a merged model."
        )


class _OfAdapter(msgspec.Struct):
    """Of the configuration of an adapter, what it belongs to."""

    base_model_name_or_path: str = "an unnamed base"


def located(model: str, root: Path) -> Path:
    """Where the model lies that is named: a folder, or what was fetched from the hub."""
    return _folder(model, root)


def _folder(model: str, root: Path) -> Path:
    if model == bundled.NAME:
        return bundled.folder()
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
            f"hub ({type(error).__name__}). Correct the name, connect, or use `bundled`."
        ) from error
