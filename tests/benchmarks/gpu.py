"""Training on a GPU, arm against arm: `python -m tests.benchmarks.gpu FOLDER [ARM …]`.

Needs an NVIDIA GPU and `pip install '.[gpu]'`; no network. Each arm is one `train run` on a base
with random weights: speed and memory do not depend on their values. Arms are interleaved and
repeated, each in a process of its own. Tokens a second are the median over the steps after the
warm-up, padding not counted, of all GPUs together; memory is the peak that torch reserved on one.
Arms of several GPUs are left out where there are fewer, unless they are named.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from data import store
from data.records import Example
from data.workspace import Workspace
from tests import make
from tests.train import splits
from train.runs import RunManifest, Step

WARM_UP = 4
REPEATS = 3
SHAPES: dict[str, dict[str, int]] = {
    # Llama-3.2-1B and Llama-3.1-8B.
    "1b": {
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 64,
        "tie_word_embeddings": True,
    },
    "8b": {
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "tie_word_embeddings": False,
    },
    "small": {
        "hidden_size": 256,
        "intermediate_size": 688,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "tie_word_embeddings": False,
    },
}
VOCABULARY = 128_256


class Arm(NamedTuple):
    """One way to train."""

    name: str
    shape: str
    rows: str
    """`full`: every row fills max_length. `faq`: rows as short as answers of an FAQ."""
    toml: str
    fraction: float = 1.0
    """The share of the GPU's memory that it may use."""
    gpus: int = 1
    """How many share each step; each takes as many rows as one alone, so steps grow with them."""


class Result(NamedTuple):
    """What an arm measured."""

    tokens_per_s: float
    memory_gib: float
    first_step_s: float
    losses: list[float]
    planned_gib: float = 0.0


QLORA = """
[train.model]
load_in_4bit = true
[train.peft]
r = 16
lora_alpha = 16
[train.trainer]
max_length = 2048
per_device_train_batch_size = 2
gradient_accumulation_steps = 4
gradient_checkpointing = true
optim = "adamw_8bit"
learning_rate = 2e-4
warmup_steps = 2
max_steps = 12
save_steps = 1000
"""


def arms() -> dict[str, Arm]:
    bf16 = QLORA.replace("load_in_4bit = true", 'load_in_4bit = false\ndtype = "bfloat16"')
    fast = bf16.replace("gradient_checkpointing = true", "gradient_checkpointing = false")
    open_ = QLORA
    for key, value in (("load_in_4bit", "true"), ("gradient_checkpointing", "true")):
        open_ = open_.replace(f"{key} = {value}", f'{key} = "auto"')
    for key, number in (("batch_size", 2), ("accumulation_steps", 4)):
        open_ = open_.replace(f"{key} = {number}", f'{key} = "auto"')
    exact = fast.replace('"bfloat16"', '"float32"').replace("adamw_8bit", "adamw_torch_fused")
    packed = QLORA.replace("max_steps = 12", "max_steps = 40\npacking = true")
    exact = exact.replace("accumulation_steps = 4", "accumulation_steps = 1")
    exact = exact.replace("warmup_steps = 2", "warmup_steps = 0")
    padded = packed.replace("packing = true", "packing = false")
    wide = padded.replace("size = 2\n", "size = 16\n").replace("steps = 4\n", "steps = 1\n")
    named = [
        Arm("exact-trl", "small", "faq", _by("trl") + exact),
        Arm("exact-unsloth", "small", "faq", _by("unsloth") + exact),
        Arm("1b-trl", "1b", "full", _by("trl") + QLORA),
        Arm("1b-unsloth", "1b", "full", _by("unsloth") + QLORA),
        Arm("1b-3gb", "1b", "full", _by("unsloth") + QLORA, fraction=3 / 80),
        Arm("8b-trl", "8b", "full", _by("trl") + QLORA),
        Arm("8b-unsloth", "8b", "full", _by("unsloth") + QLORA),
        *(
            Arm(f"8b-{by}-{gpus}gpus", "8b", "full", _by(by) + QLORA, gpus=gpus)
            for by in ("trl", "unsloth")
            for gpus in (2, 4)
        ),
        Arm("8b-fast", "8b", "full", _by("unsloth") + fast),
        *(
            Arm(f"8b-fast-{gpus}gpus", "8b", "full", _by("unsloth") + fast, gpus=gpus)
            for gpus in (2, 4)
        ),
        Arm("8b-auto", "8b", "full", _by("auto") + open_),
        Arm("8b-peer", "8b", "full", ""),
        Arm("8b-faq-peer", "8b", "faq", ""),
        Arm("8b-faq-padded", "8b", "faq", _by("unsloth") + padded),
        Arm("8b-faq-padded-wide", "8b", "faq", _by("unsloth") + wide),
        Arm("8b-faq-packed-trl", "8b", "faq", _by("trl") + packed),
        Arm("8b-faq-packed", "8b", "faq", _by("unsloth") + packed),
    ]
    return {arm.name: arm for arm in named}


