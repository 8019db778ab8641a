"""Test suites: what a model must be able to do, written down as cases in the folder `suites`.

Three kinds, after CheckList (Ribeiro and others, ACL 2020): one question with what its answer must
hold (MFT); several wordings that must get one answer (INV); and a change of the question that must
change the answer (DIR). A file is TOML with `[[case]]` tables, or JSON Lines with a case a line.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from data import store
from data.errors import BadInputError
from data.records import Passage, Record
from data.workspace import Workspace
from eval.checks import facts

Kind = Literal["MFT", "INV", "DIR"]
STARTER = "faq"
STARTER_CASES = 20


class Number(Record, frozen=True):
    """A number that must be in the answer, give or take."""

    value: float
    within: float = 0.0


class Expectation(Record, frozen=True):
    """What must hold of an answer; all that is given must."""

    exact: str | None = None
    """To the letter, white space around it left aside."""
    same: str | None = None
    """But for case, white space and punctuation at the end."""
    contains: tuple[str, ...] = ()
    """Phrases, whole words, in any letter case."""
    any_of: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    regex: str | None = None
    number: Number | None = None
    json_keys: tuple[str, ...] | None = None
    """The answer is one JSON object that has these keys."""
    max_words: int | None = None
    min_chrf: float | None = None
    """Likeness to `like`, 0 to 100."""
    min_cosine: float | None = None
    """Nearness in meaning to `like`, by the embedder of [dedup]."""
    like: str | None = None
    refusal: bool | None = None
    """`true`: there is no answer and the model must say so; `false`: it must not decline."""


class Case(Record, frozen=True):
    """One thing that a model must do."""

    name: str
    ask: str
    expect: Expectation = Expectation()
    wordings: tuple[str, ...] = ()
    """INV: other words for `ask`; every answer must agree with the first."""
    changed: str | None = None
    """DIR: a question with another answer, which must not agree with the first."""
    then: Expectation = Expectation()
    """What must hold of the answer to `changed`."""

    @property
    def kind(self) -> Kind:
        if self.changed is not None:
            return "DIR"
        return "INV" if self.wordings else "MFT"

    @property
    def questions(self) -> tuple[str, ...]:
        return (self.ask, *self.wordings, *((self.changed,) if self.changed is not None else ()))


class Suite(Record, frozen=True):
    name: str
    case: tuple[Case, ...]


def folder(space: Workspace) -> Path:
    return space.root / "suites"


def load_all(space: Workspace) -> list[Suite]:
    """Every suite of the workspace, by name."""
    paths = sorted(p for p in folder(space).glob("*") if p.suffix in (".toml", ".jsonl"))
    if not paths:
        raise BadInputError(
            f"No suite in {space.shown(folder(space))} yet; `evaluate suite init` writes one."
        )
    return [load(path) for path in paths]


def load(path: Path) -> Suite:
    """Read a suite, or say which case cannot be used."""
    if path.suffix == ".jsonl":
        suite = Suite(path.stem, tuple(store.read(path, Case)))
    else:
        suite = _read_toml(path)
    if problem := next(_problems(suite), None):
        raise BadInputError(f"{path}: {problem}")
    return suite


def _read_toml(path: Path) -> Suite:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return msgspec.convert({"name": path.stem} | document, Suite)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: {error}") from error


def _problems(suite: Suite) -> Iterator[str]:
    if not suite.case:
        yield "holds no case."
    names = [case.name for case in suite.case]
    yield from (f"two cases are named `{name}`." for name in names if names.count(name) > 1)
    for case in suite.case:
        yield from (f"case `{case.name}`: {problem}" for problem in _problems_of(case))
    wanted = {case.expect.refusal is True for case in suite.case}
    if wanted == {True}:
        yield (
            "all cases want a refusal, which a model that always refuses passes; add some that "
            "have an answer."
        )


def _problems_of(case: Case) -> Iterator[str]:
    if not all(question.strip() for question in case.questions):
        yield "a question is empty."
    for expect in (case.expect, case.then):
        if expect.regex is not None and (problem := _not_a_regex(expect.regex)):
            yield f"`{expect.regex}` is no regular expression: {problem}."
        if (expect.min_chrf is not None or expect.min_cosine is not None) and not expect.like:
            yield "`min_chrf` and `min_cosine` compare with `like`, which is missing."
    if case.then != Expectation() and case.changed is None:
        yield "`then` is about the answer to `changed`, which is missing."
    if case.kind == "MFT" and case.expect == Expectation():
        yield "nothing is expected; give `expect`, `wordings` or `changed`."


def _not_a_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def starter(passages: Sequence[Passage]) -> str:
    """A suite from the FAQ: entries with a hard fact, which the answer must tell, and a refusal."""
    entries = [passage for passage in passages if passage.kind == "faq" and passage.side != "test"]
    lines = [
        "# Cases that every model must pass. `evaluate suite run` asks them.",
        "# Below are facts of the FAQ; correct what is too strict and add your own.",
    ]
    told = ((passage, _telling(passage.text)) for passage in entries)
    chosen = [(passage, facts_of) for passage, facts_of in told if facts_of][:STARTER_CASES]
    for number, (passage, telling) in enumerate(chosen, start=1):
        lines += ["", "[[case]]", f"name = {_quoted(f'faq-{number}')}"]
        lines += [f"ask = {_quoted(passage.title)}", "[case.expect]"]
        lines += [f"contains = [{', '.join(map(_quoted, telling))}]", "refusal = false"]
    lines += ["", "[[case]]", 'name = "unanswerable"', f"ask = {_quoted(UNANSWERABLE)}"]
    lines += ["[case.expect]", "refusal = true"]
    return "\n".join(lines) + "\n"


UNANSWERABLE = "Which colour were the curtains in your first office?"


def _telling(text: str) -> list[str]:
    """Amounts with a unit, links and codes of an answer: what it must not get wrong."""
    found = [
        f for f in facts.find(text, names=False) if f.kind in ("amount", "url", "code", "time")
    ]
    with_unit = [f.text for f in found if f.kind != "amount" or not f.text.isdigit()]
    return list(dict.fromkeys(with_unit))[:3]


def _quoted(text: str) -> str:
    """A TOML string; JSON writes the same for all but lone surrogates, which go."""
    return msgspec.json.encode(text.encode("utf-8", "replace").decode()).decode()
