"""Where the data of a run came from: counts of each stage, the certificate, the training loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from data import store
from data.store import Manifest
from data.workspace import Workspace

PIPELINE = ("passages", "ingested", "synthetic", "unique", "reviewed")
"""Stage files in the order of their making; what is not named comes last."""


@dataclass(frozen=True)
class Stage:
    """What one stage took in and let through."""

    name: str
    made: str
    """The first file that it wrote."""
    taken: int
    kept: int
    dropped: dict[str, int]
    finished: str


class LeakRule(msgspec.Struct, frozen=True):
    """One rule of the certificate that `curate split` writes."""

    name: str
    ran: bool
    threshold: float = 1.0
    barred: int = 0
    note: str = ""


class LeakCertificate(msgspec.Struct, frozen=True):
    """What was compared between the train side and what is held out."""

    rules: tuple[LeakRule, ...]
    train: int
    held_out: int


class Metric(msgspec.Struct, frozen=True):
    """One line of a run's metrics; lines about other things have no loss."""

    step: int = 0
    loss: float | None = None


class Alpha(msgspec.Struct, frozen=True):
    """How far annotators agree on one question."""

    question: str
    records: int
    opinions: int
    alpha: float | None = None
    low: float | None = None
    high: float | None = None


class Annotator(msgspec.Struct, frozen=True):
    """How well one of them knows what is known."""

    name: str
    opinions: int
    gold_right: int
    gold_seen: int
    seconds: float | None = None


class Agreement(msgspec.Struct, frozen=True):
    """What `curate review agreement` measured."""

    questions: tuple[Alpha, ...] = ()
    annotators: tuple[Annotator, ...] = ()


@dataclass(frozen=True)
class Story:
    """What is known of a run's data and training."""

    stages: Sequence[Stage] = ()
    certificate: LeakCertificate | None = None
    losses: Sequence[tuple[int, float]] = ()
    agreement: Agreement | None = None


def tell(space: Workspace, run: Path) -> Story:
    return Story(_stages(space), _certificate(space), _losses(run), _agreement(space))


def _stages(space: Workspace) -> list[Stage]:
    """The stages of the workspace in the order in which data passes them."""
    paths = [*space.work.glob("*.manifest.json"), *space.split.glob("*.manifest.json")]
    manifests = [store.read_json(path, Manifest) for path in sorted(paths, key=_order)]
    return [
        Stage(
            name=each.stage,
            made=each.made[0].path,
            taken=each.taken,
            kept=each.kept,
            dropped=each.dropped,
            finished=each.finished,
        )
        for each in manifests
    ]


def _order(path: Path) -> tuple[int, str]:
    stem = path.name.removesuffix(".manifest.json")
    return (PIPELINE.index(stem) if stem in PIPELINE else len(PIPELINE), str(path))


def _certificate(space: Workspace) -> LeakCertificate | None:
    path = space.split / "certificate.json"
    return store.read_json(path, LeakCertificate) if path.exists() else None


def _losses(run: Path) -> Sequence[tuple[int, float]]:
    """Training loss by step; empty where the run kept none."""
    path = run / "metrics.jsonl"
    if not path.exists():
        return ()
    metrics = store.read(path, Metric)
    return [(each.step, each.loss) for each in metrics if each.loss is not None]


def _agreement(space: Workspace) -> Agreement | None:
    path = space.work / "review" / "agreement.json"
    return store.read_json(path, Agreement) if path.exists() else None
