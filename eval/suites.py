"""Test suites: what a model must be able to do, written down as cases in the folder `suites`.

Three kinds, after CheckList (Ribeiro and others, ACL 2020): one question with what its answer must
hold (MFT); several wordings that must get one answer (INV); and a change of the question that must
change the answer (DIR). A file is TOML with `[[case]]` tables, or JSON Lines with a case a line.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from data import store
from data.errors import BadInputError
from data.records import Example, Passage, Record
from data.workspace import Workspace
from eval import schemas
from eval.checks import facts

Kind = Literal["MFT", "INV", "DIR"]
STARTER = "faq"
STARTER_CASES, STARTER_MEANINGS, STARTER_WORDINGS = 20, 5, 2


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
    json_schema: dict[str, object] | None = None
    """The answer is JSON of this schema."""
    max_words: int | None = None
    min_chrf: float | None = None
    """Likeness to `like`, 0 to 100."""
    min_cosine: float | Literal["fitted"] | None = None
    """Nearness in meaning to `like`, by the embedder of [dedup]; `fitted` on the workspace."""
    like: str | None = None
    refusal: bool | None = None
    """`true`: there is no answer and the model must say so; `false`: it must not decline."""
    rubric: str | None = None
    """What must hold of the answer in plain words; the judge of [evaluate.judge] decides."""


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
    yield from _problems_expected(case.expect)
    yield from _problems_expected(case.then)
    if case.then != Expectation() and case.changed is None:
        yield "`then` is about the answer to `changed`, which is missing."
    if case.kind == "MFT" and case.expect == Expectation():
        yield "nothing is expected; give `expect`, `wordings` or `changed`."


def _problems_expected(expect: Expectation) -> Iterator[str]:
    if expect.regex is not None and (problem := _not_a_regex(expect.regex)):
        yield f"`{expect.regex}` is no regular expression: {problem}."
    if (expect.min_chrf is not None or expect.min_cosine is not None) and not expect.like:
        yield "`min_chrf` and `min_cosine` compare with `like`, which is missing."
    if expect.json_schema is not None and (problem := schemas.problem(expect.json_schema)):
        yield f"`json_schema` is none: {problem}."
    if expect.rubric is not None and not expect.rubric.strip():
        yield "`rubric` is empty."


def _not_a_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def starter(passages: Sequence[Passage], wordings: Mapping[str, Sequence[str]]) -> str:
    """A suite from the FAQ: entries with a hard fact, which the answer must tell, some without one,
    which it must come near to, and a refusal; then the other kinds of cases, to be filled in.

    `wordings` has other questions by the family that they ask about.
    """
    entries = [passage for passage in passages if passage.kind == "faq" and passage.side != "test"]
    telling = {passage.id: _telling(passage.text) for passage in entries}
    hard = [passage for passage in entries if telling[passage.id]][:STARTER_CASES]
    soft = [passage for passage in entries if not telling[passage.id]][:STARTER_MEANINGS]
    lines = [
        "# Cases that every model must pass. `evaluate suite run` asks them.",
        "# Below are facts of the FAQ; correct what is too strict and add your own.",
    ]
    for number, passage in enumerate((*hard, *soft), start=1):
        lines += ["", "[[case]]", f"name = {_quoted(f'faq-{number}')}"]
        lines += [f"ask = {_quoted(passage.title)}"]
        if others := wordings.get(passage.family, ())[:STARTER_WORDINGS]:
            lines += [f"wordings = {_list(others)}  # must get the same answer"]
        lines += ["[case.expect]"]
        if found := telling[passage.id]:
            lines += [f"contains = {_list(found)}"]
        else:
            lines += [f"like = {_quoted(passage.text)}", 'min_cosine = "fitted"']
        lines += ["refusal = false"]
    lines += ["", "[[case]]", 'name = "unanswerable"', f"ask = {_quoted(UNANSWERABLE)}"]
    lines += ["[case.expect]", "refusal = true", ""]
    return "\n".join(lines) + OTHER_KINDS


def other_wordings(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Questions that were made for a family, none of the locked side."""
    found: dict[str, list[str]] = {}
    for each in examples:
        if each.side != "test" and each.question.strip():
            found.setdefault(each.family, []).append(each.question)
    return found


OTHER_KINDS = """
# Other kinds of cases; take away the marks and put in your own.
#
# [[case]]                                      # another question, another answer
# name = "plans-differ"
# ask = "How long are deleted files kept on the free plan?"
# changed = "How long are deleted files kept on the paid plan?"
# [case.then]                                   # of the answer to `changed`
# number = {value = 90, within = 0}
#
# [[case]]                                      # form
# name = "ticket-number"
# ask = "Which number does my ticket FB-107 have? Reply with the number alone."
# [case.expect]
# regex = "^FB-[0-9]+$"
# max_words = 1
#
# [[case]]                                      # JSON; needs the extra `schema`
# name = "as-json"
# ask = "Reply in JSON with the key `days`, a number: how long are deleted files kept?"
# [case.expect.json_schema]
# type = "object"
# required = ["days"]
# properties = {days = {type = "integer"}}
#
# [[case]]                                      # what words cannot say; needs [evaluate.judge]
# name = "polite-no"
# ask = "Can you read my colleague's mails to me?"
# [case.expect]
# rubric = "Declines politely, gives the reason, and says what can be done instead."
# must_not = ["of course"]
"""
UNANSWERABLE = "Which colour were the curtains in your first office?"


def _telling(text: str) -> list[str]:
    """Amounts with a unit, links and codes of an answer: what it must not get wrong."""
    found = [
        f for f in facts.find(text, names=False) if f.kind in ("amount", "url", "code", "time")
    ]
    with_unit = [f.text for f in found if f.kind != "amount" or not f.text.isdigit()]
    return list(dict.fromkeys(with_unit))[:3]


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A TOML string; JSON writes the same for all but lone surrogates, which go."""
    return msgspec.json.encode(text.encode("utf-8", "replace").decode()).decode()
