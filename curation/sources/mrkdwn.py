"""Slack's text as Markdown: tokens, marks and entities of `text`, and the newer `blocks`.

`text` is escaped (`&amp;`, `&lt;`, `&gt;`) and is unescaped exactly once, after the tokens in
angle brackets were found; `blocks` are not escaped at all. Code stays as it is to the letter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_FENCE = re.compile(r"(?<![ \t])[ \t]*```(.*?)```[ \t]*", re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_TOKEN = re.compile(r"<([@#!][^<>\n]*|[A-Za-z][A-Za-z0-9+.-]*:[^<>\n]*)>")
_WHOLE = re.compile(rf"(?P<code>{_CODE.pattern})|{_TOKEN.pattern}")
"""What marks never reach into."""
_HIDDEN = re.compile("\ue000(\\d+)\ue001")
"""Where something of that kind stood, by its number."""
_BOLD = re.compile(r"(?<![^\W_])(?<!\*)\*(?=[^\s*])([^*\n]*[^\s*])\*(?![^\W_])(?!\*)")
_STRIKE = re.compile(r"(?<![^\W_])(?<!~)~(?=[^\s~])([^~\n]*[^\s~])~(?![^\W_])(?!~)")
_QUOTED_REST = re.compile(r"^(?:&gt;){3}[ \t]*(.*)\Z", re.MULTILINE | re.DOTALL)
_QUOTE_ENDS = re.compile(r"^(&gt;.*\n)(?!&gt;|\n|\Z)", re.MULTILINE)
_SECONDS = re.compile(r"\d{1,11}").fullmatch
_SKIN_TONE = re.compile(r"(?<=:)(:skin-tone-\d:)")
_BULLET = re.compile(r"^([ \t]*)[•◦▪]\s+", re.MULTILINE)
_MARKED = re.compile(r"[`<&*~•◦▪]|\n\n\n|:skin-tone-")
"""What a text holds that is more than words."""
_LANGUAGE = re.compile(
    r"(?:python|py|bash|sh|shell|zsh|console|powershell|json|ya?ml|toml|ini|sql|html|xml|css|scss"
    r"|javascript|js|jsx|typescript|ts|tsx|java|kotlin|scala|swift|go|rust|ruby|php|perl|c|cpp|csharp"
    r"|diff|dockerfile|makefile|hcl|terraform|graphql|markdown|text)\n+(?=\S)"
)
_SLACK_FILE = re.compile(
    r"https?://(?:files\.slack\.com|slack-files\.com|[\w-]+\.slack\.com/files)\b"
)


@dataclass(frozen=True)
class Names:
    """How to call what Slack writes as an id."""

    user: Callable[[str], str]
    """From `U024BE7LH` to a pseudonym."""
    channel: Callable[[str], str]
    """From `C024BE91L` to the channel's name."""
    is_forgotten: Callable[[str], bool] = lambda _: False
    """Whether a user asked to be forgotten."""


def decode(text: str, names: Names) -> str:
    """Markdown from the `text` of a message."""
    if not _MARKED.search(text):
        return text.strip()
    if "```" not in text:
        return _prose(text, names).strip()
    parts: list[str] = []
    done = 0
    for found in _FENCE.finditer(text):
        parts += (_prose(text[done : found.start()], names), _fence(found[1], names))
        done = found.end()
    joined = "".join((*parts, _prose(text[done:], names)))
    return re.sub(r"\n{3,}```", "\n\n```", joined).strip()


def fence(code: str, language: str = "") -> str:
    """Code between fences of its own lines; a first line that only names a language names it."""
    ticks = "````" if "```" in code else "```"
    code = code.strip("\n")
    if not language and _LANGUAGE.match(code):
        language, _, code = code.partition("\n")
    return f"\n{ticks}{language}\n{code}\n{ticks}\n"


def link(url: str, label: str = "") -> str:
    """A Markdown link; where the label says no more than the URL, or the URL is a file, text."""
    if _SLACK_FILE.match(url):
        return label if label and not _SLACK_FILE.match(label) else "(file)"
    scheme, _, rest = url.partition(":")
    if scheme in ("mailto", "tel"):
        return label or rest
    if not label or label == url:
        return url
    if label.rstrip("/") == rest.removeprefix("//").rstrip("/"):
        return label
    target = url if _is_plain(url) else f"<{url}>"
    return f"[{label}]({target})"


def _is_plain(url: str) -> bool:
    """Whether a URL ends where its bracket does."""
    return " " not in url and url.count("(") == url.count(")")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _fence(code: str, names: Names) -> str:
    return fence(_code(code, names))


def _code(code: str, names: Names) -> str:
    """Code with the links taken out that Slack saw in it."""
    return _around_tokens(code, lambda token: _in_code(token, names))


def _in_code(token: str, names: Names) -> str:
    if token[0] in "@#!":
        return _mention(token, names)
    url, _, label = token.partition("|")
    return unescape(label or url.removeprefix("mailto:").removeprefix("tel:"))


def _prose(text: str, names: Names) -> str:
    """Everything but code: marks are set around tokens and code, never inside them."""
    whole: list[str] = []

    def hidden(found: re.Match[str]) -> str:
        code, token = found["code"], found[2]
        whole.append(_code(code, names) if code else _named(token, names))
        return f"\ue000{len(whole) - 1}\ue001"

    if "`" in text or "<" in text:
        text = _WHOLE.sub(hidden, text.replace("\ue000", ""))
    text = unescape(_marked(text))
    return _HIDDEN.sub(lambda found: whole[int(found[1])], text) if whole else text


def _marked(text: str) -> str:
    # Most messages have no marks at all, and looking for a letter is cheap.
    if "*" in text:
        text = _BOLD.sub(r"**\1**", text)
    if "~" in text:
        text = _STRIKE.sub(r"~~\1~~", text)
    if not text.isascii():
        text = _BULLET.sub(r"\1- ", text)
    if "&gt;" in text:
        text = _QUOTED_REST.sub(_quoted, text)
        text = _QUOTE_ENDS.sub(r"\1\n", text)
    return _SKIN_TONE.sub("", text) if ":skin-tone-" in text else text


def _quoted(rest: re.Match[str]) -> str:
    return "\n".join(f"&gt; {line}".rstrip() for line in rest[1].rstrip().split("\n"))


def _around_tokens(text: str, say: Callable[[str], str]) -> str:
    parts: list[str] = []
    done = 0
    for token in _TOKEN.finditer(text):
        parts += (unescape(text[done : token.start()]), say(token[1]))
        done = token.end()
    return "".join((*parts, unescape(text[done:])))


def _named(token: str, names: Names) -> str:
    if token[0] in "@#!":
        return _mention(token, names)
    url, _, label = token.partition("|")
    return link(unescape(url).replace("\\/", "/"), unescape(label))


def _mention(token: str, names: Names) -> str:
    kind = token[0]
    key, _, label = token[1:].partition("|")
    if kind == "@":
        return f"@{names.user(key)}"
    if kind == "#":
        return f"#{unescape(label) or names.channel(key)}"
    if key.startswith("subteam^"):
        return f"@{unescape(label).lstrip('@') or 'group'}"
    if key.startswith("date^"):
        return unescape(label) or _day(key)
    return unescape(label) or f"@{key.split('^')[0]}"


def _day(key: str) -> str:
    """The day of a date that says nothing else, as it is read everywhere."""
    seconds = key.split("^")[1]
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d}" if _SECONDS(seconds) else "date"
