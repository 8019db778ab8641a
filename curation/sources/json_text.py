"""JSON as people keep it: whole, a value a line, one value after the other, with slips."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from curation.sources.files import UnreadableError

_COMMA_AT_END = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*")|,(?=\s*[\]}])')
_BETWEEN = re.compile(r"[\s,]*")
_decoder = json.JSONDecoder(strict=False)


@dataclass(frozen=True)
class Parsed:
    value: object
    broken: tuple[tuple[int, str], ...] = ()
    """Lines of JSON Lines that are not JSON, each with what is wrong with it."""


def parse(text: str, name: str) -> Parsed:
    """The value; of several, an object of them by the lines on which they begin."""
    try:
        return Parsed(_decoder.decode(text))
    except ValueError as error:
        first = error
    several = _several(text)
    if several is not None:
        return Parsed(several)
    if (lines := _lines(text)) is not None:
        return lines
    try:
        return Parsed(_decoder.decode(_COMMA_AT_END.sub(lambda found: found[1] or "", text)))
    except ValueError:
        raise UnreadableError(f"{name}: not JSON: {first}.") from first


def _several(text: str) -> dict[str, object] | None:
    """Values that follow one another, on as many lines as they like."""
    found: dict[str, object] = {}
    line, counted = 1, 0
    for at, value in _decoded(text):
        line += text.count("\n", counted, at)
        counted = at
        found[f"L{line}" if f"L{line}" not in found else f"L{line}:{at}"] = value
        if value is None:
            return None
    return found


def _decoded(text: str) -> Iterator[tuple[int, object]]:
    """Each value with where it begins; None where one is broken."""
    at = _after_space(text, 0)
    while at < len(text):
        try:
            value, end = _decoder.raw_decode(text, at)
        except ValueError:
            yield at, None
            return
        yield at, value
        at = _after_space(text, end)


def _after_space(text: str, at: int) -> int:
    space = _BETWEEN.match(text, at)
    return space.end() if space else at


def _lines(text: str) -> Parsed | None:
    """JSON Lines in which some lines are broken; None where most are."""
    found: dict[str, object] = {}
    broken: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found[f"L{number}"] = _decoder.decode(line)
        except ValueError as error:
            broken.append((number, str(error)))
    sound = sum(isinstance(each, (dict, list)) for each in found.values())
    return Parsed(found, tuple(broken)) if sound > len(broken) else None
