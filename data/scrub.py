"""The one door between what people wrote and everything that is stored or sent.

`scrub` is text in, text and counts out. Secrets always go; personal data goes unless the
settings say `keep`; people's names go where a directory of them is given. A pattern cannot
find what has no shape: outsiders' names, street addresses, a password in plain prose.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from data.people import NOBODY, People
from data.secrets import ASSIGNED, SECRETS, Rule

_DIGIT = re.compile(r"\d")
_ASSIGNING = re.compile(r"(?:passwo?r?d|pwd|secret|key|token)[\"']?\s*[:=]")


LONG_WORD = 14
"""The letters of the shortest secret that the marks in `_may_hold_a_secret` do not tell."""


class Scrubbed(NamedTuple):
    text: str
    counts: Counter[str]
    """How often each kind was replaced: `email`, `secret:aws-key`, `name`."""


def scrub(text: str, people: People = NOBODY, *, keep_pii: bool = False) -> Scrubbed:
    """Replace secrets, personal data and the names of these people."""
    counts: Counter[str] = Counter()
    text = writable(text)
    if _may_hold_a_secret(text):
        text = _replace_all(text, _SECRETS, counts)
    if _names_a_secret(text):
        text = ASSIGNED.apply(text, counts)
    if not keep_pii:
        if "@" in text:
            text = _replace_all(text, _EMAILS, counts)
        if _has_numbers(text):
            text = _replace_all(text, _NUMBERS, counts)
        text, named = people.hide(text)
        if named:
            counts["name"] += named
    return Scrubbed(text, counts)


def writable(text: str) -> str:
    """Text that can be written as UTF-8: no lone surrogate, no NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")


def _may_hold_a_secret(text: str) -> bool:
    """Plain words hold none: a secret is a long word, or begins like no word does."""
    return (
        "://" in text
        or "xox" in text
        or "xapp-" in text
        or "-----" in text
        or max(map(len, text.split()), default=0) >= LONG_WORD
    )


def _names_a_secret(text: str) -> bool:
    if ":" not in text and "=" not in text:
        return False
    return bool(_ASSIGNING.search(text.lower()))


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


_EMAIL = r"[\w.+'%-]*[\w+%-]@(?:[\w-]+\.)+[^\W\d_]{2,}"


def _ip(match: re.Match[str]) -> str:
    """Addresses that stand for every machine, such as 127.0.0.1 and netmasks, may stay."""
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    common = address.is_loopback or address.is_unspecified or match[0].startswith("255.")
    return match[0] if common else "[IP]"


def _phone(match: re.Match[str]) -> str:
    return "[PHONE]" if 8 <= len(re.sub(r"\D", "", match[0])) <= 15 else match[0]


def _card(match: re.Match[str]) -> str:
    digits = [int(d) for d in re.sub(r"\D", "", match[0])]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits[::-1])]
    return "[CARD]" if len(set(digits)) > 1 and sum(doubled) % 10 == 0 else match[0]


def _iban(match: re.Match[str]) -> str:
    code = match[0].replace(" ", "")
    number = int("".join(str(int(c, 36)) for c in code[4:] + code[:4]))
    return "[IBAN]" if 15 <= len(code) <= 34 and number % 97 == 1 else match[0]


EMAILS: tuple[Rule, ...] = (
    # `[mail Ann](mailto:ann@example.com)` keeps its words; the address alone keeps none.
    Rule(
        "email",
        "@",
        re.compile(rf"\[([^\]\n]*)\]\(<?mailto:[^)\s]*\)|<(?:mailto:)?{_EMAIL}>"),
        lambda m: "[EMAIL]" if m[1] is None or "@" in m[1] else f"{m[1]} ([EMAIL])",
        re.compile(r"@[\w-]+\.|mailto:"),
    ),
    # `git@github.com:org/repo` is an address of a repository.
    Rule(
        "email",
        "@",
        re.compile(rf"(?!git@[\w.-]+:)(?:\bmailto:)?(?<![\w.+]){_EMAIL}"),
        "[EMAIL]",
        re.compile(r"@[\w-]+\."),
    ),
)
NUMBERS: tuple[Rule, ...] = (
    Rule(
        "ip",
        ".",
        re.compile(
            r"(?<![\w.-])(?<!version )(?<!Version )(?<!release )(?<!\bv)(?:\d{1,3}\.){3}\d{1,3}"
            r"(?![\w-]|\.\d)"
        ),
        _ip,
        re.compile(r"\d\.\d{1,3}\.\d"),
    ),
    Rule(
        "ip",
        ":",
        re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])"),
        _ip,
        re.compile(r"::|(?:[0-9a-fA-F]{1,4}:){5}"),
    ),
    Rule(
        "iban",
        "",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _iban,
        re.compile(r"[A-Z]{2}\d\d"),
    ),
    # Not inside a URL: message permalinks carry sixteen digits.
    Rule(
        "card",
        "",
        re.compile(r"(?<![\w./#=-])[2-6](?:[ -]?\d){12,18}(?![\w./-]\w)"),
        _card,
        re.compile(r"\d(?:[ -]?\d){12}"),
    ),
    Rule(
        "phone",
        "+",
        re.compile(r"(?:\btel:)?(?<![\w+])\+\d(?:[ .()/-]{0,2}\d){6,14}(?!\w)"),
        _phone,
    ),
)


def _by_hint(rules: Iterable[Rule]) -> tuple[tuple[str, Rule], ...]:
    return tuple((rule.hint, rule) for rule in rules)


_SECRETS, _EMAILS, _NUMBERS = map(_by_hint, (SECRETS, EMAILS, NUMBERS))
