"""What the keys of one JSON object say: which of its values ask, and which ones answer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from curation.sources import columns, languages, titles

WORDINGS = ("patterns", "utterances", "phrases")
"""Several ways to ask the same; of `responses` any one will do."""
REPLIES = ("responses", "response")
_QUESTIONS = (*languages.QUESTIONS, *WORDINGS)
_ANSWERS = (*languages.ANSWERS, "acceptedanswer")
_NUMBERS = frozenset(("id", "type", "number", "count", "score"))
_TEXTS = ("text", "answer", "body", "html", "markdown", "content", "value")
_OPTIONS = frozenset("options choices alternatives answers opciones optionen antworten".split())
_TURNS = ("messages", "conversations", "conversation", "dialogue")
_ASKS = re.compile(r"[_.\s-]?(?:title|heading|header|label|name)$", re.IGNORECASE)
_TELLS = re.compile(
    r"[_.\s-]?(?:content|answer|text|desc|description|body|details)$", re.IGNORECASE
)
_OF_PAGE = frozenset(("", "seo", "meta", "page", "hero", "og", "site", "cta"))
"""What has a title and a text in a file of translations, and is no question."""
_PARTS = frozenset((*columns.QUESTION_FALLBACKS, *columns.ANSWER_FALLBACKS, *columns.NOT_TEXT))
"""`question_title` and `question_body` are two parts of one question."""
Object = Mapping[str, object]


@dataclass(frozen=True)
class Pair:
    question: str
    answer: str
    where: str
    sure: bool = True
    """Whether its keys say what it is; a title with a text below it may be anything."""
    language: str = languages.UNKNOWN
    wordings: tuple[str, ...] = ()
    """Other ways to ask it."""
    others: int = 0
    """Further replies and turns, which are left out."""


def pairs(value: Object, where: str) -> list[Pair]:
    """The pairs that one object holds itself; none where its keys name no question."""
    if chat := _chat(value, where):
        return [chat]
    if found := list(_side_by_side(value, where)) or list(_by_ending(value, where)):
        return found
    chosen = _chosen(value)
    if chosen is None:
        return []
    question, answer, sure = chosen
    asked, told = value[question], value[answer]
    if localized := list(_localized(asked, told, where)):
        return localized
    # In the labels of a form, `question` is called "Question".
    says_more = set(languages.words(text(asked))) - {*languages.QUESTIONS, ""}
    return [_pair(value, question, answer, where, sure=sure)] if says_more else []


def text(value: object) -> str:
    """A text: itself, lines of it, or the text that an object carries."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and value:
        if all(isinstance(each, str) for each in value):
            return "\n\n".join(value).strip()
        return text(value[0]) if isinstance(value[0], dict) else ""
    if isinstance(value, dict):
        return next((said for key in _TEXTS if (said := text(value.get(key)))), "")
    return ""


def has_role(key: str) -> bool:
    """Whether a key names a question or an answer."""
    return _role(key)[0] is not None


def _chat(value: Object, where: str) -> Pair | None:
    """The first question and answer of a chat in the usual shapes of training data."""
    turns = next((value[key] for key in _TURNS if isinstance(value.get(key), list)), None)
    if not isinstance(turns, list):
        return None
    said: dict[str, str] = {}
    for turn in turns:
        if isinstance(turn, dict):
            role = str(turn.get("role") or turn.get("from") or "")
            role = {"human": "user", "gpt": "assistant"}.get(role, role)
            told = text(turn.get("content") or turn.get("value"))
            said.setdefault(role, told)
    if not said.get("user") or not said.get("assistant"):
        return None
    return Pair(said["user"], said["assistant"], where, others=len(turns) - len(said))


def _side_by_side(value: Object, where: str) -> Iterator[Pair]:
    """`question_de` beside `answer_de`, `q1` beside `a1`, `faq.pay.question` and its answer."""
    asking: dict[tuple[str, ...], str] = {}
    telling: dict[tuple[str, ...], str] = {}
    for key, each in value.items():
        if isinstance(each, str) and each.strip():
            asks, rest = _role(key)
            if asks is not None:
                (asking if asks else telling).setdefault(rest, key)
    both = [rest for rest in asking if rest in telling]
    several = sum(not _PARTS & set(rest) for rest in both) > 1
    if several or any(_tells_apart(rest, asking[rest]) for rest in both):
        for rest in both:
            question, answer = asking[rest], telling[rest]
            place = f"{where}/{question}"
            language = languages.named(rest)
            yield Pair(text(value[question]), text(value[answer]), place, language=language)


def _by_ending(value: Object, where: str) -> Iterator[Pair]:
    """`refundTitle` beside `refundText`, or `refund` that asks beside `refundContent`."""
    texts = {key: each for key, each in value.items() if isinstance(each, str) and each.strip()}
    asking = {_ASKS.sub("", key): key for key in texts if not _TELLS.search(key)}
    both = {
        asking[stem]: key
        for key in texts
        if (stem := _TELLS.sub("", key)) != key and stem in asking and stem.lower() not in _OF_PAGE
    }
    if len(both) > 1 and 2 * sum(titles.asks(texts[key]) for key in both) >= len(both):
        for question, answer in both.items():
            yield Pair(texts[question].strip(), texts[answer].strip(), f"{where}/{question}")


