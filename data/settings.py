"""The settings of a workspace: one TOML file, one frozen model, a default and a reason each.

An unknown key is an error that suggests the right one, never a silent default.
"""

import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from data import training
from data.errors import BadInputError, hint
from data.sections import Section
from data.training import TrainSettings


class IngestSettings(Section):
    pii: Literal["redact", "keep"] = Field(
        "redact", description="`keep` writes e-mail addresses and names as they stand"
    )
    multi_turn: bool = Field(
        default=False, description="`true` adds each resolved thread as a chat of several turns"
    )


class TeacherSettings(Section):
    kind: Literal["template", "openai"] = Field(
        "template", description="`template` needs no model; `openai` is any compatible endpoint"
    )
    base_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="such as http://127.0.0.1:8000/v1"
    )
    model: str = Field("", description="the model's name at that endpoint")
    api_key_env: str = Field(
        "OPENAI_API_KEY", description="the environment variable with the key; never the key itself"
    )
    temperature: float = Field(0.8, ge=0, le=2, description="high enough for varied wordings")
    max_tokens: int = Field(400, gt=0, description="limit of one reply")
    concurrency: int = Field(8, gt=0, description="requests in flight at once")
    timeout: float = Field(60.0, gt=0, description="seconds to wait for one reply")
    max_retries: int = Field(
        4, ge=0, description="after 408, 409, 429, 5xx or a lost connection, with growing pauses"
    )


class SynthSettings(Section):
    rewordings: int = Field(4, ge=1, le=20, description="new questions asked for per passage")
    recipe: str = Field("reword", description="name of a recipe file in synth/recipes, or a path")


class DedupSettings(Section):
    similarity: float = Field(
        0.8, gt=0, le=1, description="Jaccard overlap of character 5-grams that counts as the same"
    )
    meaning: float = Field(
        0.95, gt=0, le=1, description="cosine similarity of questions that counts as the same"
    )
    embedder: str = Field(
        "all-MiniLM-L6-v2",
        description="a folder, a name, or runs/NAME of `train run --preset embedder`; `none` leaves the "
        "check of meanings out",
    )


class ReviewSettings(Section):
    url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="the Argilla server, such as http://127.0.0.1:6900",
    )
    api_key_env: str = Field(
        "ARGILLA_API_KEY", description="the environment variable with the key"
    )
    workspace: str = Field("gristmill", description="the Argilla workspace; made if missing")
    dataset: str = Field("examples", description="the Argilla dataset; made if missing")
    min_submitted: int = Field(1, ge=1, description="opinions needed before a record is complete")
    min_submitted_pairs: int = Field(1, ge=1, description="the same for a choice between two")
    min_submitted_adjudication: int = Field(
        1, ge=1, description="adjudicators who must agree to settle a disagreement"
    )
    annotators: tuple[str, ...] = Field(
        (), description="names at the server that are let into the workspace"
    )
    adjudicators: tuple[str, ...] = Field(
        (), description="names at the server that settle what annotators disagree on"
    )
    budget: int = Field(200, ge=1, description="records that wait for people at once, at most")
    audit: float = Field(
        0.2, ge=0, le=1, description="share of the budget drawn at random from what looks sound"
    )
    gold: float = Field(
        0.05, ge=0, le=0.5, description="share of records with a known verdict, mixed in unmarked"
    )
    low_grounding: float = Field(
        0.5,
        ge=0,
        le=1,
        description="an answer with fewer of its words in the source is asked about",
    )
    unasked: Literal["policy", "drop"] = Field(
        "policy", description="`policy` lets rules decide on what nobody was asked about"
    )
    inclusion: Literal["majority", "unanimous", "adjudicated", "weighted"] = Field(
        "majority",
        description="what the split takes: more accept than reject; nobody objects; an adjudicator "
        "accepted; or by majority, each row weighted by the share that accepts",
    )
    max_answer_words: int = Field(220, gt=0, description="the policy rejects longer answers")


