"""Which facts two answers tell differently: figures with units, names, yes against no.

A fact counts only where both texts speak of the same thing: what one text tells beyond the other
is an addition, and another wording of the same is none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice, product
from typing import NamedTuple

from curation import figures, overlap, phrases
from curation.figures import Difference

_CLAUSE = re.compile(r"[.;!?:\n]+(?=\s|$)|,\s+|\s+(?:but|and|because|so|while)\s+")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
_NEGATING = re.compile(
    r"\b(?:not(?! (?:all|every|only|just|always|necessarily)\b)|never|no longer|cannot|no|none|nobody|nothing)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b(?:is|are|was|were|been|got)\s+(?:removed|discontinued|dropped|retired|withdrawn|abolished)\b",
    re.IGNORECASE,
)
_OPPOSITES = {
    "disabled": "enabled", "forbidden": "allowed", "prohibited": "allowed", "banned": "allowed",
    "optional": "required", "excluded": "included", "off": "on", "without": "required",
}  # fmt: skip
_SAID_OTHERWISE = {
    "permitted": "allowed", "welcome": "allowed", "necessary": "required", "mandatory": "required",
    "need": "required", "needs": "required", "needed": "required", "requires": "required",
    "require": "required",
}  # fmt: skip
_DENIES = ("un", "im", "in", "dis", "non")
"""What a word begins with that denies the rest of it: `unpaid`, `impossible`."""
_FILLING = frozenset(
    "a an the is are was were be been it its this that there here you your we our they them i to of in "
    "on at by for with from as or do does did can could may might will would must should have has had "
    "any more anymore also too still just only now then yes please not never longer no cannot when after "
    "before if than which who what how all each every one off s t don doesn didn isn aren won able".split()
)
_ANYWHERE = frozenset(
    "open click press choos select go find see set mak made run us giv tak get know mor about under "
    "informat write read".split()
)
"""Stems that stand in answers to any question, so that sharing them says nothing."""
ALIKE_CLAUSES = 0.6
ALIKE_PLACES = 0.4
"""Share of the words of two clauses that both have, names left out, from which their names are compared."""
MOST_CLAUSES = 100
"""Of one text that are compared with each of another."""
NEAR = 80
"""Characters before a name in which the word before it is looked for."""
_VERDICT = re.compile(
    r"(?<!\W)\W*\b(yes|yep|yeah|no|nope)\b(?=\W*$|\s*[^\w\s]|\s+(?:you|it|we|they|that|this|there|the|i)\b)",
    re.IGNORECASE,
)
""""No, …", and not the "no" of "no longer" and "no refunds"."""
_NAME = re.compile(
    r"\*\*(?P<bold>[^*\n]{2,40})\*\*|`(?P<code>[^`\n]{2,60})`"
    r"|(?<!\w)(?P<plain>(?:[A-Z]\w*|[a-z]+[A-Z]\w*)(?:[ ](?:[A-Z]\w*|\d+(?:\.\d+)*\b))*)"
)


def differences(one: str, other: str, *, same_question: bool = True) -> tuple[str, ...]:
    """`figure gb: 5 or 20`, `name: Pro or Lite`, `negation: …`, in this order.

    Answers to two questions may speak of two things: there a fact counts only where the sentences
    that tell it share words besides.
    """
    amounts = figures.different(one, other)
    if not same_question:
        amounts = _told_of_the_same(amounts, one, other)
    names = different_names(one, other, same_question=same_question)
    claims = opposite_claims(one, other, same_question=same_question)
    return (
        *(f"figure {each}" for each in amounts),
        *(f"name: {each}" for each in names),
        *(f"negation: {each}" for each in claims),
    )


def _told_of_the_same(amounts: Iterable[Difference], one: str, other: str) -> Iterator[Difference]:
    """Those that two sentences tell which share a word besides; of two units, two words."""
    ours, theirs = _telling(one), _telling(other)
    for each in amounts:
        least = 2 if each.in_two_units else 1
        for (here, words), (there, other_words) in product(ours, theirs):
            if len(words & other_words) >= least and any(
                (each.of, each.in_two_units) == (found.of, found.in_two_units)
                for found in figures.different(here, there)
            ):
                yield each
                break


def _telling(text: str) -> list[tuple[str, frozenset[str]]]:
    """The sentences that tell amounts, each with the words that carry the rest of it."""
    found = islice(filter(figures.told, _SENTENCE.split(text)), MOST_CLAUSES)
    return [(each, _claim(figures.without(each)).words - _ANYWHERE) for each in found]


def different_names(one: str, other: str, *, same_question: bool = True) -> Iterator[str]:
    """Names in the same place of clauses that are otherwise alike, where neither text has the other's."""
    ours, theirs = _names(one), _names(other)
    here, there = _words(one), _words(other)
    for name, told in ours.items():
        if _words(name) <= there:
            continue
        for rival, told_there in theirs.items():
            if _words(rival) <= here or _singular(name) == _singular(rival):
                continue
            same_place = told.places & told_there.places or _akin(name, rival)
            if same_place and any(
                overlap.jaccard(mine, yours) >= ALIKE_PLACES
                and (same_question or len(mine & yours - _ANYWHERE) > 1)
                for mine, yours in product(told.clauses, told_there.clauses)
            ):
                yield f"{name} or {rival}"
                return


