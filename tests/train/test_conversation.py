import io
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest

from data.workspace import Workspace
from tests import make
from tests.train import splits
from train import conversation
from train.conversation import Conversation
from train.student import Student

PASSWORD = splits.ANSWERS[0]


def typed(*lines: str) -> Callable[[str], str]:
    """A keyboard on which these lines are typed, then Ctrl-D."""
    coming: Iterator[str] = iter(lines)

    def read(prompt: str) -> str:
        for line in coming:
            return line
        raise EOFError

    return read


def held(student: Student, lines: Sequence[str]) -> str:
    screen: list[str] = []
    conversation.hold(student, typed(*lines), screen.append)
    return "".join(screen)


def test_it_answers_in_the_terminal_until_exit(
    trained: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("reset password pls\n/exit\n"))

    ran = make.run("train chat first", cwd=trained.root)

    assert ran.code == 0, ran.output
    assert PASSWORD in ran.output


def test_what_was_said_is_remembered_until_reset(student: Student) -> None:
    talk = Conversation(student)

    list(talk.ask("reset password pls"))
    list(talk.ask("hi, where are invoices"))
    remembered = [turn.role for turn in talk.turns]
    talk.reset()

    assert remembered == ["user", "assistant", "user", "assistant"]
    assert talk.turns == []


def test_commands_begin_anew_and_what_is_none_of_them_shows_them(student: Student) -> None:
    told = held(student, ["/system Be brief.", "/system", "/reset", "/rest", "/exit"])

    assert told.splitlines()[:3] == [
        "(a new conversation, with this system message)",
        "(a new conversation, without a system message)",
        "(a new conversation)",
    ]
    assert "/system TEXT" in told


def test_ctrl_c_ends_the_answer_and_forgets_the_question(student: Student) -> None:
    screen: list[str] = []

    def write(text: str) -> None:
        screen.append(text)
        if "choose" in text:
            raise KeyboardInterrupt

    conversation.hold(student, typed("reset password pls", "hi, where are invoices"), write)

    told = "".join(screen)
    assert PASSWORD not in told
    assert "(ended; this question is forgotten)" in told
    assert splits.ANSWERS[1] in told


def test_a_conversation_that_is_too_long_says_what_to_do(student: Student) -> None:
    told = held(student, ["word " * 3000, "/exit"])

    assert "/reset begins a new one" in told