class SplitSettings(Section):
    salt: str = Field("gristmill", description="draws the sides; fixed from the first ingest on")
    dev: float = Field(0.1, ge=0, lt=1, description="share of families for error analysis")
    test: float = Field(0.1, ge=0, lt=1, description="share of families that stay locked")
    probes: float = Field(
        0.5, ge=0, le=1, description="share of train families that are asked in withheld words"
    )
    same_fact: float = Field(
        0.6, gt=0, le=1, description="cosine of answers from which a thread restates an FAQ entry"
    )


class JudgeSettings(Section):
    base_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="any OpenAI-compatible endpoint; without one nothing is judged and nothing is sent",
    )
    model: str = Field("", description="the model's name at that endpoint")
    api_key_env: str = Field(
        "OPENAI_API_KEY", description="the environment variable with the key; never the key itself"
    )
    rubric: str = Field(
        "answers", description="name of a rubric file in eval/judge/rubrics, or a path"
    )
    items: int = Field(200, ge=1, description="questions judged at most; whole facts are drawn")
    max_tokens: int = Field(600, gt=0, description="limit of one reply")
    concurrency: int = Field(8, gt=0, description="requests in flight at once")
    timeout: float = Field(60.0, gt=0, description="seconds to wait for one reply")
    max_retries: int = Field(
        4, ge=0, description="after 408, 409, 429, 5xx or a lost connection, with growing pauses"
    )


class BenchmarkSettings(Section):
    arc_easy: str = Field(
        "", description="file or folder of ARC-Easy, Parquet or JSON Lines; docs/evaluate.md"
    )
    arc_challenge: str = Field("", description="the same of ARC-Challenge")
    hellaswag: str = Field("", description="the same of HellaSwag")
    mmlu: str = Field("", description="the same of MMLU")
    truthfulqa_mc1: str = Field("", description="the same of TruthfulQA, multiple choice")
    questions: int = Field(1000, ge=1, description="drawn at random from each, at most")
    neutral_text: str = Field(
        "", description="a text of your own to read, passages apart by an empty line"
    )


class EvalSettings(Section):
    arms: tuple[Literal["system-prompt", "few-shot", "retrieval"], ...] = Field(
        ("system-prompt", "few-shot", "retrieval"),
        description="what an untuned model can do too; asked beside the plain base",
    )
    models: tuple[str, ...] = Field(
        (),
        description="other models to ask: a run, a folder, a name of the hub, or http://host/v1#model",
    )
    system_prompt: str = Field(
        "You answer questions of customers, briefly and in plain words. If you do not know the "
        "answer, say so.",
        description="instruction of the arms `system-prompt`, `few-shot` and `retrieval`",
    )
    shots: int = Field(4, ge=1, description="training examples shown by the arm `few-shot`")
    retrieved: int = Field(3, ge=1, description="passages shown by the arm `retrieval`")
    metric: Literal["exact", "chrf"] = Field(
        "exact", description="what the verdict is made of: right answers, or likeness to expected"
    )
    samples: int = Field(
        1, ge=1, description="answers to each question; all but the first are drawn, not greedy"
    )
    temperature: float = Field(0.7, gt=0, le=2, description="of the answers that are drawn")
    max_new_tokens: int = Field(160, gt=0, description="limit of one answer")
    batch_size: int = Field(32, gt=0, description="questions answered at once")
    seen: int = Field(
        40,
        ge=0,
        description="questions asked in words it was trained on, to see what it memorised",
    )
    language: Literal["ar", "de", "en", "es", "fa", "fr", "it", "lv", "nl", "pt", "ru", "none"] = (
        Field("en", description="dictionary of the spelling check; `none` leaves the check out")
    )
    seed: int = Field(3407, description="draws the seen questions and the bootstrap samples")
    judge: JudgeSettings = JudgeSettings()
    benchmarks: BenchmarkSettings = BenchmarkSettings()


