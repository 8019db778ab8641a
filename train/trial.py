"""A rehearsal on a CPU, seconds long: is what the rows teach what a model then does?

The model is a small copy of the base: its architecture and its chat template, few and narrow
layers, random weights, and of the vocabulary only the tokens that the rows use. It learns a few
rows by heart and must then say them and stop. Nothing of it is kept.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from train.chat import MASKED, Row
from train.checks import Check

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig, PreTrainedModel

    from train.bases import Base

ROWS, TOKENS = 4, 600
STEPS, LEARNING_RATE, LEARNT_LOSS = 200, 3e-3, 0.01
"""A loss below this and every token of a row is the likeliest by far."""
SMALL = {
    "num_hidden_layers": 2,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "num_experts": 4,
    "num_local_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 64,
}
TOLERANCE = 1e-3
"""Of a loss; rows that read one another differ by far more once they are known by heart."""
SEED = 3407


class Rehearsal(NamedTuple):
    """What the small copy did."""

    rows: int
    steps: int
    loss: float
    verbatim: int
    stopped: int
    padded: float
    """The loss of the rows side by side, filled up with pad tokens."""
    packed: float
    """The loss of the same rows in one, behind one another."""


def rehearse(base: "Base", rows: Sequence[Row], *, packing: bool) -> list[Check]:
    """Overfit one batch, let it answer, and compare packed with padded rows.

    `packing` is whether the settings may pack.
    """
    batch = _shortest(rows)
    if not batch:
        return [
            Check("rehearsal", "warn", "No row is short enough to try one out within seconds.")
        ]
    try:
        with _one_thread():
            done = _rehearse(base, batch)
    # Whatever an architecture cannot bear in small: its code is not ours.
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as e:
        kind = type(base.config).__name__
        reason = str(e).partition("\n")[0][:120]
        return [Check("rehearsal", "warn", f"No small copy of {kind} could be run: {reason}")]
    return [_overfit(done), _packing(done, packing=packing)]


def _rehearse(base: "Base", rows: Sequence[Row]) -> Rehearsal:
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(SEED)
    eos, pad = base.tokenizer.eos_token_id, base.tokenizer.pad_token_id
    small = _renumbered(rows, eos, pad)
    config = _shrunk(base.config, small.vocabulary)
    model: PreTrainedModel = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    batch = _padded(small.rows, small.pad)
    steps, loss = _fit(model, batch)
    said = [_answer(model, row, small.eos) for row in small.rows]
    with torch.inference_mode():
        return Rehearsal(
            rows=len(rows),
            steps=steps,
            loss=loss,
            verbatim=sum(
                each == row.input_ids[len(row.prompt) :]
                for each, row in zip(said, small.rows, strict=True)
            ),
            stopped=sum(each[-1:] == [small.eos] for each in said),
            padded=float(_loss(model, batch)),
            packed=float(_loss(model, _packed(small.rows))),
        )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums this small are slower when they are shared."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _Small(NamedTuple):
    """Rows in a vocabulary of their own."""

    rows: list[Row]
    vocabulary: int
    eos: int
    pad: int


class _Batch(NamedTuple):
    """Tensors of one forward pass, each rows by tokens."""

    input_ids: "torch.Tensor"
    labels: "torch.Tensor"
    attention_mask: "torch.Tensor | None" = None
    position_ids: "torch.Tensor | None" = None


def _shortest(rows: Sequence[Row]) -> list[Row]:
    """The shortest rows that are asked differently, of so many tokens in all."""
    chosen: list[Row] = []
    left = TOKENS
    for row in sorted(rows, key=lambda row: len(row.input_ids)):
        known = any(row.prompt == other.prompt for other in chosen)
        if len(chosen) == ROWS or len(row.input_ids) > left:
            break
        if not known and not row.cut:
            chosen.append(row)
            left -= len(row.input_ids)
    return chosen


def _renumbered(rows: Sequence[Row], eos: int, pad: int) -> _Small:
    """The rows with their tokens counted from 0: a vocabulary of 128,000 would take minutes."""
    used = sorted({eos, pad}.union(*(row.input_ids for row in rows), *(r.prompt for r in rows)))
    number = {token: place for place, token in enumerate(used)} | {MASKED: MASKED}
    small = [
        row._replace(
            input_ids=[number[token] for token in row.input_ids],
            labels=[number[token] for token in row.labels],
            prompt=[number[token] for token in row.prompt],
        )
        for row in rows
    ]
    return _Small(small, len(used), number[eos], number[pad])


def _shrunk(config: "PreTrainedConfig", vocabulary: int) -> "PreTrainedConfig":
    """The same architecture, small."""
    small = copy.deepcopy(config.get_text_config())
    wanted = {**SMALL, "vocab_size": vocabulary, "use_cache": False}
    if getattr(small, "num_key_value_heads", None) == getattr(small, "num_attention_heads", 0):
        wanted["num_key_value_heads"] = wanted["num_attention_heads"]
    if kinds := getattr(small, "layer_types", None):
        wanted["layer_types"] = kinds[: SMALL["num_hidden_layers"]]
    known = {*small.to_dict(), *small.attribute_map}
    for name, value in wanted.items():
        if name in known and getattr(small, name) is not None:
            setattr(small, name, value)
    small.bos_token_id = small.eos_token_id = small.pad_token_id = None
    return small


def _fit(model: "PreTrainedModel", batch: _Batch) -> tuple[int, float]:
    """Steps until the rows are known by heart, and the loss then."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.0)
    model.train()
    steps = 0
    while (loss := _loss(model, batch)).item() >= LEARNT_LOSS and steps < STEPS:
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        steps += 1
    model.eval()
    return steps, loss.item()


