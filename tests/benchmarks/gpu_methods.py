"""Every method on a GPU for some steps: `python -m tests.benchmarks.gpu_methods FOLDER [METHOD …]`.

Needs an NVIDIA GPU and `pip install '.[gpu,embed]'`; no network. The base is a small Llama with random
weights, the data are the rows of an FAQ. Each method is one `train run` in a process of its own, by
unsloth where it trains the method. One line of JSON a method: the first and the last loss, what
the method measures, seconds, peak memory, or what went wrong.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from data import store, workspace
from data.records import Example
from data.workspace import SETTINGS_FILE, Workspace
from tests import make
from tests.benchmarks.gpu import made_base
from tests.train import splits
from train import runs
from train.backends import TRL_ALONE
from train.runs import Step

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# In this order: the later ones start from the earlier ones.
METHODS = ("sft", "pretrain", "dpo", "kto", "orpo", "reward", "grpo", "rloo", "gkd", "embedder")
BASES = {"sft": "base", "pretrain": "base", "orpo": "base", "gkd": "runs/pretrain"}
SETTINGS = """
[train]
method = "{method}"
backend = "{backend}"
[train.model]
model_name = "{base}"
dtype = "bfloat16"
[train.embedder]
model = "encoder"
[train.peft]
r = 16
lora_alpha = 16
[train.rewards]
reward_run = "reward"
num_generations = 4
max_completion_length = 32
[train.distillation]
teacher_model = "runs/sft"
max_new_tokens = 32
[train.trainer]
max_length = 256
per_device_train_batch_size = 8
gradient_accumulation_steps = 1
learning_rate = {rate}
warmup_steps = 2
max_steps = {steps}
save_steps = 1000
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("methods", nargs="*", metavar="METHOD", help=", ".join(METHODS))
    parser.add_argument("--steps", type=int, default=30)
    told = parser.parse_args()
    space = prepared(told.folder.resolve())
    for method in told.methods or METHODS:
        sys.stdout.write(
            json.dumps({"method": method} | measure(space, method, told.steps)) + "\n"
        )
        sys.stdout.flush()


def prepared(folder: Path) -> Workspace:
    """A workspace with a base, a split of rows like those of an FAQ, passages and preferences."""
    if (folder / SETTINGS_FILE).exists():
        return workspace.find(folder)
    from transformers import AutoTokenizer

    space = make.space(folder)
    tokenizer = AutoTokenizer.from_pretrained(made_base(folder / "base", "small"))
    made_encoder(folder / "encoder", tokenizer)
    facts = list(range(120))
    taught = [fact(number, wording) for number in facts for wording in (0, 1)]
    splits.write(space, taught, probes=[fact(number, 2) for number in facts])
    make.stage_file(
        space.passages, [make.passage(row.question, row.answer) for row in taught[::2]]
    )
    make.stage_file(
        space.preferences,
        [
            Example.preference(
                row, preferred=row.answer, rejected=fact(number + 1, 0).answer, signal="ranking"
            )
            for number, row in enumerate(taught[::2])
        ],
        root=space.root,
    )
    return space


def made_encoder(folder: Path, tokenizer: "PreTrainedTokenizerBase") -> None:
    """A small encoder with random weights, in the form of sentence-transformers."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel

    shape = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=512,
    )
    with tempfile.TemporaryDirectory() as raw:
        BertModel(shape).save_pretrained(raw)
        tokenizer.save_pretrained(raw)
        words = Transformer(raw, max_seq_length=128)
        pooled = Pooling(words.get_word_embedding_dimension())
        SentenceTransformer(modules=[words, pooled]).save(str(folder))


def fact(number: int, wording: int) -> Example:
    asked = (f"word{number} word{number + 1}?", f"and word{number}?", f"tell word{number}")[
        wording
    ]
    answer = " ".join(f"word{(number * 31 + i * 7) % 3000}" for i in range(10 + number % 20))
    return make.example(asked, answer, family=f"family {number}")


def measure(space: Workspace, method: str, steps: int) -> dict[str, object]:
    """Train by one method and read what came of it."""
    backend = "trl" if method in TRL_ALONE else "unsloth"
    base = BASES.get(method, "runs/sft")
    rate = "2e-5" if method == "embedder" else "5e-4"
    toml = SETTINGS.format(method=method, backend=backend, base=base, steps=steps, rate=rate)
    (space.root / SETTINGS_FILE).write_text(toml, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", "from train.cli import main; main()", "run", "--name", method],
        cwd=space.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode:
        return {"failed": ran.stdout[-2000:]}
    made = runs.read_manifest(space.runs / method)
    told = list(store.read(space.runs / method / "metrics.jsonl", Step))
    return {
        "backend": made.backend,
        "loss": [round(told[0].loss, 4), round(told[-1].loss, 4)],
        "figures": made.figures,
        "seconds": made.seconds,
        "peak_gib": made.peak_memory_gib,
    }


if __name__ == "__main__":
    main()
