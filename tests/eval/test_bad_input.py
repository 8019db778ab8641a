"""Answers that no model should give, and evaluations that prove nothing."""

from pathlib import Path

import msgspec
import pytest

from data import store
from data.errors import BadInputError
from data.records import Answer
from data.workspace import Workspace
from eval import evaluation, report, table, verdict
from tests import make
from tests.eval import canned

TAUGHT = make.example("How do I reset it?", "Press Reset.")
PROBE = make.example("Reset, how?", "Press Reset.", family=TAUGHT.family)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    made = make.space(tmp_path)
    canned.split(made, train=[TAUGHT], probes=[PROBE])
    make.stage_file(made.passages, [make.passage("How do I reset it?", "Press Reset.")])
    return made


def evaluated(space: Workspace, base: str, tuned: str) -> report.Evaluation:
    run = space.runs / "first"
    evaluation.answer(space, run, canned.models(lambda _: base, lambda _: tuned))
    evaluation.check(space, run)
    return report.gather(space, run)


@pytest.mark.parametrize(
    "text",
    [
        "Press the button and then wait for it. " * 5_000,
        "اضغط على زر إعادة التعيين في الإعدادات. \u202e",
        "パスワードをリセットするには設定を開き、リセットを押してください。" * 20,
        "half a pair: \ud83d and a NUL: \0",
        "\n" * 1_000,
    ],
    ids=["200 kB", "right to left", "CJK", "lone surrogate", "blank lines"],
)
def test_whatever_a_model_says_is_checked_and_scored(space: Workspace, text: str) -> None:
    found = evaluated(space, "", text)

    assert found.sets[0].arms["tuned"].right == 0
    for finding in found.results[0].findings:
        start, end = finding.span
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize("answer", ["Press Reset.", "No."], ids=["all right", "all wrong"])
def test_one_item_that_all_get_alike_proves_nothing(space: Workspace, answer: str) -> None:
    found = evaluated(space, answer, answer)

    [contrast] = found.sets[0].contrasts
    assert contrast.state == "NOT PROVEN"
    assert "one fact" in verdict.proof(contrast)
    assert table.scores(found).row_count == 4


def test_an_arm_half_done_is_named(space: Workspace) -> None:
    evaluated(space, "", "Press Reset.")
    run = space.runs / "first"
    path = evaluation.answers_path(run)
    was = store.read_manifest(path)
    assert was is not None
    make.stage_file(path, list(store.read(path, Answer))[:-1], root=space.root)
    now = store.read_manifest(path)
    assert now is not None
    edited = msgspec.structs.replace(now, settings=was.settings, inputs=was.inputs)
    store.write_json(store.manifest_path(path), edited)

    evaluation.check(space, run)

    with pytest.raises(BadInputError, match="Arm tuned has no answer"):
        report.gather(space, run)