def _loss(model: "PreTrainedModel", batch: _Batch) -> "torch.Tensor":
    """Mean over the learnt tokens."""
    import torch

    logits: torch.Tensor = model(
        input_ids=batch.input_ids,
        attention_mask=batch.attention_mask,
        position_ids=batch.position_ids,
        use_cache=False,
    ).logits
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1).float(),
        batch.labels[:, 1:].flatten(),
        ignore_index=MASKED,
    )


def _answer(model: "PreTrainedModel", row: Row, eos: int) -> list[int]:
    """What it says to the question, the likeliest token each time, the end token included."""
    import torch

    said: list[int] = []
    with torch.inference_mode():
        while len(said) < len(row.input_ids) and said[-1:] != [eos]:
            logits = model(input_ids=torch.tensor([row.prompt + said]), use_cache=False).logits
            said.append(int(logits[0, -1].argmax()))
    return said


def _padded(rows: Sequence[Row], pad: int) -> _Batch:
    import torch

    width = max(len(row.input_ids) for row in rows)
    gaps = [width - len(row.input_ids) for row in rows]
    pairs = list(zip(rows, gaps, strict=True))
    return _Batch(
        input_ids=torch.tensor([row.input_ids + [pad] * gap for row, gap in pairs]),
        labels=torch.tensor([row.labels + [MASKED] * gap for row, gap in pairs]),
        attention_mask=torch.tensor([[1] * (width - gap) + [0] * gap for gap in gaps]),
    )


def _packed(rows: Sequence[Row]) -> _Batch:
    """As the trainer packs: one long row, positions counted anew in each, no mask."""
    import torch

    return _Batch(
        input_ids=torch.tensor([[token for row in rows for token in row.input_ids]]),
        labels=torch.tensor([[label for row in rows for label in [MASKED, *row.labels[1:]]]]),
        position_ids=torch.tensor(
            [[place for row in rows for place in range(len(row.input_ids))]]
        ),
    )


def _overfit(done: Rehearsal) -> Check:
    name, of = "overfit, then stop", done.rows
    learnt = f"after {done.steps} steps (loss {done.loss:.3f})"
    if done.stopped < of:
        return Check(
            name,
            "fail" if done.loss < LEARNT_LOSS else "warn",
            f"A small copy {learnt} stops by itself in {done.stopped} of {of} answers.",
            "See the end of the green tokens above: the end token must be the last of them.",
        )
    if done.verbatim < of:
        return Check(
            name,
            "warn",
            f"A small copy {learnt} stops each time, and says {done.verbatim} of {of} verbatim.",
            "See whether rows above are asked alike and answered differently.",
        )
    return Check(
        name,
        "pass",
        f"a small copy says {of} of {of} answers verbatim, each with its end, {learnt}",
    )


def _packing(done: Rehearsal, *, packing: bool) -> Check:
    if abs(done.padded - done.packed) <= TOLERANCE:
        return Check("packed = padded", "pass", f"loss {done.padded:.4f} both ways")
    return Check(
        "packed = padded",
        "fail" if packing else "warn",
        f"Packed rows read one another: their loss is {done.packed:.4f}, and {done.padded:.4f} padded.",
        "Leave packing = false under [train.trainer] for this base.",
    )
