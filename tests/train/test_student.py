from pathlib import Path

import pytest

from data.errors import BadInputError
from data.records import Message
from data.workspace import Workspace
from tests.train import splits
from train import runs
from train.student import Student


def test_what_was_taught_comes_back_verbatim_and_ends_by_itself(student: Student) -> None:
    rows = splits.taught()

    replies = list(student.answer([row.prompt for row in rows], max_new_tokens=60, batch_size=3))

    assert [reply.text for reply in replies] == [row.answer for row in rows]
    assert {reply.stop for reply in replies} == {"eos"}


def test_a_reply_does_not_depend_on_its_batch(student: Student) -> None:
    prompts = [(Message("user", text),) for text in ("free?", "Where, oh where is my invoice?")]

    together = list(student.answer(prompts, max_new_tokens=20, batch_size=2))
    alone = list(student.answer(prompts, max_new_tokens=20, batch_size=1))

    assert [reply.text for reply in together] == [reply.text for reply in alone]


def test_a_reply_that_is_cut_off_says_so(student: Student) -> None:
    (reply,) = student.answer([splits.taught()[0].prompt], max_new_tokens=4, batch_size=1)

    assert (reply.stop, reply.tokens) == ("length", 4)
    assert splits.ANSWERS[0].startswith(reply.text)


def test_the_base_does_not_know_the_answers(trained: Workspace) -> None:
    base = Student.load(trained.runs / "first", tuned=False)

    (reply,) = base.answer([splits.taught()[0].prompt], max_new_tokens=20, batch_size=1)

    assert reply.text != splits.ANSWERS[0]


def test_it_is_asked_with_the_template_of_its_training(
    student: Student, trained: Workspace
) -> None:
    assert student.template_hash == runs.read_manifest(trained.runs / "first").template_hash


def test_a_base_that_changed_since_is_refused(begun: Workspace, tmp_path: Path) -> None:
    run = tmp_path / "first"
    run.symlink_to(begun.runs / "first")
    config = run / "base" / "config.json"
    was = config.read_text()
    config.write_text(was + "\n")
    try:
        with pytest.raises(BadInputError, match="has changed since"):
            Student.load(run, tuned=True)
    finally:
        config.write_text(was)
