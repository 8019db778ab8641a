"""Amounts that two texts tell: which of them are the same, and which contradict one another.

"1 hour" is "60 minutes" and "six months" is "6 months"; "30 days" against "90 days" is a
contradiction, and so is "port 8080" against "port 3000".
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_NOT_TOLD = re.compile(r"https?://\S+|```.*?```|`[^`]*`", re.DOTALL)
_ALIASES = {
    "percent": "%", "gig": "gb", "gigabyte": "gb", "gib": "gb", "meg": "mb", "megabyte": "mb", "mib": "mb",
    "kilobyte": "kb", "kib": "kb", "terabyte": "tb", "tib": "tb", "hr": "hour", "h": "hour", "min": "minute",
    "s": "second", "sec": "second", "ms": "millisecond", "euro": "€", "eur": "€", "dollar": "$", "usd": "$",
    "gbp": "£", "kilo": "kg", "kilogram": "kg", "gram": "g", "kilometre": "km", "kilometer": "km",
    "metre": "metre", "meter": "metre", "centimetre": "cm", "centimeter": "cm",
}  # fmt: skip
_SIZES: dict[str, dict[str, float]] = {
    "time": {
        "millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800,
        "month": 2_629_800, "year": 31_557_600,
    },
    "size": {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12},
    "weight": {"g": 1, "kg": 1000},
    "length": {"cm": 1, "metre": 100, "km": 100_000},
    "money": {"€": 1, "$": 1, "£": 1},
}  # fmt: skip
_MEASURES = {unit: (of, size) for of, units in _SIZES.items() for unit, size in units.items()}
_SAME = 0.06
"""Share by which one amount may differ in two units: 1 GB is 1024 MB, a month 30 days."""
_NO_UNIT = re.compile(
    r"an?|and|as|at|but|by|for|from|if|in|is|it|of|on|or|per|so|that|the|then|they|to|until|we|when|"
    r"with|you"
)
_NUMBERS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty "
        "fifty sixty ninety hundred".split(),
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 40, 50, 60, 90, 100),
        strict=True,
    )
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_COUNTED = "floor|day|week|month|year|hour|level|line|quarter|grade|time|attempt"
_LABELS = (
    "port version room floor step level page building ward desk gate tier grade chapter section "
    "line extension"
).split()
_WORD = r"[A-Za-z]+"
_TOLD = re.compile(
    r"(?<![\w.:])(?<![A-Za-z]-)(?:"
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?P<half>[ap])\.?m\b\.?"
    r"|(?P<at_hour>\d{1,2}):(?P<at_minute>\d\d)(?![\d:])"
    r"|(?P<place>\d+)(?:st|nd|rd|th)\b(?:\s+(?:of\s+)?(?:(?:the|each|every)\s+)?(?P<placed>[a-z]+))?"
    rf"|(?:(?P<label>{'|'.join(_LABELS)})s?\s+)?(?P<money>[$€£]\s?)?(?P<value>\d[\d,]*(?:\.\d+)?)"
    rf"(?:[\s-]*(?P<unit>[%€$£]|{_WORD})(?:\s+(?P<second>{_WORD}))?)?"
    r")",
    re.IGNORECASE,
)
CHANGED = re.compile(
    r"\b(?:was|were|used to|raised|lowered|now|since|no longer|not any ?more|instead|changed)\b",
    re.IGNORECASE,
)


class Amount(NamedTuple):
    """What a text tells: 5 gb, 14:00 o'clock, port 8080."""

    unit: str
    """In the singular and in lower case."""
    value: float
    """In this unit; of a clock, minutes since midnight."""


class Difference(NamedTuple):
    """Other amounts of the same, in two texts."""

    of: str
    """The unit, or what both units measure: `gb`, `time`."""
    told: str
    """`5 or 20`, `2 week or 3 day`."""
    in_two_units: bool = False

    def __str__(self) -> str:
        return f"{self.of}: {self.told}"


def different(one: str, other: str) -> Iterator[Difference]:
    """Where two texts tell other amounts of the same: `gb: 5 or 20`.

    A text that tells more of them than the other contradicts it only if it speaks of a change:
    "20 GB, it was 5 before". Amounts in different units are compared where each is the only one
    of its kind.
    """
    ours, theirs = told(one), told(other)
    for unit in sorted({each.unit for each in ours} & {each.unit for each in theirs}):
        here, there = _only(unit, ours, theirs), _only(unit, theirs, ours)
        if (here and there) or CHANGED.search((one if here else other) if here or there else ""):
            yield Difference(unit, f"{_listed(unit, ours)} or {_listed(unit, theirs)}")
    for kind in _SIZES:
        mine, yours = _of_kind(kind, ours), _of_kind(kind, theirs)
        if len(mine) != 1 or len(yours) != 1 or mine[0].unit == yours[0].unit:
            continue
        if not _is_told(mine[0], yours):
            both = f"{mine[0].value:g} {mine[0].unit} or {yours[0].value:g} {yours[0].unit}"
            yield Difference(kind, both, in_two_units=True)


