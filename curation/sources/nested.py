"""JSON in any nesting as questions and answers: objects, pairs in lists, keys that ask."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curation.sources import articles, columns, languages, titles, webpage
from curation.sources.files import UnreadableError
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

_QUESTIONS = ("question", "questions", "patterns", "utterances", "examples", "name")
_ANSWERS = ("responses", "response", "acceptedanswer", "accepted_answer")


@dataclass(frozen=True)
class _Pair:
    question: str
    answer: str
    where: str
    sure: bool = True
    """Whether its keys say what it is; a title with a text below it may be anything."""


def read(text: str, name: str, notes: Notes) -> Iterator[Found]:
    """Yield the entries of a JSON or JSON Lines file."""
    found = _parsed(text, name)
    if shelf := articles.shelf(found):
        yield from articles.read(shelf, name, notes)
        return
    pairs = list(_pairs(found, ""))
    sure = [each for each in pairs if each.sure]
    asking = sum(titles.asks(each.question) for each in pairs)
    if not sure and 2 * asking < len(pairs):
        yield from _pages(pairs, name, notes)
        return
    if not pairs:
        raise UnreadableError(
            f"{name}: no questions with answers in this JSON; see docs/ingest.md."
        )
    for each in sure or pairs:
        yield _entry(each, name, notes)


def _parsed(text: str, name: str) -> object:
    try:
        whole: object = json.loads(text, strict=False)
    except ValueError as error:
        lines = [(i, line) for i, line in enumerate(text.split("\n"), 1) if line.strip()]
        try:
            return {f"L{i}": json.loads(line, strict=False) for i, line in lines}
        except ValueError:
            raise UnreadableError(f"{name}: not JSON: {error}.") from error
    return whole


def _pages(pairs: Sequence[_Pair], name: str, notes: Notes) -> Iterator[Found]:
    if not pairs:
        raise UnreadableError(
            f"{name}: no questions with answers in this JSON; see docs/ingest.md."
        )
    for each in pairs:
        notes.counts["sections"] += 1
        yield Unit("page", each.question, f"{name}#{each.where}", webpage.to_markdown(each.answer))


def _entry(pair: _Pair, name: str, notes: Notes) -> Found:
    locator = f"{name}#{pair.where}"
    asked = titles.unnumbered(" ".join(pair.question.split()))
    told = webpage.to_markdown(pair.answer) if "<" in pair.answer else pair.answer.strip()
    if asked and told:
        notes.counts["entries"] += 1
        return Unit("faq", asked, locator, told)
    return Drop("no-answer" if asked else "no-question", locator, evidence=asked or told)


def _pairs(value: object, where: str) -> Iterator[_Pair]:
    if isinstance(value, dict):
        yield from _in_dict({str(key): each for key, each in value.items()}, where)
    elif isinstance(value, list):
        if _is_pair(value):
            yield _Pair(_said(value[0]), _said(value[1]), where)
            return
        for number, each in enumerate(value):
            yield from _pairs(each, f"{where}/{number}")


def _is_pair(value: Sequence[object]) -> bool:
    """`["Is it free?", "Yes."]`."""
    if len(value) not in (2, 3) or not all(isinstance(each, str) for each in value):
        return False
    return titles.asks(str(value[0])) and not titles.is_marked(str(value[1])[-2:])


def _in_dict(value: dict[str, object], where: str) -> Iterator[_Pair]:
    if chat := _chat(value, where):
        yield chat
        return
    own = _own(value, where)
    if own is not None:
        yield own
        if own.sure:
            return
    texts = {key: each for key, each in value.items() if isinstance(each, (str, list))}
    asking = [key for key in texts if titles.asks(key) and _said(texts[key])]
    if asking and 2 * len(asking) >= len(value):
        for key, text in texts.items():
            yield _Pair(key, _said(text), f"{where}/{key[:40]}")
        return
    for key, each in value.items():
        yield from _pairs(each, f"{where}/{key}" if where or not key.startswith("L") else key)


def _own(value: dict[str, object], where: str) -> _Pair | None:
    """The pair that the keys of one object name."""
    keys = [key for key in value if _said(value[key]) or value[key] in ("", None)]
    words = columns.words(tuple(keys))
    at = columns.best(words, (*languages.QUESTIONS, *_QUESTIONS[:-2]))
    if at is None and "acceptedAnswer" in value and "name" in keys:
        at = keys.index("name")
    sure = at is not None
    at = columns.best(words, columns.QUESTION_FALLBACKS) if at is None else at
    if at is None or not _said(value[keys[at]]):
        return None
    rest = set(words[at]) - {*languages.QUESTIONS, *columns.QUESTION_FALLBACKS}
    told = columns.best(words, (*languages.ANSWERS, *_ANSWERS), like=rest, without=at)
    sure = sure or told is not None
    if told is None:
        told = columns.best(words, columns.ANSWER_FALLBACKS, like=rest, without=at)
    if told is None:
        return None
    return _Pair(_first(value[keys[at]]), _said(value[keys[told]]), where or "/", sure=sure)


def _chat(value: dict[str, object], where: str) -> _Pair | None:
    """The first question and answer of a chat in the usual shapes of training data."""
    turns = value.get("messages") or value.get("conversations")
    if not isinstance(turns, list):
        return None
    said: dict[str, str] = {}
    for turn in turns:
        if isinstance(turn, dict):
            role = str(turn.get("role") or turn.get("from") or "")
            role = {"human": "user", "gpt": "assistant"}.get(role, role)
            said.setdefault(role, _said(turn.get("content") or turn.get("value")))
    if not said.get("user") or not said.get("assistant"):
        return None
    return _Pair(said["user"], said["assistant"], where)


def _first(value: object) -> str:
    return _said(value[0]) if isinstance(value, list) and value else _said(value)


def _said(value: object) -> str:
    """A text: itself, lines of it, or the text that an object carries."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and value:
        if all(isinstance(each, str) for each in value):
            return "\n\n".join(value).strip()
        return _said(value[0]) if isinstance(value[0], dict) else ""
    if isinstance(value, dict):
        kinds = ("text", "answer", "body", "html", "markdown", "content", "value", "en")
        return next((said for key in kinds if (said := _said(value.get(key)))), "")
    return ""
