"""The one door between what people wrote and everything that is stored or sent.

`scrub` is text in, text and counts out. Secrets always go; personal data goes unless the
settings say `keep`; people's names go where a directory of them is given. A pattern cannot
find what has no shape: outsiders' names, street addresses, a password in plain prose.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from data.assigned import ASSIGNED
from data.people import NOBODY, People
from data.personal import ADDRESSES, EMAILS, HIDDEN_EMAILS, NUMBERS, SEVEN_DIGITS
from data.secrets import SECRETS, Rule

_DIGIT = re.compile(r"\d")
LONG = 14
"""Characters without a space, from which a text may hold a secret that has a shape."""
_NAMING = re.compile("|".join(sorted({w for rule in ASSIGNED for w in rule.words}, reverse=True)))
_CODE = re.compile(r"```[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_GOES_ON = re.compile(
    r"(\[SECRET:[\w-]+\])(?:\n[ \t>]*(?=[^\n]*\d|[^\n]{20}|[^\n]*[a-z][A-Z])[\w+/=.%~$:-]+(?=[\"'`,;)]*(?:\n|\Z)))+"
)
_WRAPPED = re.compile(r"[\w+/=.%~$:-]{12,}(?:\n[ \t>]*[\w+/=.%~$:-]+(?=[\"'`,;)]*(?:\n|\Z)))+")


class Scrubbed(NamedTuple):
    text: str
    counts: Counter[str]
    """How often each kind was replaced: `email`, `secret:aws-key`, `name`."""


def scrub(text: str, people: People = NOBODY, *, keep_pii: bool = False) -> Scrubbed:
    """Replace secrets, personal data and the names of these people."""
    counts: Counter[str] = Counter()
    text = _without_secrets(writable(text), counts)
    if not keep_pii:
        text, named = people.hide(_without_addresses(text, counts))
        if named:
            counts["name"] += named
    return Scrubbed(text, counts)


class Place(NamedTuple):
    """Where a secret or personal data stands, and of what kind it is."""

    kind: str
    start: int
    end: int


def places(text: str) -> list[Place]:
    """What `scrub` would replace and where, in the order of the text; names are not looked for."""
    if not scrub(text).counts:
        return []
    found: list[Place] = []
    for rule in _IN_ORDER:
        for start, stop in rule.places(text):
            end = start + len(text[start:stop].rstrip(".:)]}"))
            found.append(Place(rule.kind, start, end))
            text = text[:start] + " " * (end - start) + text[end:]
    return sorted(found, key=lambda place: place.start)


def _without_secrets(text: str, counts: Counter[str]) -> str:
    if _may_hold_a_secret(text):
        text = _without_shaped(text, counts)
        if "```" in text:
            text = _CODE.sub(lambda code: _without_wrapped(code[0], counts), text)
    if _may_name_a_secret(text):
        named = set(_NAMING.findall(text.lower()))
        for words, rule in ASSIGNED if named else ():
            if not named.isdisjoint(words):
                text = rule.apply(text, counts)
    return text


def _without_addresses(text: str, counts: Counter[str]) -> str:
    """Without what reaches a person: e-mail, machines, accounts, cards, telephones."""
    if "@" in text:
        text = _replace_all(text, _EMAILS, counts)
    text = _replace_all(text, _HIDDEN_EMAILS, counts)
    if _has_numbers(text):
        text = _replace_all(text, _ADDRESSES, counts)
        if SEVEN_DIGITS.search(text):
            text = _replace_all(text, _NUMBERS, counts)
    return text


def writable(text: str) -> str:
    """Text that can be written as UTF-8: no lone surrogate, no NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")


def _without_shaped(text: str, counts: Counter[str]) -> str:
    for mark, rules in _SECRETS:
        if mark in text:
            text = _replace_all(text, rules, counts)
    return text


def _may_hold_a_secret(text: str) -> bool:
    """Plain words hold none: a secret is a long word, or begins like no word does."""
    return (
        "xox" in text
        or "xapp-" in text
        or "xwfp-" in text
        or "-----" in text
        or max(map(len, text.split()), default=0) >= LONG
    )


def _may_name_a_secret(text: str) -> bool:
    """What is said to be one has a digit, a sign before it or quotes around it."""
    return bool(_DIGIT.search(text) or ":" in text or "=" in text or "`" in text or '"' in text)


def _without_wrapped(code: str, counts: Counter[str]) -> str:
    """Code without secrets that a terminal broke into several lines."""

    def joined(lines: re.Match[str]) -> str:
        whole = re.sub(r"\n[ \t>]*", "", lines[0])
        told = Counter[str]()
        clean = _without_shaped(whole, told)
        counts.update(told)
        return clean if told else lines[0]

    return _WRAPPED.sub(joined, _GOES_ON.sub(r"\1", code))


def _has_numbers(text: str) -> bool:
    """Whether there can be an address, a card or a phone number: most of chat has no digit."""
    return bool(_DIGIT.search(text)) or _may_be_ipv6(text)


def _may_be_ipv6(text: str) -> bool:
    return "::" in text or text.count(":") > 5


def _replace_all(text: str, rules: tuple[tuple[str, Rule], ...], counts: Counter[str]) -> str:
    for hint, rule in rules:
        if hint in text:
            text = rule.apply(text, counts)
    return text


def _by_hint(rules: Iterable[Rule]) -> tuple[tuple[str, Rule], ...]:
    return tuple((rule.hint, rule) for rule in rules)


def _by_mark(rules: Iterable[Rule]) -> Iterator[tuple[str, tuple[tuple[str, Rule], ...]]]:
    """By a character of the hint, so that most texts are asked few of them; addresses last."""
    marked = {mark: [r for r in rules if mark in r.hint] for mark in (".", "-", "_", "", "@")}
    done: set[int] = set()
    for mark, some in sorted(marked.items(), key=lambda each: each[0] in ("", "@")):
        mine = [r for r in some if id(r) not in done and (mark or "@" not in r.hint)]
        done.update(map(id, mine))
        yield mark, _by_hint(mine)


_SECRETS = tuple(_by_mark(SECRETS))
_EMAILS, _HIDDEN_EMAILS, _ADDRESSES, _NUMBERS = map(
    _by_hint, (EMAILS, HIDDEN_EMAILS, ADDRESSES, NUMBERS)
)
_IN_ORDER = (
    *(rule for _, rules in _SECRETS for _, rule in rules),
    *(rule for _, rule in ASSIGNED),
    *(*EMAILS, *HIDDEN_EMAILS, *ADDRESSES, *NUMBERS),
)
