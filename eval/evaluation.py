"""Ask all arms, check what they said, and keep both beside the run."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from pydantic import ValidationError

from data import store, terminal
from data.errors import BadInputError
from data.journal import Journal
from data.records import Answer, Drop, Example, Finding, Passage, content_id
from data.settings import EvalSettings
from data.store import Manifest, StageWriter
from data.workspace import Workspace
from eval import arms, items
from eval.arms import TUNED, OpenArm, Questioner
from eval.checks import suite
from eval.checks.known import Known
from eval.items import Item
from eval.prompts import Index, Prompter
from train import runs


def answers_path(run: Path) -> Path:
    return run / "answers.jsonl"


def findings_path(run: Path) -> Path:
    return run / "findings.jsonl"


def split_files(space: Workspace) -> list[Path]:
    return [space.split / each.file for each in items.SETS]


def journal_path(run: Path) -> Path:
    """What a killed evaluation has been told so far."""
    return run / ".answers.journal"


def answer(space: Workspace, run: Path, open_arm: OpenArm) -> Manifest:
    """Write what each arm says to each item: in = items x arms x samples = kept + dropped."""
    refuse_changed_split(space, run)
    settings = space.settings.evaluate
    entries = items.load(space.split, settings)
    asked = [entry for entry in entries if isinstance(entry, Item)]
    dropped = [entry for entry in entries if isinstance(entry, Drop)]
    names = arms.of(settings, runs.read_manifest(run).base)
    each_time = len(names) * settings.samples
    with (
        StageWriter(
            answers_path(run),
            "evaluate run",
            inputs=split_files(space),
            settings=settings.model_dump(exclude={"judge"}),
            root=space.root,
        ) as out,
        Journal(journal_path(run), _key(space, run), Answer) as journal,
    ):
        questioner = Questioner(run.name, open_arm, prompter(space), settings, journal)
        templates: dict[str, str] = {}
        out.expect(len(entries) * each_time)
        for arm in names:
            told = questioner.ask(arm, asked, templates)
            out.add_all(terminal.tracked(told, f"Asking {arm}", len(asked) * settings.samples))
        out.add_all(drop for drop in dropped for _ in range(each_time))
        out.details["templates"] = templates
    return out.done


def prompter(space: Workspace) -> Prompter:
    rows = list(store.read(space.split / items.SEEN_WORDING.file, Example))
    passages = store.read_there(space.passages, Passage)
    index = Index(passages, space.settings.dedup.embedder, space.vectors)
    return Prompter(space.settings.evaluate, rows, index)


def _key(space: Workspace, run: Path) -> str:
    """All that decides what is said: the questions, the models, how they are asked."""
    marks = [store.hash_file(path) for path in (*split_files(space), run / "manifest.json")]
    passages = store.hash_file(space.passages) if space.passages.exists() else ""
    return content_id(space.settings.evaluate.model_dump_json(exclude={"judge"}), passages, *marks)


def template_warnings(manifest: Manifest) -> list[str]:
    """Arms of this machine that write a chat otherwise than the tuned model does."""
    templates = msgspec.convert(manifest.details.get("templates", {}), dict[str, str])
    tuned = templates.get(TUNED, "")
    return [
        f"{arm} was asked with another chat template than tuned, so the two differ by more than training."
        for arm, template in templates.items()
        if template and tuned and template != tuned
    ]


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
    passages = tuple(store.read_there(space.passages, Passage))
    return Known(passages, tuple(store.read(space.split / items.SEEN_WORDING.file, Example)))
