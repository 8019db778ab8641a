"""How much faster evaluation asks a model than a plain loop over `generate` does.

The answers are compared too: batches that were padded wrongly would be fast and say other things.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from data.records import Message
from data.training import TinySettings
from tests.train.plain import Generates
from train import chat, tiny
from train.student import Student

PROMPTS, TOKENS, BATCH = 96, 48, 32
WORDS = (
    "please tell me how to move restore share rename delete export the folder file link".split()
)


def measure() -> dict[str, float]:
    asked: Sequence[tuple[Message, ...]] = [
        (Message("user", " ".join(WORDS[: 2 + n % 12]) + f" {n}?"),) for n in range(PROMPTS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = tiny.tokenizer(turn.content for prompt in asked for turn in prompt)
        tiny.model(tiny.config(tokenizer, TinySettings(), 256), 7).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        started = time.process_time()
        plain = _plain_loop(Path(folder), asked)
        middle = time.process_time()
        ours = _ours(Path(folder), asked)
        ended = time.process_time()
    return {
        "answers_per_s": round(PROMPTS / (ended - middle), 1),
        "answers_per_s_of_a_plain_loop": round(PROMPTS / (middle - started), 1),
        "times_as_fast": round((middle - started) / (ended - middle), 2),
        "same_answers": round(sum(map(str.__eq__, plain, ours)) / PROMPTS, 3),
    }


def _plain_loop(folder: Path, asked: Sequence[tuple[Message, ...]]) -> list[str]:
    """What the documentation of transformers shows: one prompt after the other."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: object = AutoModelForCausalLM.from_pretrained(folder)
    assert isinstance(model, Generates)
    said = []
    for prompt in asked:
        ids = torch.tensor([chat.prompt_ids(prompt, tokenizer)])
        with torch.inference_mode():
            whole = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=TOKENS,
                do_sample=False,
                pad_token_id=tokenizer.pad_token_id,
            )
        said.append(str(tokenizer.decode(whole[0, ids.shape[1] :], skip_special_tokens=True)))
    return said


def _ours(folder: Path, asked: Sequence[tuple[Message, ...]]) -> list[str]:
    student = Student.open(str(folder), folder)
    replies = student.answer(asked, max_new_tokens=TOKENS, batch_size=BATCH)
    return [reply.text for reply in replies]
