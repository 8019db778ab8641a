"""The records that travel from a source file to the error report.

None is ever changed in place. A stage reads records and yields, for each, a record or a
`Drop`, so everything that leaves has a reason, and `in = kept + dropped` can be checked.
One record is one JSON object on one line; unknown fields are refused, not ignored.
"""

import hashlib
from collections.abc import Iterable
from typing import Literal, Self

import msgspec

Role = Literal["system", "user", "assistant"]
Side = Literal["train", "dev", "test"]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all records share; fields at their default are left out of the file."""


class Message(Record, frozen=True):
    role: Role
    content: str


class Turn(Record, frozen=True):
    """One message of a thread, its author already a pseudonym."""

    speaker: str
    text: str
    at: str
    """The source's own clock, as text: Slack's `ts` loses digits as a float."""
    signals: tuple[str, ...] = ()
    """What speaks for or against the message: `reaction:white_check_mark`, `edited`."""


class Origin(Record, frozen=True):
    """Where a record was found, or what made it."""

    source: str
    """The file, folder or zip it came from, as the user named it."""
    locator: str
    """Where to look it up: `faq.md#L12`, `slack/help#1741.0002`."""
    parents: tuple[str, ...] = ()
    """Ids of the records that this one was made from."""
    recipe: str = ""
    """Name and hash of the recipe: `reword@3f2a91c0`."""
    teacher: str = ""
    prompt_hash: str = ""
    ticket: str = ""
    """Id of the ticket that it was written for."""


class Passage(Record, frozen=True):
    """One unit of a source: an FAQ entry, a thread, a section of a page."""

    id: str
    kind: Literal["faq", "thread", "page"]
    title: str
    """The question of an FAQ entry, the first message of a thread, the heading of a section."""
    origin: Origin
    family: str
    """Id of the root passage; all that is ever made of it carries the same."""
    side: Side
    """Drawn once from the family, inherited by every descendant."""
    text: str = ""
    turns: tuple[Turn, ...] = ()
    language: str = "und"
    """BCP 47; `und` where nobody has looked."""
    signals: tuple[str, ...] = ()


class Review(Record, frozen=True):
    """What one annotator said about one example."""

    annotator: str
    """A person's name in the label server; `policy` where rules decided and nobody looked."""
    verdict: Literal["keep", "fix", "reject", "unsure"]
    reason: str = ""
    edited_question: str = ""
    edited_answer: str = ""
    rating: int | None = None
    """1 to 5; None where it was not asked, not answered, or left as it was pre-filled."""
    suggestion_changed: bool | None = None
    """Whether the verdict differs from the one that was pre-filled; None where none was."""
    seconds: float | None = None
    labels: tuple[str, ...] = ()
    """Codes of the reasons: `wrong`, `outdated`."""
    role: Literal["annotator", "adjudicator"] = "annotator"
    """An adjudicator has seen the opinions of others and decides."""
    propagated_from: str = ""
    """Id of the example that was looked at instead, where nobody looked at this one."""


