"""JSON in any nesting as questions and answers: objects, pairs in lists, keys that ask."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import msgspec

from curation.sources import (
    articles,
    columns,
    confluence,
    json_text,
    keys,
    languages,
    titles,
    webpage,
)
from curation.sources.files import UnreadableError
from curation.sources.keys import Pair
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

_MARKUP = re.compile(r"</?[a-zA-Z]|&\w+;|\]\(|\*\*\w|(?<!\w)[*_](?!_)\w[^*_]*[*_](?!\w)")
"""Tags, links and emphasis; `__init__` is none."""
_SEPARATOR = re.compile(r"\s*(?:#{3,}|[-=]>)\s*\Z")
_STOP = re.compile(r"\s*(?:\sEND|###|<\|\w+\|>)\s*\Z")
"""What some put after a prompt and after a completion, for the model to see where it ends."""


def read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    """Yield the entries of a JSON or JSON Lines file."""
    parsed = json_text.parse(text, name)
    for line, error in parsed.broken:
        notes.names["lines that are not JSON"].append(f"{name}:{line}")
        yield Drop("broken-line", f"{name}#L{line}", evidence=error)
    yield from read_value(parsed.value, name, notes)


def read_value(value: object, name: str, notes: Notes) -> Iterator[Found]:
    """Yield the entries of what JSON or XML says."""
    if pages := list(confluence.of_api(value)):
        yield from confluence.read(pages, name, notes)
    elif shelf := articles.shelf(value):
        yield from articles.read(shelf, name, notes)
    else:
        found = list(_pairs(value, ""))
        named = any(each.sure for each in found)
        yield from _of_pairs(found if named else list(_alike(value, "")) or found, name, notes)


def _of_pairs(found: Sequence[Pair], name: str, notes: Notes) -> Iterator[Found]:
    if not found:
        raise UnreadableError(f"{name}: no questions with answers in it; see docs/ingest.md.")
    sure = [each for each in found if each.sure]
    asking = sum(titles.asks(each.question) for each in found)
    if not sure and 2 * asking < len(found):
        yield from _pages(found, name, notes)
        return
    beside = set(_beside(found))
    roots: dict[str, tuple[str, str]] = {}
    for each in [x for x in found if x.sure or x in beside] if sure else found:
        notes.counts["other replies left out"] += each.others
        entry = _entry(each, name, notes)
        if isinstance(entry, Unit) and entry.language != languages.UNKNOWN:
            language, root = roots.setdefault(_untold(each.where), (entry.language, entry.locator))
            translates = root if language != entry.language else ""
            entry = Unit(
                "faq",
                entry.title,
                entry.locator,
                entry.text,
                language=entry.language,
                translates=translates,
            )
        yield entry
        yield from _reworded(entry, each, name, notes)


def _reworded(entry: Found, pair: Pair, name: str, notes: Notes) -> Iterator[Found]:
    """The same answer to each other wording, of the family of the first one."""
    if not isinstance(entry, Unit):
        return
    for number, wording in enumerate(pair.wordings, 2):
        place = f"{pair.where}:{number}"
        found = _entry(replace(pair, question=wording, where=place), name, notes)
        root = entry.translates or entry.locator
        if isinstance(found, Unit):
            found = msgspec.structs.replace(found, translates=root, signals=("wording",))
        yield found


def _beside(found: Sequence[Pair]) -> Iterator[Pair]:
    """Titles with texts that stand in a list in which most of them ask."""
    groups: dict[str, list[Pair]] = {}
    for each in found:
        if not each.sure:
            groups.setdefault(each.where.rpartition("/")[0], []).append(each)
    for group in groups.values():
        if len(group) > 1 and 2 * sum(titles.asks(x.question) for x in group) >= len(group):
            yield from group


def _untold(where: str) -> str:
    """A place without the languages in it: `/en/faq/0` and `/de/faq/0` say the same."""
    parts = (re.split(r"[_.\s]", each) for each in where.split("/"))
    told = ([x for x in each if languages.code(x) == languages.UNKNOWN] for each in parts)
    return "/".join("_".join(each) for each in told)


def _pages(found: Sequence[Pair], name: str, notes: Notes) -> Iterator[Found]:
    for each in found:
        notes.counts["sections"] += 1
        yield Unit("page", each.question, f"{name}#{each.where}", webpage.to_markdown(each.answer))


def _entry(pair: Pair, name: str, notes: Notes) -> Found:
    locator = f"{name}#{pair.where}"
    asked = " ".join(_SEPARATOR.sub("", pair.question).split())
    asked = titles.clean(asked) if _MARKUP.search(asked) else titles.unnumbered(asked)
    told = _STOP.sub("", pair.answer)
    told = webpage.to_markdown(told) if "<" in told else told.strip()
    if asked and told:
        notes.counts["entries"] += 1
        return Unit("faq", asked, locator, told, language=pair.language)
    return Drop("no-answer" if asked else "no-question", locator, evidence=asked or told)


def _pairs(value: object, where: str, language: str = languages.UNKNOWN) -> Iterator[Pair]:
    if isinstance(value, dict):
        found = _in_dict({str(key): each for key, each in value.items()}, where, language)
    elif isinstance(value, list):
        found = _in_list(value, where, language)
    else:
        return
    for each in found:
        told = each.language == languages.UNKNOWN and language != languages.UNKNOWN
        yield replace(each, language=language) if told else each


def _in_list(value: Sequence[object], where: str, language: str) -> Iterator[Pair]:
    rows = [
        tuple(each)
        for each in value
        if isinstance(each, list) and each and all(isinstance(x, str) for x in each)
    ]
    if len(rows) > 1 and len(rows) == len(value) and (table := columns.by_content(rows)):
        first = int(table.has_header and columns.is_header(rows[0]))
        for number, row in enumerate(rows[first:], first):
            yield Pair(*columns.pick(row, table), f"{where}/{number}")
    elif _is_pair(value):
        yield Pair(keys.text(value[0]), keys.text(value[1]), where)
    else:
        for number, each in enumerate(value):
            yield from _pairs(each, f"{where}/{number}", language)


def _is_pair(value: Sequence[object]) -> bool:
    """`["Is it free?", "Yes."]`."""
    if len(value) not in (2, 3) or not all(isinstance(each, str) for each in value):
        return False
    return titles.asks(str(value[0])) and not titles.is_marked(str(value[1])[-2:])


def _in_dict(value: dict[str, object], where: str, language: str) -> Iterator[Pair]:
    own = keys.pairs(value, where)
    yield from own
    if any(each.sure for each in own):
        if len(own) == 1:
            return
        value = {key: each for key, each in value.items() if not keys.has_role(key)}
    texts = {key: each for key, each in value.items() if isinstance(each, (str, list))}
    asking = [key for key in texts if titles.asks(key) and keys.text(texts[key])]
    if asking and 2 * len(asking) >= len(value):
        for key, text in texts.items():
            yield Pair(key, keys.text(text), f"{where}/{key[:40]}")
        return
    spoken = all(languages.code(key) != languages.UNKNOWN for key in value)
    for key, each in value.items():
        place = f"{where}/{key}" if where or not re.match(r"L\d", key) else key
        yield from _pairs(each, place, languages.code(key) if spoken else language)


def _alike(value: object, where: str) -> Iterator[Pair]:
    """Objects beside one another whose keys name nothing, but of which one key always asks."""
    if isinstance(value, dict):
        inside = {str(key): each for key, each in value.items()}
    elif isinstance(value, list):
        inside = {str(number): each for number, each in enumerate(value)}
    else:
        return
    objects = {key: each for key, each in inside.items() if isinstance(each, dict)}
    roles = _roles(list(objects.values())) if len(objects) > 1 else None
    for key, each in inside.items():
        if roles and key in objects:
            asked, told = (keys.text(each.get(role)) for role in roles)
            yield Pair(asked, told, f"{where}/{key}")
        else:
            yield from _alike(each, f"{where}/{key}")


def _roles(objects: Sequence[dict[str, object]]) -> tuple[str, str] | None:
    """The key that asks in most of these objects, and the one that holds most text."""
    said: dict[str, list[str]] = {}
    for each in objects:
        for key, text in each.items():
            if isinstance(text, str) and text.strip():
                said.setdefault(key, []).append(text)
    said = {key: each for key, each in said.items() if len(each) > 0.8 * len(objects)}
    asking = [key for key, each in said.items() if _share(each, titles.asks) >= 0.7]
    telling = [key for key, each in said.items() if key not in asking and _is_told(each)]
    if not asking or not telling or keys.has_role(asking[0]):
        return None  # a `question` beside which nothing is called an answer has none
    return asking[0], max(telling, key=lambda key: sum(map(len, said[key])))


def _is_told(texts: Sequence[str]) -> bool:
    """Whether these are texts: long, and no two of them alike."""
    long = _share(texts, lambda each: len(each) >= 20 or titles.is_wordless(each))
    return long >= 0.7 and len(set(texts)) >= 0.7 * len(texts)


def _share(texts: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, texts)) / len(texts)
