"""A checkpoint is whole, or is not there."""

from pathlib import Path

import pytest

from data.errors import BadInputError
from tests import make
from train import checkpoints, runs, session
from train.job import Failed

MADE_OF = {"settings": "a", "data": "b", "library versions": "c"}
FILES = ("adapter_model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth")


def checkpoint(folder: Path, step: int) -> Path:
    made = folder / f"checkpoint-{step}"
    made.mkdir(parents=True)
    for name in (*FILES, "trainer_state.json", "training_args.bin"):
        (made / name).write_text(f"{name} {step}")
    return made


def sealed(folder: Path, step: int) -> Path:
    made = checkpoint(folder, step)
    checkpoints.seal(made, step, MADE_OF)
    return made


def test_the_newest_whole_one_is_taken(tmp_path: Path) -> None:
    sealed(tmp_path, 9)
    last = sealed(tmp_path, 10)

    assert checkpoints.newest(tmp_path, MADE_OF) == last
    assert checkpoints.last_step(tmp_path) == 10


def test_one_without_a_seal_is_set_aside(tmp_path: Path) -> None:
    first = sealed(tmp_path, 5)
    checkpoint(tmp_path, 10)

    assert checkpoints.newest(tmp_path, MADE_OF) == first
    assert (tmp_path / "damaged-checkpoint-10").is_dir()


@pytest.mark.parametrize("lost", [*FILES, "trainer_state.json"])
def test_one_with_a_lost_file_is_set_aside(tmp_path: Path, lost: str) -> None:
    first, last = sealed(tmp_path, 5), sealed(tmp_path, 10)
    (last / lost).unlink()

    assert checkpoints.newest(tmp_path, MADE_OF) == first


def test_one_with_a_changed_file_or_seal_is_set_aside(tmp_path: Path) -> None:
    first, second, third = (sealed(tmp_path, step) for step in (5, 10, 15))
    (second / "optimizer.pt").write_text("cut")
    (third / checkpoints.SEAL).write_text("{")

    assert checkpoints.newest(tmp_path, MADE_OF) == first


def test_one_that_never_had_an_optimizer_does_not_count(tmp_path: Path) -> None:
    made = checkpoint(tmp_path, 5)
    (made / "optimizer.pt").unlink()
    checkpoints.seal(made, 5, MADE_OF)

    assert checkpoints.newest(tmp_path, MADE_OF) is None


def test_one_made_of_something_else_is_refused(tmp_path: Path) -> None:
    sealed(tmp_path, 5)

    with pytest.raises(BadInputError, match="was made with other data, library versions; put"):
        checkpoints.newest(tmp_path, MADE_OF | {"data": "x", "library versions": "y"})


@pytest.mark.parametrize(
    ("failed", "said", "kept"),
    [
        (Failed("The base has changed."), "Once that is mended, `train resume first` goes on", 5),
        (Failed("out of memory", memory=True), "With more room on the GPU, `train resume", 5),
        (Failed("The loss is nan.", spoilt=True), "The loss is nan.", 0),
    ],
)
def test_only_a_training_that_went_wrong_loses_its_checkpoints(
    tmp_path: Path, failed: Failed, said: str, kept: int
) -> None:
    space = make.space(tmp_path)
    part = runs.part_of(space, "first")
    sealed(part / runs.TRAINER, 5)

    error = session.failure(session.ordered(space, space.split, "first"), failed, part)

    assert said in str(error)
    assert checkpoints.last_step(part / runs.TRAINER) == kept


def test_the_pickle_of_the_trainer_is_removed(tmp_path: Path) -> None:
    assert not (sealed(tmp_path, 5) / "training_args.bin").exists()
