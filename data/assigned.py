"""Secrets without a shape, known by the word before them: `password: …`, `API_KEY=…`, headers.

What stands there must look like one: letters with digits, or signs that no word has. A value
that stands for one (`<token>`, `$TOKEN`, `required`) stays.
"""
# ruff: noqa: RUF001 - people write these marks

import re
from collections.abc import Callable
from typing import NamedTuple

from data.secrets import START, Rule

PASSWORD_WORDS = (
    r"pass(?:word|wd|phrase|code)s?|passwort|kennwort|\bpwd|pwd\b|(?<![^\W_])pw|(?<![^\W_])pass"
    r"|contraseña|mot de passe|senha|wachtwoord|lösenord|пароль|パスワード|密码|密碼|비밀번호"
)
_KEY_OF = re.compile(
    r"(?:api|app|access|secret|private|account|auth|authorization|encryption|signing|master|storage|shared"
    "|application|subscription|consumer|service|session|security|client|admin|global|write|deploy"
    "|openai|azure|anthropic|google|maps|mistral|cohere|stripe|datadog|license)[ _.-]?$",
    re.IGNORECASE,
)
_TOKEN_WORDS = r"keys?(?:[_-]?(?:base|id))?|secrets?|tokens?|credentials?|_auth|\"auth\"|api[- ]schlüssel|cl[ée] api"
_CLOSING = r"(?:\\?[\"'”’»`*_\]]){0,4}"
_OPENING = r"(?:\\?[\"'“‘«`*_]){0,4}(?:(?<=[*_]) )?(?:\\?[\"'“‘«`]){0,2}"
_FENCE = r"\s*:?\s*\n\s*```\w*\n"
_BETWEEN = (
    rf"(?:\s*(?::=|=>|->|→|[:=：>|])\s*(?![:=])|\s+(?:is|was|ist|est|es|lautet)\s*:?\s+|{_FENCE})"
)
_ASIDE = r"(?:[ ](?:for|of|on|to|in|für|de)[ ][\w.-]+(?:[ ][\w.-]+)?)?"
_VALUE_FIELD = r"[\"']?,?\s+[\"']?value[\"']?\s*[:=]\s*[\"']?"

PLACEHOLDER = re.compile(
    r"[<{\[(%*.…]|\$[A-Z_a-z{(]|.*(?:\byour|xxxx|\*\*\*|\.\.\.|environ|process\.env|redacted|example_)"
    r"|(?:sha|md|base|utf|aes|rsa|oauth|bcrypt|argon|pbkdf|http|ip|ipv)-?\d{1,4}(?:-?[a-z]{1,8})?$|v[\d.]+$",
    re.IGNORECASE,
)
WORDS = frozenset(
    "required optional string none null true false yes no incorrect wrong invalid hidden masked changed "
    "reset expired secret password passwort username user undefined empty missing unknown text input "
    "protected encrypted policy manager field prompt below above here same different disabled enabled "
    "basic strong weak forgot confirm change number bytes unset default varchar session include omit".split()
)
_SIGN = re.compile(r"[!@#$%^&*?~+=]")


def _mixed(value: str) -> bool:
    return bool(re.search(r"\d", value) and re.search(r"[^\W\d_]", value))


def _is_password(match: re.Match[str]) -> bool:
    value = match["value"].rstrip(".:)]}")
    if len(value) < 4 or PLACEHOLDER.match(value):
        return False
    if _mixed(value) or (_SIGN.search(value[:-1]) and re.search(r"[^\W\d_]{2}", value)):
        return not re.fullmatch(r"\d+[-+]?(?:chars?|characters|bits?|digits|zeichen)?", value)
    plain = re.fullmatch(r"[^\W\d_]{5,}", value) and value.lower() not in WORDS
    before, after = match["name"], match.string[match.end() :]
    if not plain or re.search(r"\s(?:is|was|ist|est|es|lautet)\s*:?\s+$", before):
        return False
    if before[-1] in "\"'`“" and after[:1] in ('"', "'", "`", "”", "\\"):
        return True
    if re.search(r"[A-Z]=$", before):
        return True
    return ":" in before and re.match(r"[*_]*[ \t]*(?:\n|$)", after) is not None


def is_random(value: str, least: int = 8) -> bool:
    """Whether this was drawn and not written: no path, no version, no name of a thing."""
    value = value.rstrip(".:")
    if len(value) < least or PLACEHOLDER.match(value):
        return False
    parts = re.split(r"[^A-Za-z0-9]", value)
    longest = max(map(len, parts))
    if not _mixed(value):
        return len(value) >= 20 and re.search(r"[a-z][A-Z]{1,3}[a-z].*[A-Z]", value) is not None
    if "/" in value and not any(len(part) >= 8 and _mixed(part) for part in parts):
        return False
    digits = len(re.findall(r"\d", value))
    return (
        longest >= 8
        and (digits > 1 or longest >= 16)
        and not re.fullmatch(r"[\d.]+[-\w]{0,8}", value)
    )


