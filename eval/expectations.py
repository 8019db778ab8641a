"""Whether an answer is what a case expects; each expectation that fails is one reason."""

import json
import re
from collections.abc import Callable, Iterator

from eval import schemas, scores
from eval.checks import facts, refusal
from eval.suites import Expectation

Cosine = Callable[[str, str], float]


def failures(expect: Expectation, text: str, cosine: Cosine) -> Iterator[str]:
    """Why an answer fails, all reasons; none for one that passes.

    A `fitted` cosine is a number by now, and a rubric is for the judge.
    """
    yield from _of_wording(expect, text)
    yield from _of_phrases(expect, text)
    yield from _of_form(expect, text)
    yield from _of_meaning(expect, text, cosine)
    if expect.refusal is not None and (refusal.stance(text) == "refused") != expect.refusal:
        yield "does not decline" if expect.refusal else "declines to answer"


def _of_wording(expect: Expectation, text: str) -> Iterator[str]:
    if expect.exact is not None and text.strip() != expect.exact.strip():
        yield f"is not exactly “{expect.exact}”"
    if expect.same is not None and not scores.is_exact(text, expect.same):
        yield f"is not “{expect.same}”"


def _of_phrases(expect: Expectation, text: str) -> Iterator[str]:
    yield from (f"lacks “{phrase}”" for phrase in expect.contains if not _has(text, phrase))
    if expect.any_of and not any(_has(text, phrase) for phrase in expect.any_of):
        yield f"has none of {', '.join(f'“{phrase}”' for phrase in expect.any_of)}"
    yield from (f"must not say “{phrase}”" for phrase in expect.must_not if _has(text, phrase))
    if expect.regex is not None and not re.search(expect.regex, text):
        yield f"does not match {expect.regex}"


def _of_form(expect: Expectation, text: str) -> Iterator[str]:
    if expect.max_words is not None and (words := len(text.split())) > expect.max_words:
        yield f"has {words} words, more than {expect.max_words}"
    if expect.json_keys is not None:
        yield from _of_json(expect.json_keys, text)
    if expect.json_schema is not None:
        yield from schemas.faults(expect.json_schema, text)
    if (wanted := expect.number) is not None:
        told = [amount.number for amount in facts.amounts(text)]
        if not any(abs(number - wanted.value) <= wanted.within + 1e-9 for number in told):
            yield f"names no number within {wanted.within:g} of {wanted.value:g}"


def _of_json(keys: tuple[str, ...], text: str) -> Iterator[str]:
    try:
        document = json.loads(text)
    except ValueError:
        yield "is no JSON"
        return
    if not isinstance(document, dict):
        yield "is no JSON object"
        return
    yield from (f"lacks the key `{key}`" for key in keys if key not in document)


def _of_meaning(expect: Expectation, text: str, cosine: Cosine) -> Iterator[str]:
    if expect.like is None:
        return
    if expect.min_chrf is not None:
        alike = scores.chrf(text, expect.like)
        if alike < expect.min_chrf:
            yield f"chrF {alike:.0f}, less than {expect.min_chrf:g}"
    if isinstance(expect.min_cosine, float):
        near = cosine(text, expect.like)
        if near < expect.min_cosine:
            yield f"cosine {near:.2f}, less than {expect.min_cosine:g}"


def _has(text: str, phrase: str) -> bool:
    """As whole words: `no` is not in `know`."""
    words = r"\s+".join(map(re.escape, phrase.split()))
    before = r"(?<!\w)" if phrase[:1].isalnum() else ""
    after = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return bool(re.search(before + words + after, text, re.IGNORECASE))
