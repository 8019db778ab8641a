"""A model of the preferences, as a judge: points for an answer to a prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import BadInputError
from data.records import Message
from data.workspace import Workspace
from train import chat, runs

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def find(space: Workspace, name: str) -> Path:
    """The folder of a run of method `reward`."""
    if not name:
        raise BadInputError(
            "[train.rewards] reward_run is not set: name a run of method `reward`, which "
            "`train run --preset reward` makes."
        )
    run = runs.find(space, name)
    method = runs.read_manifest(run).method
    if method != "reward":
        raise BadInputError(
            f"[train.rewards] reward_run: {name} was trained by `{method}` and gives no points; "
            "`train run --preset reward` makes a run that does."
        )
    return run


@dataclass(frozen=True)
class Judge:
    """One loaded model; equal answers get equal points."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"

    @classmethod
    def load(cls, run: Path, dtype: str = "float32") -> "Judge":
        from transformers import AutoTokenizer

        from train import backends, bases

        tokenizer = AutoTokenizer.from_pretrained(bases.spoken(run), local_files_only=True)
        model = bases.read_tuned(run, runs.base_folder(run), dtype, points=True)
        model.config.pad_token_id = tokenizer.pad_token_id
        return cls(backends.placed(model).eval(), tokenizer)

    def score(self, prompts: Sequence[Sequence[Message]], answers: Sequence[str]) -> list[float]:
        """Points of each answer, read as it was in training: up to its end token."""
        import torch

        rows = [
            chat.answered((*prompt, Message("assistant", answer)), self.tokenizer)
            for prompt, answer in zip(prompts, answers, strict=True)
        ]
        width = max(map(len, rows))
        pad = self.tokenizer.pad_token_id
        with torch.inference_mode():
            told = self.model(
                input_ids=self._tensor([[*row, *[pad] * (width - len(row))] for row in rows]),
                attention_mask=self._tensor(
                    [[1] * len(row) + [0] * (width - len(row)) for row in rows]
                ),
            )
        points: list[float] = told.logits[:, 0].float().tolist()
        return points

    def _tensor(self, rows: list[list[int]]) -> "torch.Tensor":
        import torch

        return torch.tensor(rows, device=self.model.device)
