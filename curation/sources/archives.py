"""What every shape of a Slack archive comes down to: people, names of channels, and messages.

The messages are Slack's own everywhere; what differs is how they are packed.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from curation.sources.messages import Message, Speaker, User
from curation.sources.units import Notes


class Part(NamedTuple):
    """Some messages of one channel, in any order."""

    place: str
    """Where they lie, for what has no time of its own to be found by."""
    found: list[Message | None]
    """None for an item that is no message."""
    broken: str = ""
    """Why not all, or none, could be read."""
    mended: bool = False
    """Whether halves of characters had to be replaced."""


class Channel(NamedTuple):
    name: str
    parts: Iterable[Part]
    listed: bool = True
    """Whether a list of the archive names it."""


class Archive(Protocol):
    name: str
    """Its name as a source; locators begin with it."""

    def users(self) -> Iterable[User]: ...

    def speakers(self) -> Iterable[Speaker]:
        """People as single messages tell of them."""
        ...

    def names(self) -> dict[str, str]:
        """Names of channels, as far as lists tell them, by id."""
        ...

    def channels(self, notes: Notes) -> Iterator[Channel]:
        """Every channel once, by name; what is no part of one is noted."""
        ...
