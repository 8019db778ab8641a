from pathlib import Path

import pytest

from data import workspace
from data.errors import BadInputError
from tests import make


def test_a_workspace_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    space = make.space(tmp_path)

    assert workspace.find(space.work).root == tmp_path


def test_outside_a_workspace_the_error_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="`curate init DIR` makes a workspace"):
        workspace.find(tmp_path)


def test_a_second_command_is_told_which_one_runs(tmp_path: Path) -> None:
    space = make.space(tmp_path)

    with (
        workspace.locked(space, "curate dedup"),
        pytest.raises(BadInputError, match=r"`curate dedup` \(process \d+\) is running"),
        workspace.locked(space, "curate split"),
    ):
        pass
