"""The locked test: families that nobody looks at while training is improved.

Each look wears it out a little, because what is changed after a look is fitted to it. So only
scores are kept, never a question or an answer, and every look goes into a ledger whose length
stands beside the score.
"""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from data import store
from data.errors import BadInputError
from data.journal import Journal
from data.records import Answer, Drop, Record
from data.workspace import Workspace
from eval import arms, comparison, evaluation, items
from eval.arms import OpenArm, Questioner
from eval.comparison import SetScore
from eval.items import Item, QuestionSet
from train import runs

LOCKED = QuestionSet(
    "locked-test",
    "test.jsonl",
    "Locked test",
    "Facts of sources that neither training nor error analysis has seen.",
)


class Look(Record, frozen=True):
    """One look at the locked test."""

    run: str
    at: str
    """UTC, ISO 8601."""
    test: str
    """SHA-256 of the file that was looked at."""
    right: dict[str, int]
    """Exactly right, by arm."""
    total: int


def ledger_path(space: Workspace) -> Path:
    return space.work / "looks.jsonl"


def looks(space: Workspace) -> list[Look]:
    """All looks at the test as it is now, the first one first."""
    path, test = ledger_path(space), space.split / LOCKED.file
    if not path.exists():
        return []
    now = store.hash_file(test)
    return [look for look in store.read(path, Look) if look.test == now]


def look(space: Workspace, run: Path, open_arm: OpenArm) -> SetScore:
    """Ask all arms the locked questions; the look is in the ledger before the score is told."""
    evaluation.refuse_changed_split(space, run)
    asked = _items(space)
    settings = space.settings.evaluate
    answers = _answers(space, run, open_arm, asked)
    results = comparison.grade(asked, answers, ())
    score = comparison.score(LOCKED, results, seed=settings.seed, metric=settings.metric)
    store.append(ledger_path(space), _entry(space, run, score))
    return score


def _items(space: Workspace) -> list[Item]:
    path = space.split / LOCKED.file
    entries = items.of_file(path, LOCKED)
    asked = [entry for entry in entries if not isinstance(entry, Drop)]
    if not asked:
        raise BadInputError(
            f"{space.shown(path)} holds no question; raise `test` under [split] before the next ingest."
        )
    return asked


def _answers(
    space: Workspace, run: Path, open_arm: OpenArm, asked: Sequence[Item]
) -> list[Answer]:
    settings = space.settings.evaluate.model_copy(update={"samples": 1})
    with (
        tempfile.TemporaryDirectory() as folder,
        Journal(Path(folder) / "journal", "", Answer) as journal,
    ):
        prompter = evaluation.prompter(space)
        questioner = Questioner(run.name, open_arm, prompter, settings, journal)
        names = arms.of(settings, runs.read_manifest(run).base)
        return [answer for arm in names for answer in questioner.ask(arm, asked, {})]


def _entry(space: Workspace, run: Path, score: SetScore) -> Look:
    return Look(
        run=run.name,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        test=store.hash_file(space.split / LOCKED.file),
        right={name: arm.right for name, arm in score.arms.items()},
        total=score.total,
    )
