"""The template teacher: rewords questions by rules, without any model.

It exists so that the whole loop runs on a machine with no key and no network. Its wordings are
plain ones; every example it makes says that it made it.
"""

import random
import re
from collections.abc import Iterator, Sequence

from synth.teacher import Reply, Request, folded

NAME = "template"

FILLERS = """
a about all am an and any anyone are as at be been but by can could did do does for from get had
has have hello hey hi how i if in into is it its just me my of on or our please s should so some
somebody someone t thanks that the their them there they this to us was we what what's when where
which while who why will with would you your
"""
STOP_WORDS = frozenset(FILLERS.split())

REPHRASINGS = (
    (
        re.compile(r"^how (?:do|can|would|should) (?:i|we|you) (?P<rest>.+)$", re.IGNORECASE),
        (
            "what is the right way to {rest}?",
            "I have to {rest} and do not know where to start",
            "can somebody walk me through it? I want to {rest}",
        ),
    ),
    (
        re.compile(r"^(?:can|could|may) (?:i|we|you) (?P<rest>.+)$", re.IGNORECASE),
        (
            "is it possible to {rest}?",
            "a colleague would like to {rest}, does that work at all?",
            "we are trying to {rest}. Is that supported?",
        ),
    ),
    (
        re.compile(r"^(?:what|which) (?:is|are|'s) (?P<rest>.+)$", re.IGNORECASE),
        (
            "I am looking for {rest}",
            "could you explain {rest} to me?",
            "need to know {rest} for a customer",
        ),
    ),
    (
        re.compile(r"^where (?:is|are|can i find|do i find) (?P<rest>.+)$", re.IGNORECASE),
        ("I can't find {rest}", "looking for {rest}, no idea which menu it is in"),
    ),
    (
        re.compile(r"^why (?:is|are|does|do) (?P<rest>.+)$", re.IGNORECASE),
        ("any idea what the reason is? {rest}", "we see this here: {rest}. What causes it?"),
    ),
)

FRAMES = (
    "Hi team, sorry if this has been asked before: {question}?",
    "A customer is on the phone and wants to know: {question}?",
    "{question}? I searched the docs but could not find it.",
    "Quick one before my next meeting starts, {question}?",
    "{question}? Asking for the whole sales department.",
    "New here, so bear with me. {question}?",
    "Good morning all! {question}? Thanks in advance for any hint.",
    "My boss just asked me this and I was not sure: {question}?",
)


class TemplateTeacher:
    """Answers at once, the same every time."""

    name = NAME

    def answer(self, requests: Sequence[Request]) -> Iterator[Reply]:
        for request in requests:
            wordings = reword(request.example.question, request.count + len(request.known))
            new = [each for each in wordings if folded(each) not in request.known]
            yield Reply(request, tuple(new[: request.count]))


def reword(question: str, count: int) -> list[str]:
    """Up to `count` other wordings: by rule, as key words, then inside a frame."""
    core = _core(question)
    chance = random.Random(core)
    frames = [frame.format(question=core) for frame in chance.sample(FRAMES, len(FRAMES))]
    rephrased = _by_rule(core)
    wordings = [*rephrased[:2], *_key_words(core), *frames, *rephrased[2:]]
    return list(dict.fromkeys(wordings))[:count]


def _core(question: str) -> str:
    """The sentence that asks, without its mark: of several sentences the last with a `?`."""
    plain = " ".join(question.split())
    sentences = re.split(r"(?<=[.?!])\s+", plain)
    asking = [sentence for sentence in sentences if sentence.endswith("?")]
    return (asking[-1] if asking else plain).rstrip("?.! ")


def _by_rule(core: str) -> list[str]:
    for pattern, phrases in REPHRASINGS:
        if match := pattern.match(core):
            return [phrase.format(rest=match["rest"]) for phrase in phrases]
    return []


def _key_words(core: str) -> list[str]:
    """What people type into a search box; nothing where too little would be left."""
    words = [word for word in re.findall(r"[\w'./-]+", core) if word.lower() not in STOP_WORDS]
    return [" ".join(words).lower()] if len(words) >= 3 else []
