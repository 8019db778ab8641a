from pathlib import Path

import pytest

from data import store
from data.errors import BadInputError
from data.records import Answer, Drop, Finding, Message
from data.workspace import Workspace
from eval import evaluation, items, report
from tests import make
from tests.eval import canned

TAUGHT = make.example("How do I reset it?", "Press Reset.")
PROBE = make.example("Reset, how?", "Press Reset.", family=TAUGHT.family)
FOREIGN = make.example("Where are invoices?", "Under Billing.", side="dev")


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    made = make.space(tmp_path)
    canned.split(made, train=[TAUGHT], dev=[FOREIGN], probes=[PROBE])
    return made


def evaluate(space: Workspace) -> Path:
    run = space.runs / "first"
    evaluation.answer(space, run, canned.models(lambda _: "", lambda _: "Press Reset."))
    evaluation.check(space, run)
    return run


def test_both_models_answer_the_same_items(space: Workspace) -> None:
    run = evaluate(space)

    answers = list(store.read(evaluation.answers_path(run), Answer))
    found = report.gather(space, run)

    assert [a.example for a in answers if a.arm == "base"] == [
        a.example for a in answers if a.arm == "tuned"
    ]
    assert {score.question_set.key: score.arms["tuned"].right for score in found.sets} == {
        "unseen-wording": 1,
        "unseen-source": 0,
        "seen-wording": 1,
    }


def test_what_the_checks_find_is_kept_with_its_arm(space: Workspace) -> None:
    run = evaluate(space)

    found = list(store.read(evaluation.findings_path(run), Finding))

    assert {(each.arm, each.check) for each in found} == {("base", "empty@1")}


def test_an_example_that_cannot_be_asked_is_dropped_for_both(space: Workspace) -> None:
    silent = make.example("And this?", " ")
    make.stage_file(space.split / "dev.jsonl", [FOREIGN, silent, FOREIGN])

    manifest = evaluation.answer(
        space, space.runs / "first", canned.models(lambda _: "", lambda _: "")
    )

    assert (manifest.taken, manifest.kept) == (10, 6)
    assert manifest.dropped == {"no-expected-answer": 2, "asked-twice": 2}


def test_the_instructions_are_asked_too_but_not_the_answer() -> None:
    rules = Message("system", "Answer briefly.")
    row = TAUGHT.chat((rules, *TAUGHT.messages), TAUGHT.origin, family="f", side="dev")
    item = items.Item(row, items.UNSEEN_SOURCE)

    assert item.context == (rules,)
    assert item.expected == "Press Reset."


def test_the_same_seen_questions_are_drawn_each_time(space: Workspace) -> None:
    rows = [make.example(f"Question {n}?", "Yes.") for n in range(100)]
    make.stage_file(space.split / "train.jsonl", rows)

    first, second = (items.load(space.split, space.settings.evaluate) for _ in range(2))

    assert first == second
    assert len([i for i in first if not isinstance(i, Drop)]) == 2 + 40


def test_nothing_held_out_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    canned.split(space, train=[TAUGHT])

    with pytest.raises(BadInputError, match=r"raise `probes` or `dev` under \[split\]"):
        evaluate(space)


def test_a_run_trained_on_another_split_is_refused(space: Workspace) -> None:
    make.stage_file(space.split / "train.jsonl", [PROBE])

    with pytest.raises(BadInputError, match="`train run` trains on the new split"):
        evaluate(space)


def test_answers_to_another_split_are_not_reported(space: Workspace) -> None:
    run = evaluate(space)
    make.stage_file(space.split / "dev.jsonl", [TAUGHT])

    with pytest.raises(BadInputError, match="`evaluate run first` makes it again"):
        report.gather(space, run)


def test_a_report_of_an_unasked_run_says_what_to_type(space: Workspace) -> None:
    with pytest.raises(BadInputError, match="`evaluate run first` makes it"):
        report.gather(space, space.runs / "first")
