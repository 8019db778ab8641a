"""The offline default: rules say what may be learnt from, and sign as `policy`.

It is no judgement of content and never counts as a human opinion; it keeps out what no
annotator would let pass, so that the loop runs before anybody has looked.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from data.records import Drop, Example, Review
from data.settings import ReviewSettings

NAME = "policy"
SECRET = re.compile(r"\[SECRET[:\]]")
LINK_ONLY = re.compile(r"\W*(?:\[[^\]]*\]\(\S+\)|<?https?://\S+>?)\W*")
MIN_WORDS = 2


def review(examples: Iterable[Example], settings: ReviewSettings) -> Iterator[Example | Drop]:
    """Sign what passes every rule; drop the rest with the rule's name."""
    for example in examples:
        fault = _fault(example, settings)
        if fault:
            evidence = example.answer[:200]
            yield Drop(f"policy-{fault}", example.origin.locator, example, evidence=evidence)
        else:
            signed = Review(NAME, "keep", reason="passed all rules; nobody has looked")
            yield msgspec.structs.replace(example, reviews=(*example.reviews, signed))


def _fault(example: Example, settings: ReviewSettings) -> str:
    answer = example.answer
    words = len(answer.split())
    if words > settings.max_answer_words:
        return "answer-too-long"
    if words < MIN_WORDS or len(example.question.split()) < MIN_WORDS:
        return "too-short"
    if SECRET.search(answer):
        return "secret-in-answer"
    if LINK_ONLY.fullmatch(answer):
        return "answer-is-a-link"
    if answer.casefold() == example.question.casefold():
        return "answer-repeats-question"
    return ""
