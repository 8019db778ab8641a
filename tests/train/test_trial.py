"""The rehearsal: a small copy learns a few rows by heart, and must say them and stop."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.training import TrainSettings
from tests import make
from tests.train import splits
from train import chat, trial
from train.bases import Base, find
from train.chat import MASKED, Row


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    space = make.space(Path(tmp_path_factory.mktemp("trial")))
    return find(TrainSettings(), space, tuple(splits.taught()))


@pytest.fixture(scope="module")
def rows(base: Base) -> list[Row]:
    return [chat.render(example, base.tokenizer) for example in splits.taught()]


def test_sound_rows_come_back_verbatim_and_stop(base: Base, rows: list[Row]) -> None:
    overfit, packed = trial.rehearse(base, rows, packing=True)

    assert overfit.state == "pass", overfit
    assert "4 of 4 answers verbatim, each with its end" in overfit.found
    assert packed.state == "pass", packed


def test_without_the_end_token_among_what_is_learnt_nothing_stops(
    base: Base, rows: list[Row]
) -> None:
    endless = [row._replace(labels=[*row.labels[:-1], MASKED]) for row in rows]

    overfit, _ = trial.rehearse(base, endless, packing=False)

    assert overfit.state == "fail"
    assert "stops by itself in 0 of 4 answers" in overfit.found


def test_an_architecture_whose_packed_rows_read_one_another_is_found_out(
    base: Base, rows: list[Row]
) -> None:
    from transformers import BloomConfig

    alibi = replace(base, config=BloomConfig())

    _, allowed = trial.rehearse(alibi, rows, packing=True)

    assert allowed.state == "fail"
    assert "Packed rows read one another" in allowed.found
    assert "packing = false" in allowed.todo


def test_an_architecture_that_cannot_be_made_small_is_said(base: Base, rows: list[Row]) -> None:
    from transformers import Mamba2Config

    (only,) = trial.rehearse(replace(base, config=Mamba2Config()), rows, packing=False)

    assert only.state == "warn"
    assert "No small copy of Mamba2Config could be run" in only.found