class Settings(Section):
    """All of `gristmill.toml`."""

    ingest: IngestSettings = IngestSettings()
    teacher: TeacherSettings = TeacherSettings()
    synth: SynthSettings = SynthSettings()
    dedup: DedupSettings = DedupSettings()
    review: ReviewSettings = ReviewSettings()
    split: SplitSettings = SplitSettings()
    train: TrainSettings = TrainSettings()
    evaluate: EvalSettings = EvalSettings()


def load(path: Path, preset: str = "") -> Settings:
    """Read the settings, or say which line is wrong and what was probably meant.

    `preset` stands in for the one that the file names.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: not UTF-8; save it as UTF-8.") from error
    try:
        return Settings.model_validate(_with_preset(tomllib.loads(text), preset))
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise BadInputError(_explain(path, text, error)) from error


def starter() -> str:
    """The text of a new settings file: every key, commented out at its default."""
    lines = ["# Settings of this workspace. Every key stands at its default; uncomment to change."]
    for name, section in Settings():
        lines += _lines(name, section)
    return "\n".join(lines) + "\n"


def _with_preset(document: dict[str, object], preset: str) -> dict[str, object]:
    own = document.get("train", {})
    if not isinstance(own, dict):
        return document
    name = preset or own.get("preset")
    if not name:
        return document
    return document | {"train": training.over_preset(own, str(name))}


def _lines(name: str, section: Section) -> list[str]:
    """One section of the starter; its own sections follow its keys, as TOML wants it."""
    lines = ["", f"[{name}]"]
    inner: list[str] = []
    for key, option in type(section).model_fields.items():
        if isinstance(option.default, Section):
            inner += _lines(f"{name}.{key}", option.default)
        else:
            reason = f"  # {option.description}" if option.description else ""
            lines.append(f"# {key} = {_toml(option.default)}{reason}")
    return lines + inner


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _explain(path: Path, text: str, error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    steps = _named([str(step) for step in problem["loc"]])
    where = f"{path}:{_line_of(text, steps)}"
    if problem["type"] == "model_type":
        return f"{where}: `{'.'.join(steps)}` is a section; write [{'.'.join(steps)}] and its keys below it."
    if problem["type"] == "string_pattern_mismatch":
        return f"{where}: {'.'.join(steps)} is an address that begins with http:// or https://."
    if problem["type"] == "value_error":
        return f"{where}: {'.'.join(steps)}: {problem['msg'].removeprefix('Value error, ')}."
    if problem["type"] != "extra_forbidden":
        return f"{where}: {'.'.join(steps)}: {problem['msg']}, not {problem['input']!r}."
    return f"{where}: no setting `{'.'.join(steps)}`; {_meant(steps)}"


def _named(steps: list[str]) -> list[str]:
    """The steps down to the key; behind it stands which of several types was tried."""
    for depth, step in enumerate(steps):
        keys = _keys(steps[:depth])
        if not isinstance(keys.get(step), Section):
            return steps[: depth + 1]
    return steps


def _meant(steps: list[str]) -> str:
    known = list(_keys(steps[:-1]))
    for name in known if len(steps) > 1 else ():
        if steps[-1] in _keys([*steps[:-1], name]):
            return f"it belongs under [{'.'.join([*steps[:-1], name])}]."
    return hint(steps[-1], known)


def _keys(section: list[str]) -> dict[str, object]:
    """The keys of a section with their defaults; none where there is no such section."""
    here: object = Settings()
    for step in section:
        here = getattr(here, step, None)
    return dict(here) if isinstance(here, Section) else {}


def _line_of(text: str, steps: list[str]) -> int:
    """The line of a key: the first one after its section's heading that sets it."""
    section = ".".join(steps[:-1])
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := re.match(r"\s*\[\s*([\w.-]+)", line):
            here = heading[1]
            if here == ".".join(steps):
                return number
        elif here == section and re.match(rf"\s*\"?{re.escape(steps[-1])}\"?\s*=", line):
            return number
    return 1
