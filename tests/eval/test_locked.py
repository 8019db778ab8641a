from pathlib import Path

import pytest

from data.errors import BadInputError
from data.workspace import Workspace
from eval import locked
from tests import make
from tests.eval import canned

TAUGHT = make.example()
SECRET = [
    make.example(f"Locked question {n}?", f"Locked answer {n}.", side="test") for n in range(9)
]


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    made = make.space(tmp_path)
    canned.split(made, train=[TAUGHT], probes=[make.example("Reset?", TAUGHT.answer)])
    make.stage_file(made.split / "test.jsonl", SECRET)
    return made


def right(question: str) -> str:
    return next(row.answer for row in SECRET if row.question == question)


def test_a_look_is_counted_and_leaves_no_text_behind(space: Workspace) -> None:
    run, opened = space.runs / "first", canned.models(lambda _: "", right)

    score = locked.look(space, run, opened)
    locked.look(space, run, opened)

    assert score.arms["tuned"].right == 9
    assert score.contrasts[0].state == "IMPROVED"
    assert [look.right for look in locked.looks(space)] == [{"base": 0, "tuned": 9}] * 2
    kept = (p for p in space.root.rglob("*") if p.is_file() and p.name != "test.jsonl")
    assert not any(b"Locked question" in path.read_bytes() for path in kept)


def test_a_new_test_has_not_been_looked_at(space: Workspace) -> None:
    locked.look(space, space.runs / "first", canned.models(lambda _: "", right))

    make.stage_file(space.split / "test.jsonl", SECRET[1:])

    assert locked.looks(space) == []


def test_an_empty_test_is_an_error_with_a_way_out(space: Workspace) -> None:
    make.stage_file(space.split / "test.jsonl", [])

    with pytest.raises(BadInputError, match=r"raise `test` under \[split\]"):
        locked.look(space, space.runs / "first", canned.models(lambda _: "", right))
