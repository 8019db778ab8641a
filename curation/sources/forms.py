"""Forms that an app posts for somebody: who filled one in, and what they ask.

Help desks on Slack work like this: a workflow posts the form, people reply in its thread. Its
root is a message of a bot, but its words are those of the person it names.
"""

import re
from typing import NamedTuple

FEWEST_WORDS = 4
"""What a field needs to be a question."""
_FIELD = re.compile(r"\s*(?:[-•] )?\*\*(?P<label>[^*\n]{2,80}?):?\*\*[ \t]*:?[ \t]*(?P<value>.*)")
_FROM = r"(?:from|by|for|von|vom|de|du|par|da|por|van|door)"
_WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]{1,2}|\w+")
"""Scripts without spaces count two signs as a word."""


class Form(NamedTuple):
    asker: str
    """As the text calls them."""
    question: str


def read(text: str, people: tuple[str, ...]) -> Form | None:
    """The form in the text of an app; None where it is none. `people` are those it mentions."""
    named = next((person for person in people if _is_sender(person, text)), None)
    if named is None:
        return None
    question = max(_values(text, f"@{named}"), key=_length)
    return Form(named, question) if _length(question) >= FEWEST_WORDS else None


def _is_sender(person: str, text: str) -> bool:
    """Whether the form says that it is from them; who it is assigned to did not ask."""
    called = re.escape(f"@{person}")
    said = re.search(rf"(?i)\b{_FROM}\W{{1,8}}{called}\b", text)
    return said is not None or re.match(rf"\W*{called}\W+(?:asks?|asked)\b", text) is not None


def _values(text: str, sender: str) -> list[str]:
    """The values of a form; a line without a label goes on with what stands above it."""
    values = [""]
    for line in text.split("\n"):
        if sender in line:  # what stands before says whose form it is
            values.append(line.rpartition(sender)[2].lstrip(" :*_-"))
        elif field := _FIELD.match(line):
            values.append(field["value"])
        else:
            values[-1] = f"{values[-1]}\n{line}"
    return [each.strip() for each in values]


def _length(value: str) -> int:
    return len(_WORD.findall(value))