def _put(kind: str, holds: Callable[[re.Match[str]], bool]) -> Callable[[re.Match[str]], str]:
    def put(match: re.Match[str]) -> str:
        if not holds(match):
            return match[0]
        kept = re.search(r"[.:)\]}]*$", match["value"])
        return f"{match['name']}[SECRET:{kind}]{kept[0] if kept else ''}"

    return put


class Named(NamedTuple):
    """A rule for what follows one of these words, in lower case."""

    words: tuple[str, ...]
    rule: Rule


def _rule(
    kind: str, words: str, pattern: str, holds: Callable[[re.Match[str]], bool], near: str = ""
) -> Named:
    found = re.compile(pattern, re.IGNORECASE)
    rule = Rule(f"secret:{kind}", "", found, _put(kind, holds), re.compile(near))
    return Named(tuple(words.split()), rule)


def _is_token(match: re.Match[str]) -> bool:
    return is_random(match["value"])


def _is_named_token(match: re.Match[str]) -> bool:
    """Of keys only those that open something: no primary key, no key of a cache."""
    value = match["value"]
    before = match.string[max(0, match.start() - 16) : match.start()]
    if match["name"][:3].lower() == "key" and not _KEY_OF.search(before):
        return False
    if match["loose"] is None:
        return is_random(value)
    return is_random(value, least=20) and not re.search(r"[/.]", value[:-1].replace("+", ""))


def _is_header(match: re.Match[str]) -> bool:
    value = match["value"]
    encoded = re.search(r"[a-z]", value) and re.search(r"[A-Z]", value[1:]) and "_" not in value
    return not PLACEHOLDER.match(value) and bool(_mixed(value) or (encoded and len(value) > 9))


def _always(match: re.Match[str]) -> bool:
    return not PLACEHOLDER.match(match["value"])


_PASSWORD = r"(?P<value>[^\s\"'`“”<>|,;\\\[][^\s\"'`“”<>|,;\\]*)"
_TOKEN = r"(?P<value>[A-Za-z0-9_+/=.!@#$%^&*~-]{8,}=*)"
_HEADER = r"(?P<value>[A-Za-z0-9._~+/=|:-]{8,})"

ASSIGNED: tuple[Named, ...] = (
    _rule(
        "authorization",
        "auth",
        r"(?P<name>authorization\\?[\"']?\s*[:=]\s*\\?[\"'`]?(?:[A-Za-z][\w-]{2,16}\s+)?)"
        + _HEADER,
        _is_header,
    ),
    _rule("authorization", "bearer", r"(?P<name>\bbearer\s+)" + _HEADER, _is_token),
    _rule(
        "cookie",
        "cookie",
        r"(?P<name>"
        + START
        + r"(?:set-)?cookie\\?[\"']?:\s*[\"']?)(?P<value>[\w.-]+=[^\s;\"']{8,}(?:;[^\n\"'`]*)?)",
        _always,
    ),
    _rule(
        "password",
        "curl",
        rf"(?P<name>{START}curl\b[^\n]{{0,200}}?\s(?:-u|--user)[ =]*[\"']?[^\s:\"']+:)"
        + _PASSWORD,
        _always,
    ),
    _rule(
        "password",
        "mysql sshpass mariadb docker 7z",
        rf"(?P<name>{START}(?:mysql\w*|sshpass|mariadb|docker login|7z)\b[^\n]{{0,120}}?\s-p ?[\"']?)"
        + _PASSWORD,
        _is_password,
    ),
    _rule(
        "password",
        "pass",
        r"(?P<name>(?:--[\w-]*passw(?:or)?d[ =]|\blogin \S+\s+password )[\"']?)" + _PASSWORD,
        _is_password,
    ),
    _rule(
        "password",
        "login cred zugang",
        r"(?P<name>(?:credentials?|creds|logins?|zugangsdaten)\s*[:=]?\s+[`\"']?[\w.@-]+[`\"']? ?[/:] ?[`\"']?)"
        + _PASSWORD,
        _is_password,
    ),
    # `correct horse battery staple`
    _rule(
        "password",
        "pass",
        rf"(?P<name>(?:passphrase|password){_CLOSING}{_BETWEEN}[`\"“])(?P<value>[^`\"”\n]+ [^`\"”\n]+)(?=[`\"”])",
        _always,
    ),
    _rule(
        "password",
        "pass pwd pw kennwort contrase senha wachtwoord lösenord пароль パスワード 密 비밀",
        rf"(?P<name>(?:{PASSWORD_WORDS}){_CLOSING}{_ASIDE}{_CLOSING}(?:{_BETWEEN}|{_VALUE_FIELD}){_OPENING})"
        + _PASSWORD,
        _is_password,
        near=r"[:=>|`→：\d]",
    ),
    _rule(
        "assigned",
        "key secret token cred auth schlüssel clé cle",
        rf"(?P<name>(?:{_TOKEN_WORDS}){_CLOSING}{_ASIDE}{_CLOSING}(?:{_BETWEEN}|{_VALUE_FIELD}|(?P<loose>\s+)){_OPENING})"
        + _TOKEN,
        _is_named_token,
        near=r"\d[A-Za-z]|[A-Za-z]\d|[a-z][A-Z]",
    ),
)
