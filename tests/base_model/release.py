"""Put a trained model where it ships: halved weights, tokenizer, sources, card, and the hashes of all of it."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import jinja2
import msgspec
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from data import store
from tests.base_model import REPOSITORY
from tests.base_model.corpus import Source
from train import bundled

HOME = REPOSITORY / "data" / "models" / "gristmill-8m"
CARD = Path(__file__).parent / "card.md.jinja"
LARGEST_MB = 16.0


class Figures(msgspec.Struct, frozen=True):
    """What was measured of the model, for its card."""

    bits_per_character: float
    """On the documents that were held out, after chat tuning."""
    tokens_seen: int
    trained_on: str
    date: str


def release(model_folder: Path, sources: Sequence[Source], figures: Figures) -> None:
    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32)
    parameters = model.num_parameters()
    size = 2 * parameters / 1e6
    if size > LARGEST_MB:
        raise ValueError(f"{size:.1f} MB are more than the {LARGEST_MB} that are to ship")
    shutil.rmtree(HOME, ignore_errors=True)
    torch.nn.Module.to(model, torch.bfloat16)
    model.save_pretrained(HOME)
    AutoTokenizer.from_pretrained(model_folder).save_pretrained(HOME)
    given = [source for source in sources if source.documents]
    store.write_bytes(HOME / "sources.json", msgspec.json.format(msgspec.json.encode(given)))
    characters: Counter[str] = Counter()
    for source in given:
        characters[source.licence] += source.characters
    template = jinja2.Template(CARD.read_text(encoding="utf-8"), keep_trailing_newline=True)
    card = template.render(
        config=model.config,
        parameters=parameters,
        size=size,
        sources=given,
        licences=characters.most_common(),
        characters=characters.total(),
        figures=figures,
    )
    store.write_bytes(HOME / "README.md", card.encode())
    write_sums(HOME)


def write_sums(home: Path) -> None:
    files = sorted(path for path in home.iterdir() if path.name != bundled.SUMS)
    lines = [f"{store.hash_file(path)}  {path.name}\n" for path in files]
    store.write_bytes(home / bundled.SUMS, "".join(lines).encode())
