"""Weights for other programs: an adapter merged into its base, and how near it is to both.

One of the doors to torch and peft. All sums are made in full precision on the CPU, so that what is
compared is the weights and not the arithmetic.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from peft import PeftModel
from safetensors import SafetensorError
from transformers import AutoConfig, PreTrainedModel

from data.errors import BadInputError
from train import bases
from train.probes import Probe
from train.proof import Claim

PLACES = 32
"""Tokens at the end of each probe at which the predictions are compared."""
FULL = 1e-3
"""Bound on the difference of any two logits where weights are stored in full precision; 8e-6 was
measured on `tiny`, and the rounding of sums grows with the model."""
SAME_TOP, KL = 0.99, 0.01
"""Bounds where weights are stored in 16 bits: they are rounded once more by merging."""


class Distance(NamedTuple):
    """How far the predictions of two models are apart."""

    places: int
    largest: float
    """Between any two logits."""
    same_top: float
    """The share of places where both expect the same token."""
    kl: float
    """Mean Kullback-Leibler divergence, in nats."""


def merge(run: Path, folder: Path, probes: Sequence[Probe], *, was_4bit: bool) -> list[Claim]:
    """Write base and adapter as one model, read it back, and compare it with the two."""
    base = bases.of_run(run)
    _refuse_quantised(base)
    tuned = _adapted(bases.read_weights(base), run / "adapter")
    with_adapter = logits(tuned, probes)
    with tuned.disable_adapter():
        without = logits(tuned, probes)
    whole = tuned.merge_and_unload(safe_merge=True)
    kind = _kind(base)
    _write(whole.to(kind), folder)
    del tuned, whole
    back = logits(bases.read_weights(folder), probes)
    claims = [_alive(distance(without, with_adapter)), _same(distance(with_adapter, back), kind)]
    if was_4bit:
        del with_adapter, without
        claims.append(_from_4bit(distance(_quantised(run, base, probes), back)))
    return claims


def copy_whole(run: Path, folder: Path, probes: Sequence[Probe]) -> Claim:
    """The same for a run that trained all weights: they are written as they are."""
    source = run / "model"
    trained = bases.read_weights(source)
    before = logits(trained, probes)
    kind = _kind(source)
    _write(trained.to(kind), folder)  # type: ignore[arg-type]
    del trained
    return _same(distance(before, logits(bases.read_weights(folder), probes)), kind)


def compare_adapters(run: Path, folder: Path, probes: Sequence[Probe]) -> Claim:
    """The adapter in a folder against the run's, both on the run's base."""
    base = bases.of_run(run)
    before, after = (
        logits(_adapted(bases.read_weights(base), adapter), probes)
        for adapter in (run / "adapter", folder)
    )
    apart = distance(before, after)
    found = f"logits differ by {apart.largest:.1e} at most, over {apart.places} places"
    claim = "the adapter, read back on its base, expects what the run expects"
    return Claim(claim, found, "0", holds=apart.largest == 0)


def _write(model: PreTrainedModel, folder: Path) -> None:
    try:
        model.save_pretrained(folder)
    except SafetensorError as error:
        # It tells of a full disk in words only.
        if number := re.search(r"os error (\d+)", str(error)):
            raise OSError(int(number[1]), str(error), str(folder)) from error
        raise


def logits(model: PreTrainedModel | PeftModel, probes: Sequence[Probe]) -> list[torch.Tensor]:
    """What the model expects at the last places of each probe."""
    with torch.inference_mode():
        return [
            model(input_ids=torch.tensor([probe.ids])).logits[0, -PLACES:].float()
            for probe in probes
        ]


def distance(before: Sequence[torch.Tensor], after: Sequence[torch.Tensor]) -> Distance:
    was, now = torch.cat(list(before)), torch.cat(list(after))
    kl = torch.nn.functional.kl_div(
        now.log_softmax(-1), was.log_softmax(-1), log_target=True, reduction="batchmean"
    )
    return Distance(
        places=len(was),
        largest=float((was - now).abs().max()),
        same_top=float((was.argmax(-1) == now.argmax(-1)).float().mean()),
        kl=max(0.0, float(kl)),
    )


def _adapted(model: PreTrainedModel, adapter: Path) -> PeftModel:
    adapted = PeftModel.from_pretrained(model, str(adapter))
    assert isinstance(adapted, PeftModel)
    return adapted


def _quantised(run: Path, base: Path, probes: Sequence[Probe]) -> list[torch.Tensor]:
    """What the run expects with its base in 4 bits, as it was trained."""
    return logits(_adapted(bases.read_weights(base, in_4bit=True), run / "adapter"), probes)


def _refuse_quantised(base: Path) -> None:
    if getattr(
        AutoConfig.from_pretrained(base, local_files_only=True), "quantization_config", None
    ):
        raise BadInputError(
            f"The weights in {base} are stored quantised, and an adapter cannot be merged into "
            "those; train on the 16-bit model (`load_in_4bit = true` makes it small in memory), "
            "or export the adapter."
        )


def _kind(folder: Path) -> torch.dtype:
    """What the weights of a folder are stored in."""
    kind = getattr(torch, bases.stored_dtype(folder))
    assert isinstance(kind, torch.dtype)
    return kind


def _alive(apart: Distance) -> Claim:
    return Claim(
        "the adapter changes what the base says",
        f"mean KL {apart.kl:.2g} nats",
        "above 1e-6",
        holds=apart.kl > 1e-6,
    )


def _same(apart: Distance, kind: torch.dtype) -> Claim:
    claim = "the weights, read back, expect what the run expects"
    if kind == torch.float32:
        found = f"logits differ by {apart.largest:.1e} at most, over {apart.places} places"
        return Claim(claim, found, f"at most {FULL:.0e}", holds=apart.largest <= FULL)
    return Claim(
        claim,
        f"{apart.same_top:.2%} the same likeliest token, mean KL {apart.kl:.1e}, over {apart.places} places",
        f"at least {SAME_TOP:.0%}, at most {KL}",
        holds=apart.same_top >= SAME_TOP and apart.kl <= KL,
    )


def _from_4bit(apart: Distance) -> Claim:
    return Claim(
        "against the 4-bit base on which the adapter was trained",
        f"mean KL {apart.kl:.2g} nats, {apart.same_top:.1%} the same likeliest token",
    )
