"""Which facts two answers tell differently: figures with units, names, yes against no.

A fact counts only where both texts speak of the same thing: what one text tells beyond the other
is an addition, and another wording of the same is none.
"""

import re
from collections.abc import Iterator

QUANTITY = re.compile(r"(?<![\w.])(?P<value>\d[\d,]*(?:\.\d+)?)[\s-]*(?P<unit>[%€$£]|[A-Za-z]+)?")
NO_FIGURES = re.compile(r"https?://\S+|```.*?```|`[^`]*`", re.DOTALL)
SAME_UNIT = {
    "percent": "%", "gig": "gb", "meg": "mb", "hr": "hour", "min": "minute", "euro": "€", "eur": "€",
    "dollar": "$", "usd": "$",
}  # fmt: skip
NO_UNIT = re.compile(r"(?:an?|and|as|at|by|for|from|in|is|of|on|or|the|to)")
CHANGED = re.compile(
    r"\b(?:was|were|used to|raised|lowered|now|since|no longer|not any ?more|instead|changed)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;!?:\n]+(?=\s|$)|,\s+|\s+(?:but|and|because|so|while)\s+")
_NEGATING = re.compile(
    r"\b(?:not|never|no longer|cannot|no|none|nobody|nothing)\b|n['\u2019]t\b", re.IGNORECASE
)
OPPOSITES = (
    ("unsupported", "supported"), ("impossible", "possible"), ("unavailable", "available"),
    ("disabled", "enabled"), ("forbidden", "allowed"), ("optional", "required"), ("excluded", "included"),
    ("off", "on"),
)  # fmt: skip
_NEGATIVE = dict(OPPOSITES)
_FILLING = frozenset(
    "a an the is are was were be been it its this that there here you your we our they them i to of in "
    "on at by for with from as or do does did can could may might will would must should have has had "
    "any more anymore also too still just only now then yes please not never longer no cannot when after "
    "before if than which who what how all each every one off s t don doesn didn isn aren won able".split()
)
ALIKE_CLAUSES = 0.6
_NAME = re.compile(
    r"\*\*(?P<bold>[^*\n]{2,40})\*\*|`(?P<code>[^`\n]{2,60})`"
    r"|(?P<plain>(?:[A-Z]\w*|[a-z]+[A-Z]\w*)(?:[ ](?:[A-Z]\w*|\d+\b))*)"
)


def differences(one: str, other: str) -> tuple[str, ...]:
    """`figure gb: 5 or 20`, `name: Pro or Lite`, `negation: …`, in this order."""
    return (
        *(f"figure {each}" for each in different_figures(one, other)),
        *(f"name: {each}" for each in different_names(one, other)),
        *(f"negation: {each}" for each in opposite_claims(one, other)),
    )


def different_figures(one: str, other: str) -> Iterator[str]:
    """Units in which two texts tell other values.

    A text that tells more of them than the other contradicts it only if it speaks of a change:
    "20 GB, it was 5 before".
    """
    ours, theirs = _figures(one), _figures(other)
    for unit in sorted(ours.keys() & theirs.keys()):
        here, there = ours[unit], theirs[unit]
        longer = one if here > there else other
        nested = here <= there or there <= here
        if here != there and (not nested or CHANGED.search(longer)):
            yield f"{unit}: {_listed(here)} or {_listed(there)}"


def different_names(one: str, other: str) -> Iterator[str]:
    """Names in the same place of two texts, where neither text has the other's."""
    ours, theirs = _names(one), _names(other)
    for name, places in ours.items():
        if _mentions(other, name):
            continue
        for rival, rival_places in theirs.items():
            if not _mentions(one, rival) and (places & rival_places or _akin(name, rival)):
                yield f"{name} or {rival}"
                return


def opposite_claims(one: str, other: str) -> Iterator[str]:
    """Clauses of two texts that say and deny the same."""
    if _verdict(one) and _verdict(other) and _verdict(one) != _verdict(other):
        yield f"{_verdict(one)} or {_verdict(other)}"
        return
    theirs = [_claim(clause) for clause in _CLAUSE.split(other)]
    for clause in _CLAUSE.split(one):
        words, denied = _claim(clause)
        for there, there_denied in theirs:
            if denied != there_denied and _alike(words, there):
                yield " ".join(sorted(words & there))
                return


def _figures(text: str) -> dict[str, frozenset[float]]:
    """Values by unit, the unit in the singular: `{"day": {30.0}}`."""
    found: dict[str, set[float]] = {}
    for match in QUANTITY.finditer(NO_FIGURES.sub(" ", text)):
        unit = (match["unit"] or "").lower().removesuffix("s")
        unit = SAME_UNIT.get(unit, unit)
        if unit and not NO_UNIT.fullmatch(unit):
            found.setdefault(unit, set()).add(float(match["value"].replace(",", "")))
    return {unit: frozenset(values) for unit, values in found.items()}


def _listed(values: frozenset[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values))


def _names(text: str) -> dict[str, set[str]]:
    """Names, and the words beside each that say which place it takes: `in <`, `> plan`."""
    found: dict[str, set[str]] = {}
    for match in _NAME.finditer(text):
        name = (match["bold"] or match["code"] or match["plain"]).strip()
        before = re.findall(r"[\w']+|[.!?:;\n>]", text[: match.start()])
        opens = not before or before[-1] in ".!?:;\n"
        if match["plain"] and opens and (" " not in name or name.split()[0].lower() in _FILLING):
            continue
        if match["plain"] and opens and name.count(" ") > 1:
            name = name.partition(" ")[2]  # `Use Ferrybox Pro` opens with a verb
        if match["plain"] and name.lower() in _FILLING:
            continue
        places = found.setdefault(name, set())
        after = re.match(r"[\W_]{1,3}(\w+)", text[match.end() :])
        if before and not opens:
            places.add(f"{before[-1].lower()} <")
        if after and after[1].lower() not in _FILLING:
            places.add(f"> {after[1].lower()}")
    return found


def _mentions(text: str, name: str) -> bool:
    words = set(re.findall(r"\w+", text.lower()))
    return set(re.findall(r"\w+", name.lower())) <= words


def _akin(name: str, rival: str) -> bool:
    """`Ferrybox Pro` and `Ferrybox Lite`; `Windows 10` and `Windows 11`."""
    ours, theirs = name.split(), rival.split()
    return len(ours) == len(theirs) > 1 and (ours[0] == theirs[0] or ours[-1] == theirs[-1])


def _verdict(text: str) -> str:
    opening = re.match(
        r"\W*(yes|yep|yeah|no|nope)\b(?!\s+(?:longer|more|one))", text, re.IGNORECASE
    )
    if not opening:
        return ""
    return "yes" if opening[1].lower().startswith("y") else "no"


def _claim(clause: str) -> tuple[frozenset[str], bool]:
    """The words that carry it, and whether it denies them."""
    denied = (
        len(_NEGATING.findall(re.sub(r"^\W*(?:yes|no|nope)\b,?", "", clause, flags=re.I))) % 2 == 1
    )
    words = set()
    for word in re.findall(r"\w+", clause.lower()):
        if word in _NEGATIVE:
            denied = not denied
        if _NEGATIVE.get(word, word) not in _FILLING:
            words.add(_stem(_NEGATIVE.get(word, word)))
    return frozenset(words), denied


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word.removesuffix(ending)
    return word


def _alike(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    shared = len(ours & theirs)
    return shared > 1 and shared / len(ours | theirs) >= ALIKE_CLAUSES
