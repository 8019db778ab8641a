from pathlib import Path

import pytest

from data import store
from data.errors import BadInputError
from data.workspace import Workspace
from tests import make
from train import runs


def finish(space: Workspace, name: str, day: int) -> None:
    with runs.making(space, name) as folder:
        store.write_json(
            folder / "manifest.json", make.manifest(name, finished=f"2026-01-{day:02d}T12:00:00")
        )


def test_the_latest_run_is_the_one_finished_last(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    finish(space, "b", day=9)
    finish(space, "a", day=10)

    assert runs.latest(space) == tmp_path / "runs" / "a"
    assert runs.find(space, "b") == tmp_path / "runs" / "b"


def test_without_a_run_the_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="`train run` makes one"):
        runs.latest(make.space(tmp_path))


def test_an_unknown_run_is_told_which_ones_there_are(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    finish(space, "first", day=1)

    with pytest.raises(BadInputError, match=r"No run `frist` in .*\(there: first\)"):
        runs.find(space, "frist")


def test_names_count_on_from_the_highest(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    for name in ("run-2", "run-10", "other"):
        finish(space, name, day=1)

    assert runs.next_name(space) == "run-11"


def test_an_existing_name_is_refused_and_its_run_untouched(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    finish(space, "first", day=1)

    with pytest.raises(BadInputError, match="is there already"):
        finish(space, "first", day=2)
    assert runs.read_manifest(space.runs / "first").finished.startswith("2026-01-01")


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", ""])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInputError, match="cannot name a run"):
        finish(make.space(tmp_path), name, day=1)


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    space = make.space(tmp_path)

    def failing() -> None:
        with runs.making(space, "first") as folder:
            (folder / "adapter").mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing()
    assert not list(space.runs.iterdir())


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    (space.runs / ".first.part" / "adapter").mkdir(parents=True)

    finish(space, "second", day=1)

    assert [path.name for path in space.runs.iterdir()] == ["second"]