class Example(Record, frozen=True):
    """What a model may learn from: a chat, raw text, or a preferred and a rejected answer."""

    id: str
    kind: Literal["chat", "text", "preference"]
    origin: Origin
    family: str
    side: Side
    messages: tuple[Message, ...] = ()
    """A chat; of a preference, the part before the two answers."""
    text: str = ""
    preferred: str = ""
    rejected: str = ""
    scores: dict[str, float] = msgspec.field(default_factory=dict)
    signals: tuple[str, ...] = ()
    """What speaks for or against it: `checked`, `thanked`, `disentangled`."""
    reviews: tuple[Review, ...] = ()

    @classmethod
    def chat(cls, messages: Iterable[Message], origin: Origin, *, family: str, side: Side) -> Self:
        """Build a chat; equal messages have an equal id on every machine and in every run."""
        turns = tuple(messages)
        key = content_id("chat", *(f"{turn.role}\x1f{turn.content}" for turn in turns))
        return cls(id=key, kind="chat", origin=origin, family=family, side=side, messages=turns)

    @classmethod
    def preference(
        cls,
        of: "Example",
        *,
        preferred: str = "",
        rejected: str = "",
        signal: str,
    ) -> Self:
        """Two answers to one prompt; one alone where the other was never written."""
        told = (f"{turn.role}\x1f{turn.content}" for turn in of.prompt)
        return cls(
            id=content_id("preference", *told, preferred, rejected),
            kind="preference",
            origin=Origin(of.origin.source, of.origin.locator, parents=(of.id,), recipe="review"),
            family=of.family,
            side=of.side,
            messages=of.prompt,
            preferred=preferred,
            rejected=rejected,
            signals=(signal,),
        )

    @property
    def question(self) -> str:
        """What is asked: the last user message."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def answer(self) -> str:
        """What is learnt: the last assistant message, or the raw text."""
        said = (m.content for m in reversed(self.messages) if m.role == "assistant")
        return next(said, self.text)

    @property
    def prompt(self) -> tuple[Message, ...]:
        """The messages up to, and without, the answer."""
        last = max((i for i, m in enumerate(self.messages) if m.role == "user"), default=-1)
        return self.messages[: last + 1]


class Drop(Record, frozen=True):
    """A record that left, and why."""

    reason: str
    """A code in kebab case: `no-answer`, `near-duplicate`."""
    locator: str
    """Where the record stood, so that even what became no record can be looked up."""
    example: Example | None = None
    passage: Passage | None = None
    twin: str = ""
    """Id of the record it repeats, if that is why it left."""
    evidence: str = ""


class Answer(Record, frozen=True):
    """What one arm of an evaluation said to one example."""

    run: str
    arm: str
    """`base`, `system-prompt`, `few-shot`, `retrieval`, `tuned`, or another model by its name."""
    example: str
    """Id of the example that was asked."""
    text: str
    tokens: int
    seconds: float
    stop: Literal["eos", "length"]
    """Why it ended: the model said so, or the token limit did."""
    sample: int = 0
    """The first is greedy and is what scores are made of; others show how settled it is."""
    shown: tuple[str, ...] = ()
    """Ids of the passages or examples that stood before the question."""


class Finding(Record, frozen=True):
    """One thing found wrong in one answer."""

    run: str
    arm: str
    """The arm that said it; `expected` for the expected answer, `item` for the item itself."""
    example: str
    check: str
    """Name and version of the check: `repetition@1`."""
    severity: Literal["error", "warning"]
    span: tuple[int, int]
    """Where in the answer, in characters: start and end."""
    evidence: str
    score: float = 1.0


class Acceptance(Record, frozen=True):
    """What the answers to the withheld probes must show before a ticket counts as paid."""

    metric: Literal["exact"]
    arm: str
    threshold: float
    """Share of right answers gained, above which the whole 95 % interval must lie."""
    guards: tuple[str, ...]
    """What must not have become worse."""


class Measured(Record, frozen=True):
    """How a later run answered the withheld probes, against the run that opened the ticket."""

    run: str
    asked: int
    before: int
    """Right answers of the earlier run."""
    after: int
    gain: float
    """Difference of the shares of right answers."""
    interval: tuple[float, float] | None
    """95 %, whole families drawn together; None where all probes are about one fact."""
    broken: tuple[str, ...] = ()
    """Guards that did not hold."""
    unchecked: tuple[str, ...] = ()
    """Guards of which nothing is known, because one of the runs was not asked."""
    placebo: float | None = None
    """What as many rows about facts drawn by lot would have gained on probes as often wrong."""
    beyond: tuple[float, float] | None = None
    """95 % interval of the gain beyond that."""


class Ticket(Record, frozen=True):
    """A request for data that errors on the dev side or on probes justify.

    It names material of the train side only; the text of what is held out never enters it.
    """

    id: str
    slice: str
    """Name of the slice, of words that stand on the train side too."""
    why: str
    sources: tuple[str, ...]
    """Ids of the passages to write from, all on the train side."""
    wanted: int
    """New wordings, over all sources."""
    withheld: tuple[str, ...] = ()
    """Ids of the probes that will say whether it helped: those of the slice, the right ones too."""
    state: Literal["open", "filled", "paid", "not paid"] = "open"
    run: str = ""
    """The run whose errors opened it."""
    diagnosis: str = ""
    action: str = ""
    styles: tuple[str, ...] = ()
    """How the new questions should sound."""
    accept: Acceptance | None = None
    placebo: bool = False
    """Asks for rows about facts drawn by lot, to see what rows do that were not aimed at anything."""
    made: int = 0
    """Rows that were written for it."""
    measured: Measured | None = None


def content_id(*parts: str) -> str:
    """Sixteen hex digits that depend on the content alone."""
    joined = "".join(f"{part}\x1e" for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
