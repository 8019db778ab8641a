"""The shape of a check: from an answer and its surroundings to flags with spans."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from eval.items import Item

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Said:
    """A text to check: what an arm answered, or the expected answer itself."""

    text: str
    item: Item
    stop: Literal["eos", "length"] = "eos"
    is_expected: bool = False
    source: tuple[str, ...] = ()
    """What the item was made from, and what else was shown to the arm; empty where unknown."""

    @property
    def vouching(self) -> tuple[str, ...]:
        """Texts that are right by definition; an expected answer does not vouch for itself."""
        asked = tuple(message.content for message in self.item.example.prompt)
        return asked if self.is_expected else (*asked, self.item.expected)


@dataclass(frozen=True)
class Flag:
    """One thing found; the span is in characters of the text."""

    span: tuple[int, int]
    evidence: str
    score: float = 1.0


@dataclass(frozen=True)
class Check:
    """A pure rule. The version rises whenever it would flag other texts than before."""

    name: str
    version: int
    severity: Severity
    meaning: str
    find: Callable[[Said], Iterator[Flag]]

    @property
    def method(self) -> str:
        return f"{self.name}@{self.version}"
