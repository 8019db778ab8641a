"""`train chat`: a conversation with a run in the terminal."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.errors import BadInputError
from data.records import Message
from train import chat, speech
from train.speech import Manner

if TYPE_CHECKING:
    from train.student import Student

HELP = """/reset         forget what was said
/system TEXT   begin anew with this system message; without TEXT, with none
/exit          leave, as do Ctrl-D and Ctrl-C; during an answer, Ctrl-C ends the answer"""

Write = Callable[[str], None]
"""Puts characters on the screen at once."""


@dataclass
class Conversation:
    """What has been said so far."""

    student: "Student"
    system: str = ""
    turns: list[Message] = field(default_factory=list)

    def reset(self) -> None:
        self.turns.clear()

    def ask(self, question: str) -> Iterator[str]:
        """The answer, piece by piece; both are remembered once it is complete."""
        asked = [*self.turns, Message("user", question)]
        head = [Message("system", self.system)] if self.system else []
        prompt = chat.prompt_ids([*head, *asked], self.student.tokenizer)
        room = speech.room(self.student, prompt)
        if room < 1:
            raise BadInputError(
                f"The conversation has {len(prompt)} tokens, and the model reads "
                f"{self.student.positions}; /reset begins a new one."
            )
        said = ""
        for piece in speech.say(self.student, prompt, Manner(room)):
            said += piece.text
            yield piece.text
        self.turns = [*asked, Message("assistant", said)]


def hold(student: "Student", read: Callable[[str], str], write: Write) -> None:
    """Talk until the user leaves."""
    talk = Conversation(student)
    while True:
        try:
            line = read("> ").strip()
        except (EOFError, KeyboardInterrupt):
            write("\n")
            return
        if line == "/exit":
            return
        if line.startswith("/"):
            write(_obey(talk, line) + "\n")
        elif line:
            _answer(talk, line, write)


def terminal() -> tuple[Callable[[str], str], Write]:
    """The keyboard, with a line that can be edited, and the screen."""
    import readline  # noqa: F401 (that it is loaded is what makes `input` edit)

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    return input, write


def _answer(talk: Conversation, question: str, write: Write) -> None:
    try:
        for text in talk.ask(question):
            write(text)
        write("\n")
    except KeyboardInterrupt:
        write("\n(ended; this question is forgotten)\n")
    except BadInputError as error:
        write(f"{error}\n")


def _obey(talk: Conversation, line: str) -> str:
    command, _, rest = line.partition(" ")
    if command == "/reset":
        talk.reset()
        return "(a new conversation)"
    if command == "/system":
        talk.reset()
        talk.system = rest.strip()
        how = "with this" if talk.system else "without a"
        return f"(a new conversation, {how} system message)"
    return HELP
