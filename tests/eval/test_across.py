from pathlib import Path

import pytest

from data import store
from data.workspace import Workspace
from eval import evaluation
from tests import make
from tests.eval import canned

TAUGHT = [make.example(f"How do I do thing {n}?", f"Press {n}.") for n in range(12)]
PROBES = [
    make.example(f"Thing {n}, how?", f"Press {n}.", family=TAUGHT[n].family) for n in range(12)
]


def right(question: str) -> str:
    return next(row.answer for row in (*TAUGHT, *PROBES) if row.question == question)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """Two runs: `first` knows nothing, `second` everything."""
    made = make.space(tmp_path)
    canned.split(made, train=TAUGHT, probes=PROBES)
    evaluation.answer(made, made.runs / "first", canned.models(lambda _: "", lambda _: ""))
    again(made)
    return made


def again(space: Workspace) -> None:
    store.write_json(space.runs / "second" / "manifest.json", make.manifest("second"))
    evaluation.answer(space, space.runs / "second", canned.models(lambda _: "", right))


def test_the_later_run_is_held_against_the_earlier_on_each_set(space: Workspace) -> None:
    ran = make.run("evaluate compare first second", cwd=space.root)

    assert ran.code == 0, ran.output
    assert "IMPROVED against first" in ran.output
    assert "seen wording" in ran.output


def test_a_regression_sets_the_exit_code_when_asked_to(space: Workspace) -> None:
    assert make.run("evaluate compare second first", cwd=space.root).code == 0
    assert make.run("evaluate compare second first --fail-if regressed", cwd=space.root).code == 1
    assert make.run("evaluate compare first second --fail-if regressed", cwd=space.root).code == 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("evaluate compare first first", "two different runs"),
        ("evaluate compare first second --metric bleu", "exact, chrf"),
        ("evaluate compare first second --fail-if worse", "regressed, not-improved"),
    ],
)
def test_what_cannot_be_compared_is_refused(space: Workspace, command: str, said: str) -> None:
    ran = make.run(command, cwd=space.root)

    assert ran.code == 2
    assert said in ran.output


def test_runs_on_different_splits_are_refused_with_what_differs(space: Workspace) -> None:
    make.stage_file(space.split / "probes.jsonl", PROBES[1:])
    again(space)

    ran = make.run("evaluate compare first second", cwd=space.root)

    assert ran.code == 2
    assert "asked different questions: work/split/probes.jsonl" in ran.output
