import math

import pytest

from train.health import DEAD_STEPS, Health, SpoiltError


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_stops_the_training(loss: float) -> None:
    with pytest.raises(SpoiltError, match="at step 3: the training ran away"):
        Health().refuse(3, loss, 1.0)


def test_an_adapter_that_no_gradient_reaches_is_dead_after_some_steps() -> None:
    watched = Health()
    for step in range(1, DEAD_STEPS):
        watched.refuse(step, 2.0, 0.0)

    with pytest.raises(SpoiltError, match="nothing is learnt"):
        watched.refuse(DEAD_STEPS, 2.0, 0.0)


def test_one_step_without_gradient_is_no_death() -> None:
    watched = Health()
    for step in range(4 * DEAD_STEPS):
        watched.refuse(step, 2.0, 0.0 if step % 2 else 0.1)