def told(text: str) -> list[Amount]:
    """The amounts of a text, each once, in order."""
    found = _TOLD.finditer(_in_digits(_NOT_TOLD.sub(" ", text)))
    return list(dict.fromkeys(each for match in found if (each := _amount(match)).unit))


def without(text: str) -> str:
    """The text without its amounts."""
    return _TOLD.sub(" ", _in_digits(text))


def _in_digits(text: str) -> str:
    """Numbers in words as digits: `six months`, `half an hour`, `the second floor`."""
    for pattern, put in _WORDED:
        text = pattern.sub(put, text)
    return text


def _number(match: re.Match[str]) -> str:
    return str(_NUMBERS[match[0].lower()])


def _ordinal(match: re.Match[str]) -> str:
    return f"{_ORDINALS.index(match[1].lower()) + 1}th"


_PERIOD = "second|minute|hour|day|week|month|year"
_WORDED = (
    (re.compile(rf"\bhalf an? (?={_PERIOD})", re.IGNORECASE), "0.5 "),
    (re.compile(rf"\b(?:an?|one) ({_PERIOD}) and a half\b", re.IGNORECASE), r"1.5 \1"),
    (re.compile(rf"\bone(?=[\s-](?:{_PERIOD})\b)", re.IGNORECASE), "1"),
    (re.compile(rf"\b(?:{'|'.join(_NUMBERS)})\b(?=[\s-]+[a-z])", re.IGNORECASE), _number),
    (re.compile(rf"(?<=\bthe )({'|'.join(_ORDINALS)})(?= (?:{_COUNTED})\b)", re.I), _ordinal),
)


def _amount(match: re.Match[str]) -> Amount:
    """Of a number without a unit the unit is ""."""
    if match["half"]:
        hours = int(match["hour"]) % 12 + 12 * (match["half"].lower() == "p")
        return Amount("o'clock", 60 * hours + int(match["minute"] or 0))
    if match["at_hour"]:
        return Amount("o'clock", 60 * int(match["at_hour"]) + int(match["at_minute"]))
    if match["place"]:
        return Amount(f"th {_unit(match['placed'])}".strip(), float(match["place"]))
    value = float(match["value"].replace(",", ""))
    if match["money"]:
        return Amount(match["money"].strip(), value)
    unit, after = _unit(match["unit"]), _unit(match["second"])
    if after in _MEASURES and unit not in _MEASURES and unit != "%":
        unit = after  # `5 working days`, `10 unused days`
    if match["label"] and unit not in _MEASURES:
        unit = match["label"].lower()
    return Amount(unit, value)


def _unit(word: str | None) -> str:
    word = (word or "").lower()
    word = word if word in _ALIASES else word.removesuffix("s")
    return "" if _NO_UNIT.fullmatch(word) else _ALIASES.get(word, word)


def _only(unit: str, ours: list[Amount], theirs: list[Amount]) -> list[Amount]:
    """Our amounts in this unit that the others do not tell, in whatever unit."""
    return [each for each in ours if each.unit == unit and not _is_told(each, theirs)]


def _is_told(amount: Amount, others: list[Amount]) -> bool:
    return amount in others or any(_is_same(amount, other) for other in others)


def _is_same(one: Amount, other: Amount) -> bool:
    if one.unit == other.unit or not {one.unit, other.unit} <= _MEASURES.keys():
        return False
    (kind, size), (other_kind, other_size) = _MEASURES[one.unit], _MEASURES[other.unit]
    if kind != other_kind or kind == "money":
        return False
    here, there = one.value * size, other.value * other_size
    return abs(here - there) <= _SAME * max(here, there)


def _of_kind(kind: str, amounts: list[Amount]) -> list[Amount]:
    return [each for each in amounts if each.unit in _SIZES[kind]]


def _listed(unit: str, amounts: list[Amount]) -> str:
    values = sorted(each.value for each in amounts if each.unit == unit)
    if unit == "o'clock":
        return ", ".join(f"{value // 60:02.0f}:{value % 60:02.0f}" for value in values)
    return ", ".join(f"{value:g}" for value in values)
