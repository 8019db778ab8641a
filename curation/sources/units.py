"""What a reader hands over: units not yet scrubbed, drops, and notes on what it saw."""

from collections import Counter, defaultdict
from typing import Literal

import msgspec

from data.records import Drop, Turn


class Unit(msgspec.Struct, frozen=True):
    """An FAQ entry, a thread or a page section, as its author wrote it."""

    kind: Literal["faq", "thread", "page"]
    title: str
    locator: str
    text: str = ""
    turns: tuple[Turn, ...] = ()
    signals: tuple[str, ...] = ()
    language: str = "und"
    """BCP 47; `und` where the source does not say."""
    translates: str = ""
    """Locator of the unit that says the same in other words or another language, yielded before it."""


Found = Unit | Drop


class Notes:
    """What was seen of one source beside its units: counts and names, for the manifest."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.redacted: Counter[str] = Counter()
        self.names: defaultdict[str, list[str]] = defaultdict(list)