def main() -> None:
    known = arms()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("arms", nargs="*", metavar="ARM", help=", ".join(known))
    parser.add_argument("--repeats", type=int, default=REPEATS)
    told = parser.parse_args()
    folder, chosen = told.folder.resolve(), [known[name] for name in told.arms or known]
    if not told.arms:
        import torch

        chosen = [arm for arm in chosen if arm.gpus <= torch.cuda.device_count()]
    results: dict[str, list[Result]] = {arm.name: [] for arm in chosen}
    for repeat in range(told.repeats):
        for arm in chosen:
            results[arm.name].append(measure(arm, folder, f"{arm.name}-{repeat}"))
    for name, found in results.items():
        sys.stdout.write(
            json.dumps({"arm": name, "runs": [each._asdict() for each in found]}) + "\n"
        )


def measure(arm: Arm, folder: Path, name: str) -> Result:
    """Train one arm and read its metrics."""
    base = made_base(folder / arm.shape, arm.shape)
    if arm.name.endswith("peer"):
        return peer(base, folder / name, arm)
    space = workspace(folder / name, base, arm)
    started = time.time()
    train = [sys.executable, "-c", "from train.cli import main; main()"]
    subprocess.run(
        [*train, "run", "--name", name, "--gpus", str(arm.gpus)],
        cwd=space.root,
        env={**os.environ, **_capped(arm.fraction)},
        check=True,
    )
    steps = list(store.read(space.runs / name / "metrics.jsonl", Step))
    manifest = store.read_json(space.runs / name / "manifest.json", RunManifest)
    planned = manifest.planned_memory_gib
    ended = (space.runs / name / "manifest.json").stat().st_mtime
    return Result(
        round(statistics.median(speeds(steps)), 1),
        manifest.peak_memory_gib,
        round(ended - started - (steps[-1].seconds - steps[0].seconds), 1),
        [round(step.loss, 4) for step in steps],
        planned,
    )


def peer(base: Path, folder: Path, arm: Arm) -> Result:
    """Unsloth alone, on the same rows as text."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    texts = [
        tokenizer.apply_chat_template(
            [{"role": turn.role, "content": turn.content} for turn in row.messages], tokenize=False
        )
        for row in rows(arm.rows)
    ]
    path = folder / "rows.jsonl"
    store.write_bytes(path, b"".join(msgspec.json.encode({"text": t}) + b"\n" for t in texts))
    steps = "12" if arm.rows == "full" else "40"
    said = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.gpu_peer", str(base), str(path), steps],
        cwd=folder,
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(said.stdout.splitlines()[-1])
    return Result(found["tokens_per_s"], found["memory_gib"], found["seconds"], [])


def speeds(steps: list[Step]) -> Iterator[float]:
    """Tokens a second of each step after the warm-up."""
    for before, after in zip(steps[WARM_UP:-1], steps[WARM_UP + 1 :], strict=True):
        yield (after.tokens - before.tokens) / (after.seconds - before.seconds)


def made_base(folder: Path, shape: str) -> Path:
    """A Llama of this shape with random weights, and a byte-level tokenizer."""
    if folder.exists():
        return folder
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from train import tiny

    tokenizer = tiny.tokenizer([" ".join(f"word{i}" for i in range(3000))])
    config = LlamaConfig.from_dict(
        {
            "vocab_size": VOCABULARY if shape != "small" else len(tokenizer),
            "max_position_embeddings": 131_072,
            "rope_theta": 500_000.0,
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            **SHAPES[shape],
        }
    )
    torch.set_default_dtype(torch.bfloat16 if shape != "small" else torch.float32)
    with torch.device("cuda"):
        model = LlamaForCausalLM(config)
    model.save_pretrained(folder, max_shard_size="4GB")
    tokenizer.save_pretrained(folder)
    torch.set_default_dtype(torch.float32)
    del model
    torch.cuda.empty_cache()
    return folder


def workspace(folder: Path, base: Path, arm: Arm) -> Workspace:
    toml = arm.toml.replace("[train.model]", f'[train.model]\nmodel_name = "{base}"')
    if "[train.model]" not in toml:
        toml = f'[train.model]\nmodel_name = "{base}"\n' + toml
    return splits.write(make.space(folder, toml), list(rows(arm.rows)))


def rows(kind: str) -> Iterable[Example]:
    """Rows of words that the tokenizer knows as few tokens, different in each row."""
    for number in range(120 if kind == "full" else 900):
        words = 1018 if kind == "full" else 20 + number * 7 % 120
        answer = " ".join(f"word{(number * 31 + i * 7) % 3000}" for i in range(words))
        yield make.example(f"word{number % 3000} word{number * 7 % 3000}?", answer)


def _capped(fraction: float) -> dict[str, str]:
    if fraction == 1:
        return {}
    return {"PYTORCH_CUDA_ALLOC_CONF": f"per_process_memory_fraction:{fraction}"}


def _by(backend: str) -> str:
    return f'[train]\nbackend = "{backend}"\n'


if __name__ == "__main__":
    main()
