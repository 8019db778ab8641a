"""The hard facts of a text: amounts, dates, links, addresses, codes, and names.

They are what a reader acts on and what an embedding does not see: "5 GB" and "50 GB" are near in
meaning. Each is compared in one form: 1,000 is 1000, 60 minutes are an hour, `FB-107` is `fb-107`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

Kind = Literal["amount", "date", "time", "url", "email", "code", "name"]

_SCALES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_UNITS: dict[str, tuple[str, float]] = {
    word: (dimension, factor)
    for dimension, factor, words in (
        ("time", 1.0, "s sec secs second seconds"),
        ("time", 60.0, "min mins minute minutes"),
        ("time", 3600.0, "h hr hrs hour hours"),
        ("time", 86400.0, "d day days"),
        ("time", 604800.0, "week weeks"),
        ("months", 1.0, "month months"),
        ("months", 12.0, "year years"),
        ("bytes", 1.0, "byte bytes"),
        ("bytes", 1e3, "kb kilobyte kilobytes"),
        ("bytes", 1e6, "mb megabyte megabytes"),
        ("bytes", 1e9, "gb gigabyte gigabytes"),
        ("bytes", 1e12, "tb terabyte terabytes"),
        ("share", 1.0, "% percent"),
        ("euro", 1.0, "€ eur euro euros"),
        ("dollar", 1.0, "$ usd dollar dollars"),
        ("pound", 1.0, "£ gbp pounds"),
    )
    for word in words.split()
}
_SPOKEN = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"a": 1.0, "an": 1.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0,
     "seventy": 70.0, "eighty": 80.0, "ninety": 90.0, "hundred": 100.0}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[,'\u2019\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_FACT = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"'`|]+|\bwww\.[^\s<>\"'`|]+)"
    r"|(?P<email>[\w.+-]+@(?:[\w-]+\.)+\w{2,})"
    r"|(?P<date>\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b)"
    r"|(?P<time>\b\d{1,2}:\d\d(?::\d\d)?\b)"
    r"|(?P<code>\bv?\d+(?:\.\d+){2,}\b)"
    rf"|(?P<amount>(?<![\w.,-])(?P<money>[$€£])?\s?(?P<digits>{_DIGITS})(?:[\s-]?(?P<scale>thousand|million"
    rf"|billion|[kK](?!\w)))?(?:[\s\u00a0\u202f-]?(?P<unit>{_UNIT})(?!\w))?(?![\w]))"
    r"|(?P<mixed>(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[^\W\d_])\w[\w-]*\w)"
    r"|(?P<upper>\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b)",
    re.IGNORECASE,
)
_SPOKEN_AMOUNT = re.compile(
    rf"\b(?P<number>{'|'.join(_SPOKEN)})\b(?:[\s-](?P<unit>{_UNIT})(?!\w))?", re.IGNORECASE
)
_MARKER = re.compile(r"^[ \t>]*(?:[-*•][ \t]+)?(?:step[ \t]+)?\d{1,2}(?=[.):])", re.M | re.I)
"""The number of a step in a list is no fact."""
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|x|er?|º|ª)", re.IGNORECASE)
_CAPITAL = r"(?<!\w)[^\W\d_a-z]\w*(?:['\u2019]\w+)*"
_NAME = re.compile(rf"{_CAPITAL}(?:[ -]{_CAPITAL})*")
_OPENS = re.compile(r"(?:^|[.!?:;\n\"“”'\u2018(\[>*#`|\u2013\u2014-])[ \t]*$")
MOST_NUMBERS = 40
"""Amounts of a source that are combined by two, to see whether an answer has counted with them."""


class Fact(NamedTuple):
    """One hard fact, and where it stands."""

    kind: Kind
    text: str
    span: tuple[int, int]


class Amount(NamedTuple):
    """A number as it was written, and in the base unit of its dimension."""

    number: float
    factor: float
    dimension: str
    """Empty where no unit was named."""
    decimals: int = 0

    @property
    def value(self) -> float:
        return self.number * self.factor


@dataclass(frozen=True)
class Support:
    """Texts that an answer may take its facts from."""

    texts: tuple[str, ...]

    @cached_property
    def folded(self) -> str:
        return "\n".join(self.texts).casefold()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(map(_stem, re.findall(r"\w+", self.folded)))

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        return tuple(each for text in self.texts for each in amounts(text))

    def holds(self, fact: Fact) -> bool:
        if fact.kind == "amount":
            told = next(iter(amounts(fact.text)), None)
            return told is None or _is_told(told, self.amounts)
        if fact.kind == "name":
            return all(
                _stem(word) in self.words for word in re.findall(r"\w+", fact.text.casefold())
            )
        return fact.text.casefold() in self.folded


def find(text: str, *, names: bool) -> Iterator[Fact]:
    """Facts in the order of the text; names, being the least certain, only if asked for."""
    plain = _MARKER.sub(lambda match: " " * len(match[0]), text)
    taken: list[tuple[int, int]] = []
    for match in _FACT.finditer(plain):
        found = match[0]
        kind = match.lastgroup if match.lastgroup in ("url", "email", "date", "time") else ""
        if not kind and match["amount"]:
            kind = "amount"
        if not kind and _ORDINAL.fullmatch(found):
            continue
        if kind == "url":
            found = found.rstrip(".,;:!?)]}*_/")
        start = match.start() + len(found) - len(found.lstrip())
        span = (start, start + len(found.strip()))
        taken.append(span)
        yield Fact(_kind(kind), found.strip(), span)
    if names:
        yield from _names(plain, taken)


def _kind(kind: str) -> Kind:
    kinds: tuple[Kind, ...] = ("amount", "date", "time", "url", "email")
    return next((each for each in kinds if each == kind), "code")


def _names(text: str, taken: Iterable[tuple[int, int]]) -> Iterator[Fact]:
    """Words with a capital where no sentence begins."""
    busy = list(taken)
    for match in _NAME.finditer(text):
        start, end = match.span()
        if start == 0 or _OPENS.search(text[max(0, start - 40) : start]):
            # `Choose Team Plan`: the word that opens a sentence has its capital from there.
            start += len(match[0].partition(" ")[0]) + 1
        name = text[start:end].replace("\u2019", "'").removesuffix("'s")
        if name not in ("", "I", "I'm", "OK", "Ok") and not any(
            start < last and first < end for first, last in busy
        ):
            yield Fact("name", name, (start, end))


def amounts(text: str) -> Iterator[Amount]:
    """Amounts in digits and in words."""
    for match in _FACT.finditer(text):
        if match["amount"]:
            digits = match["digits"]
            unit = (match["unit"] or match["money"] or "").casefold()
            yield _amount(
                _number(digits), unit, (match["scale"] or "").casefold(), _places(digits)
            )
    for match in _SPOKEN_AMOUNT.finditer(text):
        word, unit = match["number"].casefold(), (match["unit"] or "").casefold()
        if unit or word not in ("a", "an"):
            yield _amount(_SPOKEN[word], unit)


def _amount(number: float, unit: str, scale: str = "", decimals: int = 0) -> Amount:
    dimension, factor = _UNITS.get(unit, ("", 1.0))
    return Amount(number, factor * _SCALES.get(scale, 1.0), dimension, decimals)


def _number(digits: str) -> float:
    """`1,000` has a thousand, `2,5` two and a half."""
    plain = re.sub(r"['\u2019\u00a0\u202f]|,(?=\d{3}(?:\D|$))", "", digits)
    return float(plain.replace(",", "."))


def _places(digits: str) -> int:
    tail = re.search(r"[.,](\d+)$", digits)
    return len(tail[1]) if tail and not re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits) else 0


def _is_told(told: Amount, known: tuple[Amount, ...]) -> bool:
    """The same amount, a rounding of one, or counted from two of them."""
    return any(_same(told, each) for each in known) or _is_counted(told, known[:MOST_NUMBERS])


def _same(told: Amount, known: Amount) -> bool:
    if told.dimension and known.dimension and told.dimension != known.dimension:
        return False
    if told.dimension == known.dimension:
        rounded = round(known.value / told.factor, told.decimals)
        return abs(told.value - known.value) <= 1e-9 * abs(known.value) or rounded == told.number
    return told.number == known.number


def _is_counted(told: Amount, known: tuple[Amount, ...]) -> bool:
    """Added, subtracted, or taken so many times: euros and days do not add up."""
    for here, one in enumerate(known):
        for other in known[here + 1 :]:
            if any(abs(told.value - each) < 1e-9 for each in _combined(one, other, told)):
                return True
    return False


def _combined(one: Amount, other: Amount, told: Amount) -> Iterator[float]:
    if {one.dimension, other.dimension} <= {told.dimension, ""}:
        # `30 days, on Pro 90`: what has no unit has that of its neighbour.
        a, b = (x.value if x.dimension else x.number * told.factor for x in (one, other))
        yield from (a + b, abs(a - b))
    for times, each in ((one, other), (other, one)):
        if not times.dimension and each.dimension == told.dimension:
            yield times.number * each.value
            if times.number:
                yield each.value / times.number


def _stem(word: str) -> str:
    """Without the marks of plural and possession, so that `Folders` knows `folder`."""
    return word.removesuffix("s") if len(word) > 3 else word
