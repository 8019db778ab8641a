"""The names of people, and what stands for each: a dictionary taken from a source itself."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

NOBODY_IN_PARTICULAR = "[NAME]"

# Names that are also words, brands or months: alone they prove nothing, so they count only
# as part of a full name or where somebody is addressed ("thanks Mark").
_WORDS = """
Alpha Amber Angel App Apple April Art August Autumn Bar Basil Bay Bell Best Beta Bill Billing Black
Blue Bond Book Bot Branch Brook Brown Case Cash Chance Chase Chip Christian Church Cliff Cloud Cook
Crystal Data Dawn Day Dean Deal Dev Early East Eden Era Faith Farmer Fields Flower Forest Fox Free
French Frost Gates Good Grace Grant Gray Green Guest Guy Hall Hand Head Help Hill Holiday Homes
Hope Info Joy Judge June Justice Key King Lake Lance Law Lite Little Long Love Low Major Mark Max
May Mill Miss More Nice North Nova Ocean Office Page Pages Park Parks Peace Pepper Pool Power
Powers Price Prince Queen Rain Rich Ring Rock Root Rose Ruby Sales Salt Self Shade Sharp Short
Silver Sky Slack Small Snow South Spring Star Steel Stone Storm Strong Summer Sun Sunny Support
Swift System Tab Team Test Tester Tiger Town Trace Trip True Tuesday Unity User Van Violet Wall
Ward Way Week Welcome West White Will Winter Winters Wolf Wood Woods The And For You Your Our All
Any Are Can Not New Now One Out See She Who Why How Was Has Had Her His Him Its Let Use Web API
Admin Administrator Owner Manager Engineer Engineering Marketing Finance Product Design Security
Bug Issue
"""
WORDS = frozenset(_WORDS.split())
# Those of them that people are called by: with a capital inside a sentence, they are meant.
_GIVEN = frozenset(
    "Amber Angel April Art August Autumn Basil Bill Chance Chase Chip Christian Cliff Crystal Dawn "
    "Dean Eden Faith Grace Grant Guy Hope Joy Judge June Lance Mark Max May Pepper Rich Rose Ruby "
    "Violet Will Wolf".split()
)
# First names that are words where they have no capital.
_LOWER = frozenset(
    "barb buck bud buddy candy carol cat chuck clay colt cooper daisy dale dash dick dot drew duke "
    "dusty earl ernest eve fern frank gene ginger glen harmony harry hazel heath heather herb holly "
    "hunter iris ivy jack jade jean jersey jordan josh kelvin kerry kitty lane laurel lily marina "
    "marshal martin mason matt melody mercy mike miles miller misty nick noble olive opal otto pansy "
    "paris parker patience pearl penny peter petit poppy porter randy reed rice robin rosemary rusty "
    "sage sandy savannah sherry skip skye sonny sterling stew tanner taylor terry tony tracy trinity "
    "tucker turner victor viola wade walker warren wells woody wren young".split()
)
_ROLES = frozenset(
    "account admin app backup bot build ci deploy desk help info it monitoring office ops release "
    "sales server service support system team test user".split()
)
"""Words in the name of an account that is nobody's."""
SHORTEST = 4
"""Letters of a first name that counts without its capital, or all in capitals."""
_INSIDE = re.compile(r"(?:^|[\s(])[a-z][a-z']*,? $")
"""What stands before a word inside a sentence."""
_NO_PERSON = re.compile(
    r"\b(?:the|an?|in|by|since|until|till|of|last|next|this|early|late|mid|every|during|before|after|"
    r"click|press|choose|select|tap|hit|called|named|on|to) $",
    re.IGNORECASE,
)
"""After these, May is a month and Mark a button."""
_WORD = re.compile(r"\w+")
_ADDRESSED = re.compile(
    r"(?:\b(?:hi|hey|hello|dear|thanks|thank you|thx|ty|cheers|cc|ask|ping|sorry|morning|welcome)"
    r",? |@)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Person:
    """One person as a source knows them."""

    key: str
    """What the ledger knows them by: `slack:U024BE7LH`."""
    full: tuple[str, ...] = ()
    """Names that stand for nobody else: `Lena Novak`."""
    parts: tuple[str, ...] = ()
    """First, last and display names."""
    handles: tuple[str, ...] = ()
    """Log-in names, found after an `@` or where no word looks like them: `l.novak`."""


class People:
    """Finds known names in text; a pseudonym is drawn when a name is met for the first time."""

    def __init__(self, people: Iterable[Person], pseudonym: Callable[[str], str]) -> None:
        self._pseudonym = pseudonym
        self._alone: dict[str, str] = {}
        """From a name to the person's key; "" where several people bear it."""
        self._addressed: dict[str, str] = {}
        """Both by the name in lower case."""
        self._as_written: set[str] = set()
        self._in_any_case: set[str] = set()
        self._inside: set[str] = set()
        """Words that are meant only with a capital inside a sentence."""
        for person in people:
            self._learn(person)
        names = {*self._alone, *self._addressed}
        unspaced = sorted(filter(_unspaced, names), key=_longest_first)
        self._unspaced = re.compile("|".join(map(re.escape, unspaced)) or r"(?!)")
        self._by_first_word: dict[str, list[str]] = {}
        for name in sorted(names, key=_longest_first):
            self._by_first_word.setdefault(_first_word(name), []).append(name)

    def hide(self, text: str) -> tuple[str, int]:
        """The text with pseudonyms for names, and how many there were."""
        if not self._by_first_word:
            return text, 0
        count = 0
        if not text.isascii():
            text, count = self._unspaced.subn(lambda found: self._stand_in(found[0]), text)
        if self._by_first_word.keys().isdisjoint(_WORD.findall(text.lower())):
            return text, count
        parts: list[str] = []
        done = 0
        for start, end in self._found(text):
            parts += (text[done:start], self._stand_in(text[start:end]))
            done = end
        return "".join((*parts, text[done:])), count + len(parts) // 2

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        done = 0
        for word in _WORD.finditer(text):
            start = word.start()
            if start < done:
                continue
            for name in self._by_first_word.get(word[0].lower(), ()):
                if text[start : start + len(name)].lower() == name and self._is_meant(
                    name, text, start
                ):
                    done = start + len(name)
                    yield start, done
                    break

    def _is_meant(self, name: str, text: str, start: int) -> bool:
        end = start + len(name)
        if end < len(text) and (text[end].isalnum() or text[end] == "_"):
            return False
        before, said = text[max(0, start - 20) : start], text[start:end]
        if said in self._as_written or _ADDRESSED.search(before):
            return True
        if name in self._in_any_case:
            return not said.islower() or name not in _LOWER
        inside = name in self._inside and said[1:].islower() and said[0].isupper()
        return bool(inside and _INSIDE.search(before) and not _NO_PERSON.search(before))

    def _stand_in(self, name: str) -> str:
        name = name.lower()
        key = self._alone.get(name) or self._addressed.get(name, "")
        return self._pseudonym(key) if key else NOBODY_IN_PARTICULAR

    def _learn(self, person: Person) -> None:
        for name in person.full:
            if " " in name.strip() or _unspaced(name):
                self._note_alone(name, person.key)
                if not all(_is_word(each) for each in name.split()):
                    self._in_any_case.add(_trimmed(name).lower())
        self._learn_parts(person)
        for handle in person.handles:
            if len(handle) > 4 and re.search(r"[\d._]", handle):
                self._note_alone(handle, person.key)
            _note(self._addressed, handle, person.key)

    def _learn_parts(self, person: Person) -> None:
        for name in person.parts:
            _note(self._addressed, name, person.key)
            if _telling(name):
                self._note_alone(name, person.key)
            elif name.capitalize() in _GIVEN:
                self._inside.add(_trimmed(name).lower())
        for first in _first_names(person):
            self._note_alone(first.capitalize(), person.key)
            self._in_any_case.add(first.lower())

    def _note_alone(self, name: str, key: str) -> None:
        _note(self._alone, name, key)
        self._as_written.add(_trimmed(name))


def _first_names(person: Person) -> Iterator[str]:
    """First names of somebody who is no service, which in any case are no everyday word."""
    for name in person.full:
        first, *others = name.split() or [""]
        is_service = not _ROLES.isdisjoint(each.lower() for each in (first, *others))
        is_known = bool(others) and len(first) >= SHORTEST and first.isalpha()
        if is_known and not is_service and not _is_word(first):
            yield first


def _is_word(name: str) -> bool:
    return name.capitalize() in WORDS


def _telling(name: str) -> bool:
    """Whether a name, standing alone, is no everyday word."""
    return not _is_word(name) and not name.islower()


def _note(names: dict[str, str], name: str, key: str) -> None:
    """Remember a name; one that several people bear leads to nobody in particular."""
    name = _trimmed(name).lower()
    if len(name) < (2 if _unspaced(name) else 3) or not re.search(r"[^\W\d_]", name):
        return
    names[name] = key if names.get(name, key) == key else ""


def _trimmed(name: str) -> str:
    return name.strip(" \t@()[]*_.,;:'\"-")


def _unspaced(name: str) -> bool:
    """Chinese, Japanese and Korean names stand in text without spaces around them."""
    return bool(re.search(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", name))


def _longest_first(name: str) -> tuple[int, str]:
    """So that `Lena Novak` is one person and not two names."""
    return (-len(name), name)


def _first_word(name: str) -> str:
    word = _WORD.match(name)
    return word[0] if word else name


NOBODY = People((), str)
