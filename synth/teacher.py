"""The teacher: who writes the new wordings. Two kinds behind one interface.

A teacher takes requests and yields one reply for each, in the same order. A reply that cannot
be read is a reply with an error, which becomes a counted drop; a teacher that cannot be reached
raises, because going on would only repeat the same failure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from data.ledger import Ledger
from data.records import Example, Message
from data.settings import TeacherSettings


@dataclass(frozen=True)
class Request:
    """What is asked about one example."""

    example: Example
    messages: tuple[Message, ...]
    count: int
    ticket: str = ""
    """Id of the ticket that asks."""
    known: frozenset[str] = frozenset()
    """Questions, folded, that are there already; they are never sent to a teacher."""


@dataclass(frozen=True)
class Reply:
    """What came back: questions, or why there are none."""

    request: Request
    questions: tuple[str, ...] = ()
    error: str = ""


def folded(question: str) -> str:
    """Equal for questions that differ in case, white space and the mark at the end."""
    return " ".join(question.casefold().split()).rstrip(".?!")


class Teacher(Protocol):
    """What generation needs of a teacher."""

    name: str

    def answer(self, requests: Sequence[Request]) -> Iterator[Reply]: ...


def choose(settings: TeacherSettings, book: Ledger) -> Teacher:
    """The teacher that the settings name."""
    if settings.kind == "template":
        from synth.template import TemplateTeacher

        return TemplateTeacher()
    from synth.endpoint import EndpointTeacher

    return EndpointTeacher(settings, book)
