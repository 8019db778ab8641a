"""What a judge is asked: criteria with anchors, and material that can give no orders.

Every text that is graded stands between marks with a number made from all of the material, so that
no text can close its own. Before anything is written between them it has gone through the scrubber.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import Literal, NamedTuple

import msgspec

from data import scrub
from data.errors import BadInputError
from data.records import Message, Record, content_id

FOLDER = resources.files("eval") / "judge"
LONGEST = 8_000
"""Characters of one text that a judge is shown."""
Grade = Literal["pass", "fail", "unclear"]
Choice = Literal["A", "B", "tie"]


class Criterion(Record, frozen=True):
    """One thing that is graded by itself."""

    name: str
    asks: str
    passes: str = msgspec.field(name="pass", default="")
    """What passes, so that two readers grade alike."""
    fails: str = msgspec.field(name="fail", default="")


class Rubric(Record, frozen=True):
    """The criteria of a judge."""

    name: str
    criterion: tuple[Criterion, ...]

    @property
    def stamp(self) -> str:
        """Name and a hash that changes with every word of the criteria and of the prompts."""
        told = msgspec.json.encode(self.criterion).decode()
        prompts = (_text(name) for name in ("system", "rubric", "pair"))
        return f"{self.name}@{content_id(told, *prompts)[:8]}"


class Graded(msgspec.Struct, frozen=True):
    """What a judge says about one criterion."""

    verdict: Grade
    reason: str = ""


class Grades(msgspec.Struct, frozen=True):
    """The reply to a rubric."""

    criteria: dict[str, Graded]


class Preference(msgspec.Struct, frozen=True):
    """The reply to a pair."""

    better: Choice
    reason: str = ""


@dataclass(frozen=True)
class Material:
    """What an answer is graded against; what is empty is not shown."""

    question: str
    reference: str = ""
    source: str = ""


class Prompt(NamedTuple):
    """What is sent, and the shape that the reply must have."""

    messages: tuple[Message, ...]
    schema: dict[str, object]


def load(name: str, root: Path) -> Rubric:
    """A bundled rubric by name, or a rubric file by its path, counted from the workspace."""
    bundled = FOLDER / "rubrics"
    place = root / name if name.endswith(".toml") else bundled / f"{name}.toml"
    if not place.is_file():
        known = ", ".join(sorted(p.name.removesuffix(".toml") for p in bundled.iterdir()))
        raise BadInputError(
            f"No rubric {name}, which [evaluate.judge] names; bundled: {known}, or give the path of "
            "a .toml file."
        )
    try:
        rubric = msgspec.convert(tomllib.loads(place.read_text(encoding="utf-8-sig")), Rubric)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadInputError(f"{place}: {error}") from error
    names = [each.name for each in rubric.criterion]
    if not names or len(set(names)) < len(names):
        raise BadInputError(f"{place}: give [[criterion]] tables, each with a name of its own.")
    return rubric


def of_one(criterion: str) -> Rubric:
    """A rubric of a single sentence."""
    holds = Criterion("criterion", criterion, "It holds of the answer.", "It does not.")
    return Rubric("criterion", (holds,))


def to_grade(rubric: Rubric, material: Material, answer: str, *, keep_pii: bool) -> Prompt:
    """Ask for a grade by each criterion."""
    told = _marked(material, {"answer": answer}, keep_pii=keep_pii)
    names = [each.name for each in rubric.criterion]
    shape = ", ".join(f'"{name}": {{"reason": "...", "verdict": "pass"}}' for name in names)
    asked = Template(_text("rubric")).substitute(
        material=told.text, key=told.key, criteria=_listed(rubric), shape=shape
    )
    graded = _object({"reason": _STRING, "verdict": _one_of("pass", "fail", "unclear")})
    grades = _object(dict.fromkeys(names, graded))
    return Prompt(_messages(asked, told.key), _schema("grades", _object({"criteria": grades})))


def to_compare(
    rubric: Rubric, material: Material, answers: tuple[str, str], *, keep_pii: bool
) -> Prompt:
    """Ask which of two answers is better, the first one shown as A."""
    first, second = answers
    told = _marked(material, {"answer-A": first, "answer-B": second}, keep_pii=keep_pii)
    asked = Template(_text("pair")).substitute(material=told.text, criteria=_listed(rubric))
    reply = _object({"reason": _STRING, "better": _one_of("A", "B", "tie")})
    return Prompt(_messages(asked, told.key), _schema("preference", reply))


def reminded(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The same once more, for a judge whose reply could not be read."""
    *before, last = messages
    asked = f"{last.content}\n\nThe reply must be that JSON object and nothing else."
    return (*before, Message(last.role, asked))


class _Told(NamedTuple):
    text: str
    key: str


def _marked(material: Material, answers: dict[str, str], *, keep_pii: bool) -> _Told:
    """The texts between marks whose number none of them can hold, since it is made from all."""
    named = {
        "question": material.question,
        "source": material.source,
        "reference": material.reference,
        **answers,
    }
    clean = {
        name: _cut(scrub.scrub(text, keep_pii=keep_pii).text)
        for name, text in named.items()
        if text or name in answers
    }
    key = content_id(*clean.values())[:8]
    parts = (f"<{name}-{key}>\n{text}\n</{name}-{key}>" for name, text in clean.items())
    return _Told("\n\n".join(parts), key)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n[the rest is not shown]"


def _listed(rubric: Rubric) -> str:
    return "\n\n".join(map(_described, rubric.criterion))


def _described(criterion: Criterion) -> str:
    anchors = (("pass", criterion.passes), ("fail", criterion.fails))
    told = [f"- {verdict}: {anchor}" for verdict, anchor in anchors if anchor]
    return "\n".join((f"`{criterion.name}`: {criterion.asks}", *told))


def _messages(asked: str, key: str) -> tuple[Message, ...]:
    system = Template(_text("system")).substitute(key=key)
    return (Message("system", system.strip()), Message("user", asked.strip()))


def _text(name: str) -> str:
    return (FOLDER / "prompts" / f"{name}.txt").read_text(encoding="utf-8")


_STRING: dict[str, object] = {"type": "string"}


def _one_of(*words: str) -> dict[str, object]:
    return {"type": "string", "enum": list(words)}


def _object(properties: dict[str, dict[str, object]]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _schema(name: str, schema: dict[str, object]) -> dict[str, object]:
    wrapped = {"name": name, "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": wrapped}
