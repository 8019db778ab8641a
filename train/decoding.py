"""A batch of replies, token by token: whoever has ended leaves the batch.

`generate` of transformers computes all rows until the last one has ended, so one reply that does not
stop costs as much as a batch of them. Importing this module loads nothing heavy.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    import torch

CROWDED = 0.75
"""The batch is made smaller once at most this share of its rows still speaks; it costs a copy."""


class Remembers(Protocol):
    """What a model has read of each row."""

    def batch_select_indices(self, indices: "torch.Tensor") -> None: ...


class Guess(Protocol):
    """What a model expects to come next."""

    logits: "torch.Tensor"
    past_key_values: object


class Speaks(Protocol):
    """What is needed of a model."""

    @property
    def device(self) -> "torch.device": ...
    def __call__(self, **inputs: object) -> Guess: ...


class Sampling(Protocol):
    """How a reply is drawn that is not the likeliest."""

    @property
    def temperature(self) -> float: ...
    @property
    def seed(self) -> int: ...


class Limits(NamedTuple):
    pad: int
    eos: int
    tokens: int
    """Said to each prompt at most, the end token included."""


def replies(
    model: Speaks, prompts: Sequence[Sequence[int]], limits: Limits, sampling: Sampling | None
) -> list[list[int]]:
    """The tokens said to each prompt, the end token included where it came.

    Greedy unless `sampling` is given; equal seeds and batches draw equal replies.
    """
    import torch

    device = model.device
    width = max(map(len, prompts))
    # Padding stands on the left: a reply must follow its prompt directly.
    gaps = [width - len(ids) for ids in prompts]
    fed = torch.tensor(
        [[limits.pad] * gap + list(ids) for gap, ids in zip(gaps, prompts, strict=True)]
    )
    seen = torch.tensor([[0] * gap + [1] * (width - gap) for gap in gaps], device=device)
    fed, places = fed.to(device), (seen.cumsum(-1) - 1).clamp(min=0)
    drawn = torch.Generator()
    if sampling:
        drawn.manual_seed(sampling.seed)
    said: list[list[int]] = [[] for _ in prompts]
    speaking, memory = list(range(len(prompts))), None
    with torch.inference_mode():
        for _ in range(limits.tokens):
            guess = model(
                input_ids=fed,
                attention_mask=seen,
                position_ids=places,
                past_key_values=memory,
                use_cache=True,
                logits_to_keep=1,
            )
            memory = guess.past_key_values
            logits = guess.logits[:, -1].float()
            chosen = choose(logits, sampling.temperature if sampling else 0, drawn)
            for row, token in zip(speaking, chosen.tolist(), strict=True):
                if limits.eos not in said[row][-1:]:
                    said[row].append(token)
            going = [here for here, row in enumerate(speaking) if said[row][-1] != limits.eos]
            if not going:
                break
            if len(going) <= CROWDED * len(speaking):
                kept = torch.tensor(going, device=device)
                cast("Remembers", memory).batch_select_indices(kept)
                speaking = [speaking[here] for here in going]
                chosen, seen, places = chosen[kept], seen[kept], places[kept]
            fed, places = chosen[:, None], places[:, -1:] + 1
            seen = torch.cat([seen, seen.new_ones(len(speaking), 1)], dim=1)
    return said


def choose(logits: "torch.Tensor", temperature: float, drawn: "torch.Generator") -> "torch.Tensor":
    """The next token of each row, shape (rows, words) to (rows); the likeliest at temperature 0."""
    import torch

    if temperature == 0:
        return logits.argmax(-1)
    chances = torch.softmax(logits.cpu() / temperature, dim=-1)  # where the generator draws
    return torch.multinomial(chances, 1, generator=drawn)[:, 0].to(logits.device)
