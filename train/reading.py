"""How well a model expects a text: the fewer bits it takes, the better it is known.

Importing this module loads nothing heavy.
"""

from collections.abc import Iterator, Sequence
from math import log
from typing import TYPE_CHECKING

from train.student import Student

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LONGEST = 2_048
"""Tokens that are read at once; a longer text is read in pieces that do not know of each other."""


def bits(student: Student, texts: Sequence[str]) -> Iterator[float]:
    """Bits that each text takes, in their order: the sum over its tokens of -log2 p.

    The chat template has no part in it: a text is read from its beginning, after the token that
    begins or ends a document.
    """
    import torch

    first = _beginning(student.tokenizer)
    length = min(LONGEST, student.positions) - 1
    with torch.inference_mode():
        for text in texts:
            ids = student.tokenizer.encode(text, add_special_tokens=False)
            pieces = [ids[start : start + length] for start in range(0, len(ids), length)]
            yield sum(_nats(student, [first, *piece]) for piece in pieces) / log(2)


def _nats(student: Student, ids: Sequence[int]) -> float:
    """Minus the log-likelihood of all tokens but the first, given what stands before each."""
    import torch
    from torch.nn.functional import cross_entropy

    read = torch.tensor([list(ids)], device=student.model.device)
    logits = student.model(input_ids=read).logits[0, :-1].float()
    return float(cross_entropy(logits, read[0, 1:], reduction="sum"))


def _beginning(tokenizer: "PreTrainedTokenizerBase") -> int:
    begins: int | None = tokenizer.bos_token_id
    ends: int | None = tokenizer.eos_token_id
    return next(token for token in (begins, ends, 0) if token is not None)
