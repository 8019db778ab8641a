"""How fast evaluation asks a model on a GPU: `python -m tests.benchmarks.gpu_generate FOLDER`.

Needs an NVIDIA GPU and torch, transformers; no network. The base has the shape of Llama-3.2-1B and
random weights, so that no answer ends before its last token. Three ways to the same greedy answers:
ours, a plain loop over `generate`, and the continuous batching of transformers, which keeps the
batch full with paged attention. One line of JSON a way: tokens a second.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from transformers import GenerationConfig

from data.records import Message
from tests.benchmarks.gpu import made_base
from train import chat
from train.student import Student

PROMPTS, PLAIN_PROMPTS, TOKENS, BATCH = 256, 16, 128, 64
Prompts = Sequence[tuple[Message, ...]]


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    base = str(made_base(folder / "1b", "1b"))
    asked = [
        (Message("user", " ".join(f"word{(n * 7 + i) % 3000}" for i in range(4 + n * 5 % 60))),)
        for n in range(PROMPTS)
    ]
    ways: dict[str, Callable[[Student], int]] = {
        "ours": lambda student: ours(student, asked),
        "plain loop": lambda student: ours(student, asked[:PLAIN_PROMPTS], batch_size=1),
        "continuous batching": lambda student: continuous(student, asked),
    }
    for name, way in ways.items():
        student = Student.open(base, folder)  # each way changes the model for itself
        way(student)  # compiles, fills caches
        started = time.monotonic()
        tokens = way(student)
        rate = tokens / (time.monotonic() - started)
        sys.stdout.write(json.dumps({"way": name, "tokens_per_s": round(rate)}) + "\n")
        sys.stdout.flush()


def ours(student: Student, asked: Prompts, *, batch_size: int = BATCH) -> int:
    replies = student.answer(asked, max_new_tokens=TOKENS, batch_size=batch_size)
    return sum(reply.tokens for reply in replies)


def continuous(student: Student, asked: Prompts) -> int:
    prompts = [chat.prompt_ids(prompt, student.tokenizer) for prompt in asked]
    told = GenerationConfig(
        max_new_tokens=TOKENS,
        do_sample=False,
        eos_token_id=student.tokenizer.eos_token_id,
        pad_token_id=student.tokenizer.pad_token_id,
    )
    said = student.model.generate_batch(prompts, generation_config=told)  # type: ignore[attr-defined]
    return sum(len(each.generated_tokens) for each in said.values())


if __name__ == "__main__":
    main()
