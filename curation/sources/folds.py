"""What folds away in Markdown dialects: `<details>`, MkDocs, MyST, Docusaurus, Hugo, MDX.

All of them are a line that holds a title, lines below it, and an end.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curation.sources import titles

_FENCE = re.compile(r"^\s{0,3}(?:>\s?|[-*+]\s+|\d+[.)]\s+)*(`{3,}|~{3,})([^`]*)$")
_INDENTED = re.compile(r"^(\s*)(?:\?\?\?\+?|!!!)\s+(?P<kind>[\w-]+)[\w -]*?\"(?P<title>.+?)\"\s*$")
_NOTES = frozenset(
    "note tip info warning danger caution important abstract success failure bug example quote".split()
)
_COLONS = re.compile(
    r"^\s*(?P<end>:{3,})\s*\{?(?P<kind>dropdown|details|collapse|expander|faq|question|spoiler|"
    r"admonition|toggle|note|tip|info|warning|danger|caution|important|success|example|bug)\}?(?:\s+|\[)(?P<title>[^\]]{3,}?)\]?\s*$",
    re.IGNORECASE,
)
_DIRECTIVE = re.compile(
    r"^\s*(?P<end>`{3,}|~{3,})\{(?:dropdown|details|admonition|collapse|toggle)\}\s+(?P<title>\S.*)$"
)
_SHORTCODE = re.compile(
    r"^\s*\{(?:\{[<%]|%)\s*(?P<name>[\w/-]+)\s+(?:\w+=)?[\"'`](?P<title>.+?)[\"'`].*?"
    r"(?:[>%]\}|%)\}\s*$"
)
_COMPONENT = re.compile(
    r"^\s*<(?P<name>[A-Z]\w*)\b[^>]*?\b(?:title|question|summary|label|header|heading|q)="
    r"(?:\{?[\"'`])(?P<title>.+?)[\"'`]\}?[^>]*(?<!/)>\s*$"
)
_DETAILS = re.compile(r"<(/?)details\b[^>]*>", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]*>(.*?)</summary\s*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Plain:
    start: int
    lines: Sequence[str]


@dataclass(frozen=True)
class Fold:
    start: int
    title: str
    body: Sequence[str]
    skipped: int
    """Lines from its start to its body."""


def fence_after(line: str, fence: str) -> str:
    """The code fence that is open after a line; "" where none is."""
    found = _FENCE.match(line)
    if not fence:
        return found[1] if found and "{" not in found[2] else ""
    closes = found and found[1].startswith(fence) and not found[2].strip()
    return "" if closes else fence


def split(lines: Sequence[str]) -> Iterator[Plain | Fold]:
    """The lines in order, each in a fold or outside of all."""
    fence = ""
    plain = number = 0
    while number < len(lines):
        fence = fence_after(lines[number], fence)
        found = None if fence else _fold(lines, number)
        if found is None:
            number += 1
            continue
        fold, after = found
        yield Plain(plain, lines[plain:number])
        yield fold
        plain = number = after
    yield Plain(plain, lines[plain:])


def _fold(lines: Sequence[str], number: int) -> tuple[Fold, int] | None:
    line = lines[number]
    if "<details" in line.lower() and re.match(r"\s*<details\b", line, re.IGNORECASE):
        return _details(lines, number)
    if (indented := _INDENTED.match(line)) and _is_question(indented):
        return _indented(lines, number, indented["title"], len(indented[1]))
    for pattern in (_COLONS, _DIRECTIVE):
        if (found := pattern.match(line)) and _is_question(found):
            return _until(lines, number, found["title"], re.escape(found["end"]) + r":*`*\s*")
    if found := _SHORTCODE.match(line):
        name = re.escape(found["name"])
        close = rf"\{{(?:\{{[<%]|%)\s*(?:/\s*|end_?){name}\s*(?:[>%]\}}|%)\}}\s*"
        return _until(lines, number, found["title"], close)
    if found := _COMPONENT.match(line):
        return _until(lines, number, found["title"], rf"</{found['name']}>\s*")
    return None


def _is_question(found: re.Match[str]) -> bool:
    """A box that is called a note is one, unless its title asks."""
    kind = found.groupdict().get("kind") or ""
    return kind.lower() not in _NOTES or titles.is_marked(found["title"])


def _indented(
    lines: Sequence[str], number: int, title: str, depth: int
) -> tuple[Fold, int] | None:
    end = number + 1
    while end < len(lines) and (not lines[end].strip() or _depth(lines[end]) >= depth + 2):
        end += 1
    return Fold(number, title, lines[number + 1 : end], 1), end


def _depth(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _until(lines: Sequence[str], number: int, title: str, close: str) -> tuple[Fold, int] | None:
    for end in range(number + 1, len(lines)):
        if re.fullmatch(rf"\s*{close}", lines[end]):
            first = number + 1
            while first < end and re.match(r"\s*:[\w-]+:", lines[first]):
                first += 1  # options of a directive
            return Fold(number, title, lines[first:end], first - number), end + 1
    return None


def _details(lines: Sequence[str], number: int) -> tuple[Fold, int] | None:
    """From `<details>` to the `</details>` that belongs to it."""
    depth = 0
    for end in range(number, len(lines)):
        depth += sum(-1 if found[1] else 1 for found in _DETAILS.finditer(lines[end]))
        if depth <= 0:
            break
    whole = "\n".join(lines[number : end + 1])
    summary = _SUMMARY.search(whole)
    if summary is None:
        return None
    inside = whole[summary.end() :]
    inside = re.sub(r"</details\s*>\s*\Z", "", inside, flags=re.IGNORECASE)
    skipped = whole.count("\n", 0, summary.end())
    return Fold(number, summary[1], inside.split("\n"), skipped), end + 1
