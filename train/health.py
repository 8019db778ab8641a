"""What shows, while a training runs, that it has gone wrong."""

import math

from data.errors import BadInputError

DEAD_STEPS = 5
"""Steps in a row without any gradient after which nothing will ever be learnt."""


class SpoiltError(BadInputError):
    """The training itself went wrong: to go on from its checkpoints would lead there again."""


class Health:
    """Watches loss and gradient from step to step."""

    def __init__(self) -> None:
        self._dead = 0

    def refuse(self, step: int, loss: float, gradient: float | None, *, cure: str = "") -> None:
        """Raise SpoiltError where it makes no sense to go on; `cure` helps where nothing is learnt."""
        if not math.isfinite(loss):
            raise SpoiltError(
                f"The loss is {loss} at step {step}: the training ran away. "
                "Lower learning_rate under [train.trainer]."
            )
        self._dead = self._dead + 1 if gradient == 0 else 0
        if self._dead == DEAD_STEPS:
            raise SpoiltError(
                f"No gradient reached the trained weights for {DEAD_STEPS} steps up to {step}: "
                f"nothing is learnt. {cure}"
            )