def _role(key: str) -> tuple[bool | None, tuple[str, ...]]:
    """Whether a key names a question (True) or an answer (False), and the rest of its words."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-zA-Z])(?=\d)", " ", key)
    words = languages.words(spaced)
    for at in range(len(words) - 1, -1, -1):
        if words[at] in languages.ANSWERS or words[at] in languages.QUESTIONS:
            return words[at] in languages.QUESTIONS, (*words[:at], *words[at + 1 :])
    return None, ()


def _tells_apart(rest: tuple[str, ...], key: str) -> bool:
    numbered = any(each.isdigit() for each in rest)
    return numbered or "." in key or languages.named(rest) != languages.UNKNOWN


def _chosen(value: Object) -> tuple[str, str, bool] | None:
    """The key that asks, the key that answers, and whether their names are sure."""
    asking = [key for key, each in value.items() if _may_ask(each)]
    telling = [key for key, each in value.items() if _may_ask(each) or isinstance(each, list)]
    question = _named(asking, _QUESTIONS)
    if question is None and "acceptedAnswer" in value and "name" in asking:
        question = "name"
    sure = question is not None
    question = question or _named(asking, columns.QUESTION_FALLBACKS)
    if question is None:
        return None
    words = set(languages.words(question))
    rest = words - {*languages.QUESTIONS, *columns.QUESTION_FALLBACKS}
    others = [key for key in telling if key != question]
    answer = _named(others, _ANSWERS, rest)
    sure = sure or answer is not None
    filled = [key for key in others if text(value[key])]
    answer = answer or _named(filled, columns.ANSWER_FALLBACKS, rest)
    answer = answer or _named(others, columns.ANSWER_FALLBACKS, rest)
    if answer is None:
        return None
    task = columns.TASKS[0] & words and columns.TASKS[1] & set(languages.words(answer))
    return question, answer, sure or bool(task)


def _may_ask(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return value is None or isinstance(value, str) or (isinstance(value, dict) and bool(value))


def _named(keys: list[str], names: tuple[str, ...], like: set[str] | None = None) -> str | None:
    words = [[*languages.words(key), *([key.lower()] if key.isalpha() else [])] for key in keys]
    words = [list(dict.fromkeys(each)) for each in words]
    at = columns.best(words, names, like=like)
    return None if at is None or _NUMBERS & set(words[at]) else keys[at]


def _localized(asked: object, told: object, where: str) -> Iterator[Pair]:
    """`{"en": "Who?", "de": "Wer?"}` with an answer that has the same keys."""
    if not isinstance(asked, dict) or not isinstance(told, dict):
        return
    for key in asked:
        code = languages.code(str(key))
        wordings, replies = _texts(asked[key]), _texts(told.get(key))
        if code != languages.UNKNOWN and wordings:
            said = replies[0] if replies else ""
            first, *more = _asking_first(wordings)
            found = Pair(first, said, f"{where}/{key}", language=code, wordings=tuple(more))
            yield replace(found, others=max(0, len(replies) - 1))


def _pair(value: Object, question: str, answer: str, where: str, *, sure: bool) -> Pair:
    wordings = _texts(value[question])
    replies = _texts(value[answer]) if answer in REPLIES else [text(value[answer])]
    if chosen := _chosen_option(value, value[answer]):
        replies = [chosen]
    said = replies[0] if replies else ""
    asked, *more = _asking_first(wordings) or [""]
    if question == "instruction" and (given := text(value.get("input"))):
        asked = f"{asked}\n\n{given}"
    told = (str(value[key]) for key in value if key in columns.LANGUAGE_NAMES)
    language = languages.code(next(told, ""))
    if language == languages.UNKNOWN:
        language = languages.named([*languages.words(question), *languages.words(answer)])
    found = Pair(asked, said, where or "/", sure=sure, language=language)
    return replace(found, wordings=tuple(more), others=max(0, len(replies) - 1))


def _texts(value: object) -> list[str]:
    """The texts of a list, or the one text of anything else."""
    found = map(text, value) if isinstance(value, list) else [text(value)]
    return [each for each in dict.fromkeys(found) if each]


def _chosen_option(value: Object, told: object) -> str:
    """The right one of a quiz: marked as such, or named by its letter; "" where it is no quiz."""
    if isinstance(told, list):
        options = [each for each in told if isinstance(each, dict)]
        right = [each for each in options if any(flag is True for flag in each.values())]
        said = (each for each in right[0].values() if isinstance(each, str)) if right else iter(())
        return next(said, "") if len(right) < len(options) else ""
    letter = (
        re.fullmatch(r"\(?([a-h])[.)]?", told.strip().lower()) if isinstance(told, str) else None
    )
    listed = next((each for key, each in value.items() if key.lower() in _OPTIONS), None)
    if not letter or listed is None:
        return ""
    if isinstance(listed, dict):
        return next((text(x) for key, x in listed.items() if str(key).lower() == letter[1]), "")
    at = ord(letter[1]) - ord("a")
    return text(listed[at]) if isinstance(listed, list) and at < len(listed) else ""


def _asking_first(wordings: list[str]) -> list[str]:
    """The first one that asks before the others; a chatbot may list `pay` before `How can I pay?`."""
    first = next(filter(titles.is_marked, wordings), "")
    return [first, *(each for each in wordings if each != first)] if first else wordings
