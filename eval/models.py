"""Where the model of an arm comes from: a run, a folder, the hub, or an endpoint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import BadInputError
from data.workspace import Workspace
from eval import harness
from eval.arms import BASE, TUNED, OpenArm, Student
from eval.benchmarks import Benchmark, Question
from eval.forgetting import OpenReader
from eval.harness import Choice
from eval.prompts import FEW_SHOT, RETRIEVAL, SYSTEM_PROMPT

if TYPE_CHECKING:
    from train.student import Student as Local

OF_THE_BASE = (BASE, SYSTEM_PROMPT, FEW_SHOT, RETRIEVAL)


def opener(space: Workspace, run: Path) -> OpenArm:
    """Opens the arms of a run; one model at a time is kept, since arms of one follow one another."""
    kept: dict[str, Student] = {}

    def open_arm(arm: str) -> Student:
        model = BASE if arm in OF_THE_BASE else arm
        if model not in kept:
            kept.clear()
            kept[model] = _open(space, run, model)
        return kept[model]

    return open_arm


def _open(space: Workspace, run: Path, model: str) -> Student:
    """Torch is loaded by the first one that needs it."""
    if model.startswith(("http://", "https://")):
        return _remote(space, model)
    from train.student import Student as Local

    if model in (BASE, TUNED):
        return Local.load(run, tuned=model == TUNED)
    if (space.runs / model / "manifest.json").exists():
        return Local.load(space.runs / model, tuned=True)
    try:
        return Local.open(model, space.root)
    except BadInputError as error:
        raise BadInputError(f"`{model}` under models of [evaluate] is no run. {error}") from error


@dataclass(frozen=True)
class _Reader:
    """A model of this machine that reads a text and chooses among options."""

    student: "Local"
    batch_size: int

    def bits(self, texts: Sequence[str]) -> Iterator[float]:
        from train import reading

        return reading.bits(self.student, texts)

    def ask(self, benchmark: Benchmark, questions: Sequence[Question]) -> list[Choice]:
        return harness.ask(self._asked, benchmark, questions)

    @cached_property
    def _asked(self) -> object:
        return harness.opened(self.student, self.batch_size)


def reader(space: Workspace, run: Path) -> OpenReader:
    """Opens the base or the tuned model of a run to be read and asked outside of its chat."""

    def open_reader(arm: str) -> _Reader:
        from train.student import Student as Local

        return _Reader(Local.load(run, tuned=arm == TUNED), space.settings.evaluate.batch_size)

    return open_reader


def _remote(space: Workspace, model: str) -> Student:
    from eval.remote import RemoteStudent

    url, _, name = model.partition("#")
    if not name:
        raise BadInputError(
            f"`{model}` under models of [evaluate] names no model; write {url}#NAME, with a name "
            "that the endpoint knows."
        )
    chosen = space.settings.teacher.model_copy(update={"base_url": url, "model": name})
    return RemoteStudent(chosen)