def opposite_claims(one: str, other: str, *, same_question: bool = True) -> Iterator[str]:
    """Clauses of two texts that say and deny the same; to one question also a yes and a no."""
    verdicts = _verdict(one), _verdict(other)
    if same_question and all(verdicts) and verdicts[0] != verdicts[1]:
        yield " or ".join(verdicts)
        return
    ours, theirs = _claims(one), _claims(other)
    # What both say cannot set them against one another.
    shared = set(ours) & set(theirs)
    for here in filter(lambda claim: claim not in shared, ours):
        for there in filter(lambda claim: claim not in shared, theirs):
            words, denied = _in_the_words_of(there, here)
            if denied != there.denied and _alike(words, there.words):
                yield " ".join(sorted(words & there.words))
                return


class _Told(NamedTuple):
    """Where a text tells a name."""

    places: set[str]
    """The words beside it that say which place it takes: `in <`, `> plan`."""
    clauses: set[frozenset[str]]
    """What else is said in the clauses that have it."""


def _names(text: str) -> dict[str, _Told]:
    text = phrases.CODE_FENCE.sub("\n", text)
    found: dict[str, _Told] = {}
    bounds = [0, *(match.start() for match in _CLAUSE.finditer(text)), len(text)]
    for match in _NAME.finditer(text):
        name = (match["bold"] or match["code"] or match["plain"]).strip()
        before = re.findall(
            r"[\w']+|[.!?:;\n>]", text[max(0, match.start() - NEAR) : match.start()]
        )
        opens = not before or before[-1] in ".!?:;\n"
        if match["plain"] and opens and (" " not in name or name.split()[0].lower() in _FILLING):
            continue
        if match["plain"] and opens and name.count(" ") > 1:
            name = name.partition(" ")[2]  # `Use Ferrybox Pro` opens with a verb
        if match["plain"] and name.lower() in _FILLING:
            continue
        number = bisect_right(bounds, match.start())
        clause = text[bounds[number - 1] : bounds[number]]
        told = found.setdefault(name, _Told(set(), set()))
        told.clauses.add(_claim(clause.replace(name, " ")).words)
        after = re.match(r"[\W_]{1,3}(\w+)", text[match.end() :])
        if before and not opens:
            told.places.add(f"{before[-1].lower()} <")
        if after and after[1].lower() not in _FILLING:
            told.places.add(f"> {after[1].lower()}")
    return found


def _singular(name: str) -> str:
    return name.lower().removesuffix("s")


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def _akin(name: str, rival: str) -> bool:
    """`Ferrybox Pro` and `Ferrybox Lite`; `Windows 10` and `Windows 11`."""
    ours, theirs = name.split(), rival.split()
    return len(ours) == len(theirs) > 1 and (ours[0] == theirs[0] or ours[-1] == theirs[-1])


class _Claim(NamedTuple):
    """A clause: the words that carry it, and whether it denies them."""

    words: frozenset[str]
    denied: bool


def _verdict(text: str) -> str:
    opening = _VERDICT.match(text)
    if not opening:
        return ""
    return "yes" if opening[1].lower().startswith("y") else "no"


def _claims(text: str) -> list[_Claim]:
    return [_claim(clause) for clause in islice(_CLAUSE.split(text), MOST_CLAUSES)]


def _claim(clause: str) -> _Claim:
    clause = _VERDICT.sub("", clause)
    clause, gone = _GONE.subn(" ", clause)
    denials = len(_NEGATING.findall(clause)) + gone
    words = set()
    for word in re.findall(r"\w+", clause.lower()):
        denials += word in _OPPOSITES
        said = _OPPOSITES.get(word) or _SAID_OTHERWISE.get(word, word)
        if said not in _FILLING:
            words.add(_stem(said))
    return _Claim(frozenset(words), denials % 2 == 1)


def _in_the_words_of(there: _Claim, here: _Claim) -> _Claim:
    """This claim, with what one of the two denies by the beginning of a word denied openly."""
    words, denied = set(here.words), here.denied
    for start in _DENIES:
        for word in here.words - there.words:
            if word.startswith(start) and word.removeprefix(start) in there.words:
                words ^= {word, word.removeprefix(start)}
                denied = not denied
            elif start + word in there.words:
                words ^= {word, start + word}
                denied = not denied
    return _Claim(frozenset(words), denied)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending)
    return word


def _alike(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    return len(ours & theirs) > 1 and overlap.jaccard(ours, theirs) >= ALIKE_CLAUSES
