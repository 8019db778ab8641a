import re
from pathlib import Path

import pytest

from data.errors import BadInputError
from data.records import Example, Message, Origin
from data.workspace import Workspace
from tests import make
from tests.train import splits
from train import curated


def refused(space: Workspace) -> str:
    with pytest.raises(BadInputError) as error:
        curated.read(space.split, space.root)
    return str(error.value)


def test_a_missing_split_names_the_command_that_makes_it(tmp_path: Path) -> None:
    said = refused(make.space(tmp_path))

    assert "train.jsonl is not there; `curate split` makes it" in said


def test_a_split_without_certificate_is_refused(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path))
    (space.split / "certificate.json").unlink()

    assert "certificate.json is not there; `curate split` makes it" in refused(space)


def test_an_empty_train_file_is_refused(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path), [])

    assert "train.jsonl is empty" in refused(space)


def test_a_row_of_the_dev_side_is_refused(tmp_path: Path) -> None:
    stray = make.example("Is there a free trial?", "Yes, for 30 days.", side="dev")
    space = splits.write(make.space(tmp_path), [*splits.taught(), stray])

    assert f"row {stray.id} (faq.md#L1) is on the dev side" in refused(space)


@pytest.mark.parametrize("held_out", ["dev", "probes"])
def test_a_held_out_row_smuggled_into_train_is_refused(tmp_path: Path, held_out: str) -> None:
    smuggled = splits.taught()[0]
    space = splits.write(make.space(tmp_path), **{held_out: [smuggled]})

    assert f"row {smuggled.id} (faq.md#L1) stands itself in {held_out}.jsonl" in refused(space)


def test_a_relative_of_a_dev_row_is_refused(tmp_path: Path) -> None:
    relative = splits.taught()[0]
    held_out = make.example("pw lost", "Reset it.", side="dev", family=relative.family)
    space = splits.write(make.space(tmp_path), dev=[held_out])

    assert f"{relative.id} (faq.md#L1) stands with one of its family in dev" in refused(space)


def test_a_probe_may_share_the_family_of_its_fact(tmp_path: Path) -> None:
    probe = make.example("pw lost", splits.ANSWERS[0], family=splits.taught()[0].family)
    space = splits.write(make.space(tmp_path), probes=[probe])

    assert len(curated.read(space.split, space.root).rows) == 8


def test_a_row_that_does_not_end_with_an_answer_is_refused(tmp_path: Path) -> None:
    row = Example.chat(
        (Message("user", "Hello?"),), Origin("faq.md", "faq.md#L9"), family="f", side="train"
    )
    space = splits.write(make.space(tmp_path), [row])

    assert re.search(r"\(faq.md#L9\) does not end with an answer", refused(space))


def test_a_split_that_was_edited_by_hand_is_refused(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path))
    path = space.split / "train.jsonl"
    path.write_text(path.read_text().replace("Security", "Safety"))

    assert "was changed after `curate split` certified it" in refused(space)


def test_every_file_of_the_split_is_marked(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path))

    marks = curated.read(space.split, space.root).marks

    assert {(mark.path, mark.records) for mark in marks} == {
        ("work/split/train.jsonl", 8),
        ("work/split/dev.jsonl", 0),
        ("work/split/test.jsonl", 0),
        ("work/split/probes.jsonl", 0),
        ("work/split/certificate.json", 0),
    }
