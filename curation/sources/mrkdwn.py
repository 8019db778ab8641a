"""Slack's text as Markdown: tokens, marks and entities of `text`, and the newer `blocks`.

`text` is escaped (`&amp;`, `&lt;`, `&gt;`) and is unescaped exactly once, after the tokens in
angle brackets were found; `blocks` are not escaped at all. Code stays as it is to the letter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_FENCE = re.compile(r"(?<![ \t])[ \t]*```(.*?)```[ \t]*", re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_TOKEN = re.compile(r"<([@#!][^<>\n]*|[A-Za-z][A-Za-z0-9+.-]*:[^<>\n]*)>")
_BOLD = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])")
_STRIKE = re.compile(r"(?<![\w~])~(?=[^\s~])([^~\n]*[^\s~])~(?![\w~])")
_BULLET = re.compile(r"^([ \t]*)[•◦▪]\s+", re.MULTILINE)
_MARKED = re.compile(r"[`<&*~•◦▪]|\n\n\n")
"""What a text holds that is more than words."""
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


def fence(code: str) -> str:
    """Code between fences of its own lines."""
    ticks = "````" if "```" in code else "```"
    return f"\n{ticks}\n{code.strip(chr(10))}\n{ticks}\n"


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
    return f"[{label}]({url})"


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
    if "`" not in text:
        return _marked(text, names)
    parts: list[str] = []
    done = 0
    for code in _CODE.finditer(text):
        parts += (_marked(text[done : code.start()], names), _code(code[0], names))
        done = code.end()
    return "".join((*parts, _marked(text[done:], names)))


def _marked(text: str, names: Names) -> str:
    # Most messages have no marks at all, and looking for a letter is cheap.
    if "*" in text:
        text = _BOLD.sub(r"**\1**", text)
    if "~" in text:
        text = _STRIKE.sub(r"~~\1~~", text)
    if not text.isascii():
        text = _BULLET.sub(r"\1- ", text)
    return _around_tokens(text, lambda token: _named(token, names))


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
    return unescape(label) or f"@{key.split('^')[0]}"
