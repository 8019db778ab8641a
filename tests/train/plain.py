"""How others ask a model: what ours is held against."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import torch


@runtime_checkable
class Generates(Protocol):
    """A model of transformers, whose own annotations say nothing of its answers."""

    def generate(self, **options: object) -> "torch.Tensor": ...
