"""Argilla's search language (Elasticsearch's `simple_query_string`) for SQLite's full text.

`a b` both, `a | b` either, `-a` not, `"a b"` side by side, `"a b"~2` near, `a*` any ending,
`a~1` up to so many letters differ, `( )` groups, `\\` takes the next character as it is.
Operators of one level apply from left to right, as Lucene's SimpleQueryParser does. Nothing is
a syntax error: what makes no sense is left out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from curation.review.server.inside.words import words

_TOKEN = re.compile(
    r"""
    "(?P<phrase>(?:[^"\\]|\\.)*)"(?:~(?P<slop>\d+))?
    | (?P<operator>[()|+])
    | (?P<minus>-)
    | (?P<word>(?:[^\s()|+"\\-]|\\.)(?:[^\s()|+"\\]|\\.)*)
    """,
    re.VERBOSE,
)
_FUZZY = re.compile(r"(?<!\\)~(\d?)$")
_LONGEST_DISTANCE = 2
Similar = Callable[[str, int], list[str]]
"""The indexed words that differ from a word in at most so many letters."""


@dataclass(frozen=True)
class Match:
    """What a query finds: the rows of one full-text expression, or all rows but those.

    Every query has this shape, because `and`, `or` and `not` of two such matches is one again.
    """

    expression: str
    negated: bool = False
    operator: str = ""
    """What joins the outermost parts of the expression."""


EVERYTHING = Match("", negated=True)
NOTHING = Match("")


def parse(text: str, similar: Similar) -> Match:
    """The match of a query; a query without a word in it finds nothing."""
    if text.strip() == "*":
        return EVERYTHING
    return _Parser(list(_tokens(text)), similar).group() or NOTHING


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(text)


class _Parser:
    def __init__(self, tokens: list[re.Match[str]], similar: Similar) -> None:
        self._tokens = tokens[::-1]
        self._similar = similar

    def group(self, *, nested: bool = False) -> Match | None:
        """All up to the closing bracket; a closing bracket that closes nothing is left out."""
        found: Match | None = None
        join, negated = _both, False
        while self._tokens:
            token = self._tokens.pop()
            if token["operator"] == ")":
                if nested:
                    break
                continue
            if token["minus"]:
                negated = not negated
                continue
            if token["operator"] in ("|", "+"):
                join = _either if token["operator"] == "|" else _both
                continue
            clause = self._clause(token)
            if clause:
                clause = _not(clause) if negated else clause
                found = join(found, clause) if found else clause
            join, negated = _both, False
        return found

    def _clause(self, token: re.Match[str]) -> Match | None:
        if token["operator"]:
            return self.group(nested=True)
        if token["word"] is None:
            return _phrase(token["phrase"], token["slop"])
        return self._word(token["word"])

    def _word(self, text: str) -> Match | None:
        fuzzy = _FUZZY.search(text)
        if fuzzy:
            text = text[: fuzzy.start()]
        found = words(_unescaped(text))
        if not found:
            return None
        if fuzzy and len(found) == 1:
            distance = min(int(fuzzy[1] or _LONGEST_DISTANCE), _LONGEST_DISTANCE)
            close = self._similar(found[0], distance) if distance else []
            alike = dict.fromkeys([found[0], *close])
            return Match(" OR ".join(f'"{word}"' for word in alike), operator="OR")
        ending = "*" if text.endswith("*") and not text.endswith("\\*") else ""
        return Match(f'"{" ".join(found)}"{ending}')


def _phrase(text: str, slop: str | None) -> Match | None:
    found = words(_unescaped(text))
    if not found:
        return None
    if slop and len(found) > 1:
        near = " ".join(f'"{word}"' for word in found)
        return Match(f"NEAR({near}, {slop})")
    return Match(f'"{" ".join(found)}"')


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _not(match: Match) -> Match:
    return Match(match.expression, not match.negated, match.operator)


def _both(one: Match, other: Match) -> Match:
    if one.negated and other.negated:
        return _not(_either(_not(one), _not(other)))
    if one.negated:
        one, other = other, one
    return _joined(one, "NOT" if other.negated else "AND", other)


def _either(one: Match, other: Match) -> Match:
    if one.negated or other.negated:
        return _not(_both(_not(one), _not(other)))
    return _joined(one, "OR", other)


def _joined(one: Match, operator: str, other: Match) -> Match:
    """A chain of one operator stays flat: SQLite takes no deep nesting of brackets."""
    first = one.expression if one.operator in ("", operator) else f"({one.expression})"
    second = f"({other.expression})" if other.operator else other.expression
    return Match(f"{first} {operator} {second}", operator=operator)


def differ(one: str, other: str, limit: int) -> int:
    """Letters to change, add or remove to make one word the other; more than `limit` is `limit + 1`."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, there in enumerate(other, start=1):
            now.append(
                min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != there))
            )
        if min(now) > limit:
            return limit + 1
        before = now
    return min(before[-1], limit + 1)
