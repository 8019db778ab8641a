"""Train the base from random weights, on one GPU in minutes.

A plain loop over windows of one long stream of tokens, because a model this small is bound by everything
around it: compiled and without padding it sees 1.3 to 1.9 million tokens a second on an H100, as fast as one
core of its host can launch the work. The learning rate rises, stays, and falls over the last part, in which
windows of chats are mixed in.
"""

import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from data import store
from data.records import Example
from data.training import TinySettings
from train import tiny

SHAPE = TinySettings(
    vocab_size=8192,
    hidden_size=256,
    intermediate_size=736,
    num_hidden_layers=7,
    num_attention_heads=4,
    tie_word_embeddings=True,
)
"""7.9M parameters. Of three shapes of this size, trained for 140 s each, it had the lowest loss:
.931 bits per character against .938 of a vocabulary of 6,144 with one layer more."""
WINDOW, WINDOWS = 1024, 64
"""Tokens of a window, and windows of a step."""
STEPS, WARMUP = 10_829, 200
FALLING = 0.4
"""The last part of the steps, in which the learning rate falls to nothing."""
CHATS = 4
"""Windows of chats in each step of that part."""
LEARNING_RATE, WEIGHT_DECAY, LONGEST_GRADIENT = 6e-3, 0.1, 1.0
SEED = 3407
TOKENIZER_TEXTS = 20_000


class Corpus(NamedTuple):
    """What is read, as tokens on the GPU, and what is held out, as text."""

    tokenizer: PreTrainedTokenizerFast
    prose: torch.Tensor
    chats: torch.Tensor
    held_out: list[str]


def train(folder: Path) -> float:
    """Read the split in the folder, write `model/` beside it, return bits per character held out."""
    corpus = read(folder)
    model = fresh(corpus.tokenizer)
    fit(model, corpus)
    bits = bits_per_character(model, corpus.held_out, corpus.tokenizer)
    say(f"{bits:.4f} bits per character on {len(corpus.held_out)} held-out documents")
    model.save_pretrained(folder / "model")
    corpus.tokenizer.save_pretrained(folder / "model")
    return bits


def read(folder: Path) -> Corpus:
    train, chats, test = (
        list(store.read(folder / f"{name}.jsonl", Example)) for name in ("train", "chats", "test")
    )
    texts = [example.text for example in train]
    random.Random(SEED).shuffle(texts)
    tokenizer = tiny.tokenizer(texts[:TOKENIZER_TEXTS], SHAPE.vocab_size)
    corpus = Corpus(
        tokenizer,
        stream(texts, tokenizer),
        stream([spoken(example, tokenizer) for example in chats], tokenizer, chat=True),
        [example.text for example in test],
    )
    prose, chat = (len(tokens) / 1e6 for tokens in (corpus.prose, corpus.chats))
    say(f"{prose:.1f}M tokens of prose, {chat:.1f}M of chats")
    return corpus


def fresh(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    model = tiny.model(tiny.config(tokenizer, SHAPE, WINDOW), SEED)
    torch.nn.Module.cuda(model)
    say(f"{sum(weight.numel() for weight in model.parameters()) / 1e6:.2f}M parameters")
    return model


def spoken(example: Example, tokenizer: PreTrainedTokenizerFast) -> str:
    turns = [{"role": turn.role, "content": turn.content} for turn in example.messages]
    return str(tokenizer.apply_chat_template(turns, tokenize=False))


def stream(
    texts: Sequence[str], tokenizer: PreTrainedTokenizerFast, *, chat: bool = False
) -> torch.Tensor:
    """All texts one after the other; a chat brings its special tokens along."""
    bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
    ids: list[torch.Tensor] = []
    for start in range(0, len(texts), 10_000):
        piece = list(texts[start : start + 10_000])
        for each in tokenizer.backend_tokenizer.encode_batch(piece, add_special_tokens=False):
            whole = each.ids if chat else [bos, *each.ids, eos]
            ids.append(torch.tensor(whole, dtype=torch.int16))
    return torch.cat(ids).cuda()


def fit(model: LlamaForCausalLM, corpus: Corpus) -> None:
    compiled = torch.compile(model)
    used = optimizers(model)
    from_prose, from_chats = windows(corpus.prose), windows(corpus.chats)
    started = time.monotonic()
    for step in range(STEPS):
        left = (STEPS - step) / STEPS
        rate = LEARNING_RATE * min(1, (step + 1) / WARMUP, left / FALLING)
        for group in (group for each in used for group in each.param_groups):
            group["lr"] = rate
        mixed = CHATS if left <= FALLING else 0
        rows = [next(from_prose) for _ in range(WINDOWS - mixed)] + [
            next(from_chats) for _ in range(mixed)
        ]
        ids = torch.stack(rows).long()
        with torch.autocast("cuda", torch.bfloat16):
            loss = compiled(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
        for each in used:
            each.step()
        model.zero_grad(set_to_none=True)
        if step % 1000 == 999:
            seen = step * WINDOWS * WINDOW / (time.monotonic() - started)
            say(f"step {step + 1} of {STEPS}, loss {loss.item():.3f}, {seen / 1e6:.2f}M tokens/s")


def optimizers(model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon (https://kellerjordan.github.io/posts/muon) for what lies between words, AdamW for the rest.

    Steps of both are as long, so they share a learning rate (https://arxiv.org/abs/2502.16982).
    """
    words = [model.get_input_embeddings().weight]
    norms = [weight for weight in model.parameters() if weight.ndim < 2]
    between = [p for p in model.parameters() if p.ndim > 1 and p is not words[0]]
    return [
        torch.optim.Muon(between, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(
            [
                {"params": words, "weight_decay": WEIGHT_DECAY},
                {"params": norms, "weight_decay": 0.0},
            ],
            betas=(0.9, 0.95),
            fused=True,
        ),
    ]


def windows(tokens: torch.Tensor) -> Iterator[torch.Tensor]:
    """Windows in random order, pass after pass, each pass cut at other places."""
    drawn = random.Random(SEED)
    while True:
        offset = drawn.randrange(WINDOW)
        starts = list(range(offset, len(tokens) - WINDOW, WINDOW))
        drawn.shuffle(starts)
        for start in starts:
            yield tokens[start : start + WINDOW]


@torch.no_grad()
def bits_per_character(
    model: LlamaForCausalLM, texts: Sequence[str], tokenizer: PreTrainedTokenizerFast
) -> float:
    """Over whole documents, each in windows of its own."""
    loss = 0.0
    for text in texts:
        ids = stream([text], tokenizer).long()
        for start in range(0, len(ids) - 1, WINDOW):
            piece = ids[None, start : start + WINDOW + 1]
            with torch.autocast("cuda", torch.bfloat16):
                loss += model(input_ids=piece, labels=piece).loss.item() * (piece.shape[1] - 1)
    return loss / math.log(2) / sum(map(len, texts))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
