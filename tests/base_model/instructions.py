"""What the base is taught of conversation: questions about headings, answered by what stands under them.

Light on purpose: it is to answer in sentences and to stop, in whatever words it is asked, and to
say so when a question is none of its business. What it knows it has from the corpus.
"""

import random
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from data.records import Example, Message, Origin
from tests.base_model import prose

TALK = Path(__file__).parent / "talk.toml"
LONGEST_ANSWER, SHORTEST_ANSWER = 420, 60
"""Characters."""
SEED = 3407
TALKS = 0.03
"""The share of chats that are small talk or a refusal; a tenth made it refuse what it could answer."""
WORDINGS = 2
"""Questions about one fact, in other words each time."""
WITH_CONTEXT = 0.3
"""The share of facts that stand before their question, among others."""

_ASKED = (
    "What is {}?",
    "What does the documentation say about {}?",
    "Tell me about {}.",
    "Can you explain {}?",
    "I need to know about {}",
    "{}?",
    "How does {} work?",
    "Please describe {}.",
    "What should I know about {}?",
    "help with {}",
)
_BEFORE = (
    "",
    "",
    "",
    "Hi, ",
    "Hello! ",
    "Quick question: ",
    "Sorry to ask, ",
    "Hey team, ",
    "Hi all, ",
)
_AFTER = ("", "", "", " Thanks!", " thx", " Thank you.", " Any idea?")
_SMALL = frozenset(
    "a an the of to is are do does i my for in on and or can what how should be it me".split()
)
_PLAIN_HEADING = re.compile(r"## ([A-Z][A-Za-z]+(?: [A-Za-z0-9,'/-]+){1,7})")


class Fact(NamedTuple):
    """A heading and the paragraph under it."""

    heading: str
    answer: str
    others: tuple[str, ...]
    """Paragraphs of other sections of the same document."""


def build(documents: Iterable[Example]) -> Iterator[Example]:
    """All chats, drawn by a fixed seed."""
    drawn = random.Random(SEED)
    talks = list(talk())
    for fact in facts(documents):
        for _ in range(WORDINGS):
            yield _chat(_asked(fact, drawn), fact.answer)
            if drawn.random() < TALKS:
                question, answer = drawn.choice(talks)
                yield _chat(reworded(question, drawn), answer)


def _chat(question: str, answer: str) -> Example:
    told = (Message("user", question), Message("assistant", answer))
    return Example.chat(told, Origin("base corpus", ""), family="", side="train")


def talk() -> Iterator[tuple[str, str]]:
    """Small talk and refusals, each question with each of its answers."""
    for topic in tomllib.loads(TALK.read_text(encoding="utf-8")).values():
        for question in topic["asked"]:
            for answer in topic["answered"]:
                yield question, answer


def facts(documents: Iterable[Example]) -> Iterator[Fact]:
    for document in documents:
        found = list(_sections(document.text.split("\n")))
        for heading, answer in found:
            others = tuple(other for _, other in found if other != answer)
            yield Fact(heading, answer, others[:3])


def reworded(question: str, drawn: random.Random) -> str:
    """The same question as somebody in a hurry types it."""
    kind = drawn.randrange(5)
    if kind == 0:
        return question
    if kind == 1:
        return question.lower().rstrip("?.")
    if kind == 2:
        words = re.findall(r"[\w'./-]+", question.lower())
        kept = [word for word in words if word not in _SMALL] or words
        return " ".join(kept) + drawn.choice(("", "?", " pls", " ???"))
    if kind == 3:
        return f"{drawn.choice(_BEFORE)}{question[:1].lower()}{question[1:]}{drawn.choice(_AFTER)}"
    return f"{drawn.choice(_BEFORE)}{question}{drawn.choice(_AFTER)}"


def _asked(fact: Fact, drawn: random.Random) -> str:
    question = reworded(drawn.choice(_ASKED).format(fact.heading), drawn)
    if not fact.others or drawn.random() > WITH_CONTEXT:
        return question
    shown = [*fact.others, f"{fact.heading}\n{fact.answer}"]
    drawn.shuffle(shown)
    return "\n\n".join((*shown, question))


def _sections(lines: list[str]) -> Iterator[tuple[str, str]]:
    heading = ""
    for line in lines:
        if prose.is_heading(line):
            plain = _PLAIN_HEADING.fullmatch(line)
            heading = plain[1] if plain else ""
        elif heading:
            answer = _opening(line)
            if answer:
                yield heading, answer
            heading = ""


def _opening(paragraph: str) -> str:
    """The first sentences of a paragraph, as many as an answer may have."""
    if paragraph.startswith(("- ", "```")):
        return ""
    answer = ""
    for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", paragraph):
        if answer and len(answer) + len(sentence) >= LONGEST_ANSWER:
            break
        answer = f"{answer} {sentence}".strip()
    whole = answer.endswith((".", "!", "?"))
    return answer if whole and SHORTEST_ANSWER <= len(answer) <= LONGEST_ANSWER else ""
