"""Ask both arms, check what they said, and keep both beside the run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from pydantic import ValidationError

from data import store, terminal
from data.errors import BadInputError
from data.records import Answer, Example, Finding, Passage
from data.settings import EvalSettings
from data.store import Manifest, StageWriter
from data.workspace import Workspace
from eval import arms, items
from eval.arms import ARMS, Student
from eval.checks import suite
from eval.checks.known import Known
from eval.items import Item
from train import runs


def answers_path(run: Path) -> Path:
    return run / "answers.jsonl"


def findings_path(run: Path) -> Path:
    return run / "findings.jsonl"


def split_files(space: Workspace) -> list[Path]:
    return [space.split / each.file for each in items.SETS]


def answer(space: Workspace, run: Path, open_arm: Callable[[str], Student]) -> Manifest:
    """Write what each arm says to each item: in = items x arms = kept + dropped."""
    refuse_changed_split(space, run)
    settings = space.settings.evaluate
    entries = items.load(space.split, settings)
    with StageWriter(
        answers_path(run),
        "evaluate run",
        inputs=split_files(space),
        settings=settings.model_dump(),
        root=space.root,
    ) as out:
        asked = out.conserve(store.Counted((arm, entry) for arm in ARMS for entry in entries))
        told = arms.ask(asked, run.name, open_arm, settings)
        total = len(entries) * len(ARMS)
        out.add_all(terminal.tracked(told, "Asking base and tuned", total))
    return out.done


def check(space: Workspace, run: Path) -> Manifest:
    """Write what is wrong with the answers, and with the expected ones by the same rules."""
    answered = read_answers(space, run)
    known, language = _known(space), space.settings.evaluate.language
    checks = suite.suite(known, language)
    with StageWriter(
        findings_path(run),
        "evaluate run: checks",
        inputs=[answers_path(run)],
        settings={"language": language},
        root=space.root,
    ) as out:
        told = terminal.tracked(answered.answers, "Checking the answers")
        out.add_all(suite.run(checks, answered.items, told, run.name, known))
        out.add_all(suite.compare(answered.items, answered.answers, run.name, known))
        out.details["checks"] = suite.meanings(checks)
        out.details["checks of items"] = suite.meanings_of_items()
    return out.done


@dataclass(frozen=True)
class Answered:
    """The items of a run, and what each arm answered."""

    items: list[Item]
    answers: list[Answer]
    manifest: Manifest
    settings: EvalSettings
    """As they were when the answers were given."""


def read_answers(space: Workspace, run: Path) -> Answered:
    """The answers of a run, or why they cannot be set beside the split as it is now."""
    path = answers_path(run)
    answers = list(store.read_stage(path, Answer, made_by=f"evaluate run {run.name}"))
    manifest = _fresh(space, path, run)
    try:
        settings = EvalSettings.model_validate(manifest.settings)
    except ValidationError as error:
        raise BadInputError(
            f"{store.manifest_path(path)} is of another version of Gristmill; "
            f"`evaluate run {run.name}` asks again."
        ) from error
    entries = items.load(space.split, settings)
    asked = [entry for entry in entries if isinstance(entry, Item)]
    return Answered(asked, answers, manifest, settings)


def read_findings(space: Workspace, run: Path) -> tuple[list[Finding], dict[str, str]]:
    """What the checks found, and what each check means."""
    path = findings_path(run)
    findings = list(store.read_stage(path, Finding, made_by=f"evaluate run {run.name}"))
    manifest = _fresh(space, path, run)
    return findings, msgspec.convert(manifest.details.get("checks", {}), dict[str, str])


def _fresh(space: Workspace, path: Path, run: Path) -> Manifest:
    manifest = store.read_manifest(path)
    if manifest is None or store.freshness(path, space.root) != "fresh":
        raise BadInputError(
            f"{space.shown(path)} or what it was made from was changed since; "
            f"`evaluate run {run.name}` makes it again."
        )
    return manifest


def refuse_changed_split(space: Workspace, run: Path) -> None:
    """What is held out now may have been trained on by a run that saw another split."""
    asked = {path.relative_to(space.root) for path in split_files(space)}
    for was in runs.read_manifest(run).split:
        path = space.root / was.path
        if Path(was.path) in asked and (not path.exists() or store.hash_file(path) != was.sha256):
            raise BadInputError(
                f"{space.shown(path)} was changed after run {run.name} was trained on it, so "
                "what is held out now may be what it learnt; `train run` trains on the new split."
            )


def _known(space: Workspace) -> Known:
    passages = tuple(store.read(space.passages, Passage)) if space.passages.exists() else ()
    return Known(passages, tuple(store.read(space.split / items.SEEN_WORDING.file, Example)))
