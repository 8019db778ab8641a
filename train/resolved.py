"""The plan of a run as it was made at its start, kept for whoever goes on with it.

What `auto` stands for depends on the memory that is free at that moment. A run that is resumed
must have the values of its beginning, and so must all processes that share it.
"""

from collections.abc import Callable
from pathlib import Path

from data import store
from data.errors import BadInputError
from data.records import Record
from data.training import TrainSettings
from train.backends import Backend
from train.memory import Need
from train.plan import Plan

FILE = "plan.json"


class Resolved(Record, frozen=True):
    """What was decided when the run began."""

    settings: dict[str, object]
    backend: Backend
    gpu: str
    """Its name; empty where it began on a CPU."""
    need: Need | None
    reasons: tuple[str, ...]


def plan(folder: Path, backend: Backend, gpu: str, make: Callable[[], Plan]) -> Plan:
    """The plan that the run in this folder began with, or a new one, kept from now on.

    Raises BadInputError where this machine would go on otherwise than it began.
    """
    path = folder / FILE
    if not path.exists():
        made = make()
        told = made.settings.model_dump()
        store.write_json(path, Resolved(told, backend, gpu, made.need, made.reasons))
        return made
    was = store.read_json(path, Resolved)
    if (was.backend, bool(was.gpu)) != (backend, bool(gpu)):
        raise BadInputError(
            f"This run began by {was.backend} on {was.gpu or 'a CPU'} and would go on by {backend} "
            f"on {gpu or 'a CPU'}, to another curve. Resume it where it began, or start a new run."
        )
    settings = TrainSettings.model_validate(was.settings)
    return Plan(settings, was.need, was.reasons)


def forget(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)
