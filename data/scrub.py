"""The one door between what people wrote and everything that is stored or sent.

`scrub` is text in, text and counts out. Secrets always go; personal data goes unless the
settings say `keep`; people's names go where a directory of them is given. A pattern cannot
find what has no shape: outsiders' names, street addresses, a password in plain prose.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from data.people import NOBODY, People

_DIGIT = re.compile(r"\d")
_ANYTHING = re.compile("")
_ASSIGNING = re.compile(r"(?:passwo?r?d|pwd|secret|key|token)[\"']?\s*[:=]")
Replace = str | Callable[[re.Match[str]], str]


class Scrubbed(NamedTuple):
    text: str
    counts: Counter[str]
    """How often each kind was replaced: `email`, `secret:aws-key`, `name`."""


def scrub(text: str, people: People = NOBODY, *, keep_pii: bool = False) -> Scrubbed:
    """Replace secrets, personal data and the names of these people."""
    counts: Counter[str] = Counter()
    text = _replace_all(writable(text), SECRETS, counts)
    if _names_a_secret(text):
        text = ASSIGNED.apply(text, counts)
    if not keep_pii:
        if "@" in text:
            text = _replace_all(text, EMAILS, counts)
        if _has_numbers(text):
            text = _replace_all(text, NUMBERS, counts)
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


def _names_a_secret(text: str) -> bool:
    if ":" not in text and "=" not in text:
        return False
    return bool(_ASSIGNING.search(text.lower()))


def _has_numbers(text: str) -> bool:
    """Whether there can be an address, a card or a phone number: most of chat has no digit."""
    return bool(_DIGIT.search(text)) or _may_be_ipv6(text)


def _may_be_ipv6(text: str) -> bool:
    return "::" in text or text.count(":") > 5


def _replace_all(text: str, rules: tuple["_Rule", ...], counts: Counter[str]) -> str:
    for rule in rules:
        if rule.hint in text:
            text = rule.apply(text, counts)
    return text


@dataclass(frozen=True)
class _Rule:
    kind: str
    hint: str
    """What stands in every match; looking for it first is what makes a chat export fast."""
    pattern: re.Pattern[str]
    replace: Replace
    near: re.Pattern[str] = _ANYTHING
    """A cheap pattern that is found wherever the other one is."""

    def apply(self, text: str, counts: Counter[str]) -> str:
        if not self.near.search(text):
            return text

        def put(match: re.Match[str]) -> str:
            made = self.replace(match) if callable(self.replace) else match.expand(self.replace)
            if made != match[0]:
                counts[self.kind] += 1
            return made

        return self.pattern.sub(put, text)


def _secret(kind: str, hint: str, pattern: str, keep: str = "") -> _Rule:
    """`keep` is what of the match stays before the placeholder, as a template."""
    return _Rule(f"secret:{kind}", hint, re.compile(pattern, re.DOTALL), f"{keep}[SECRET:{kind}]")


def _assigned(match: re.Match[str]) -> str:
    """`api_key = 8f3aB0...`: a value with both letters and digits, not a placeholder."""
    value = match["value"]
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return f"{match['name']}[SECRET:assigned]" if mixed else match[0]


SECRETS: tuple[_Rule, ...] = (
    _secret(
        "private-key",
        "PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:.*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\s]*)",
    ),
    _secret(
        "slack-file",
        "slack",
        r"(?:https?://)?(?:files\.slack\.com|slack-files\.com|[\w-]+\.slack\.com/files(?:-pri|-tmb)?)"
        r"/[^\s|<>)\]\"']+",
    ),
    _secret(
        "slack-webhook",
        "hooks.slack",
        r"(?:https?://)?hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[^\s|<>)\]\"'`]+",
    ),
    _secret("slack-token", "xox", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9%/+=_-]{6,}"),
    _secret("slack-token", "xapp-", r"\bxapp-[A-Za-z0-9-]{8,}"),
    *(
        _secret("aws-key", kind, rf"\b{kind}[A-Z0-9]{{16}}\b")
        for kind in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    *(
        _secret("github-token", kind, rf"\b{kind}[A-Za-z0-9]{{16,}}")
        for kind in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")
    ),
    _secret("github-token", "github_pat_", r"\bgithub_pat_\w{20,}"),
    _secret("gitlab-token", "glpat-", r"\bglpat-[\w-]{16,}"),
    _secret("openai-key", "sk-", r"\bsk-(?:[A-Za-z0-9]+-)*[A-Za-z0-9_]{16,}[\w-]*"),
    _secret("stripe-key", "k_", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _secret("stripe-key", "whsec_", r"\bwhsec_[A-Za-z0-9]{10,}"),
    _secret("google-key", "AIza", r"\bAIza[\w-]{35}"),
    _secret("huggingface-token", "hf_", r"\bhf_[A-Za-z0-9]{20,}"),
    _secret("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{30,}"),
    _secret("pypi-token", "pypi-", r"\bpypi-AgE[\w-]{30,}"),
    _secret("sendgrid-key", "SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    _secret("twilio-key", "SK", r"\bSK[0-9a-f]{32}\b"),
    _secret("telegram-token", ":AA", r"\b\d{8,10}:AA[\w-]{33}\b"),
    _secret("jwt", "eyJ", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"),
    _secret("bearer", "earer ", r"(\b[Bb]earer )[A-Za-z0-9._~+/-]{20,}=*", keep=r"\1"),
    _secret(
        "password-in-url",
        "@",
        r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\[\]]*:)[^\s@/\[\]]+(?=@)",
        keep=r"\1",
    ),
)
ASSIGNED = _Rule(
    "secret:assigned",
    "",
    re.compile(
        r"(?P<name>(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|token)"
        r"[\"']?\s*[:=]\s*[\"'`]?)(?P<value>[\w+/.!@#%^&*~-]{12,}=*)",
        re.IGNORECASE,
    ),
    _assigned,
)


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


EMAILS: tuple[_Rule, ...] = (
    # `[mail Ann](mailto:ann@example.com)` keeps its words; the address alone keeps none.
    _Rule(
        "email",
        "@",
        re.compile(rf"\[([^\]\n]*)\]\(<?mailto:[^)\s]*\)|<(?:mailto:)?{_EMAIL}>"),
        lambda m: "[EMAIL]" if m[1] is None or "@" in m[1] else f"{m[1]} ([EMAIL])",
    ),
    # `git@github.com:org/repo` is an address of a repository.
    _Rule(
        "email", "@", re.compile(rf"(?!git@[\w.-]+:)(?:\bmailto:)?(?<![\w.+]){_EMAIL}"), "[EMAIL]"
    ),
)
NUMBERS: tuple[_Rule, ...] = (
    _Rule(
        "ip",
        ".",
        re.compile(
            r"(?<![\w.-])(?<!version )(?<!Version )(?<!release )(?<!\bv)(?:\d{1,3}\.){3}\d{1,3}"
            r"(?![\w-]|\.\d)"
        ),
        _ip,
        re.compile(r"\d\.\d{1,3}\.\d"),
    ),
    _Rule(
        "ip",
        ":",
        re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])"),
        _ip,
        re.compile(r"::|(?:[0-9a-fA-F]{1,4}:){5}"),
    ),
    _Rule(
        "iban",
        "",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _iban,
        re.compile(r"[A-Z]{2}\d\d"),
    ),
    # Not inside a URL: message permalinks carry sixteen digits.
    _Rule(
        "card",
        "",
        re.compile(r"(?<![\w./#=-])[2-6](?:[ -]?\d){12,18}(?![\w./-]\w)"),
        _card,
        re.compile(r"\d(?:[ -]?\d){12}"),
    ),
    _Rule(
        "phone",
        "+",
        re.compile(r"(?:\btel:)?(?<![\w+])\+\d(?:[ .()/-]{0,2}\d){6,14}(?!\w)"),
        _phone,
    ),
)
