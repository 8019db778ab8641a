"""What a run cost: the teacher's tokens, the training, and each arm's answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data import ledger
from data.ledger import Spent
from eval.comparison import Result


@dataclass(frozen=True)
class ArmCost:
    """What one answer of an arm costs on average, on the machine that was asked."""

    arm: str
    answers: int
    tokens: float
    seconds: float


def of_arms(results: Sequence[Result]) -> list[ArmCost]:
    total = len(results)
    return [
        ArmCost(
            arm,
            total,
            sum(each.grades[arm].answer.tokens for each in results) / total,
            sum(each.grades[arm].answer.seconds for each in results) / total,
        )
        for arm in (results[0].grades if results else ())
    ]


def of_teacher(path: Path) -> Spent | None:
    """What was asked of a teacher in this workspace; None where none was paid."""
    if not path.exists():
        return None
    with ledger.opened(path) as book:
        spent = book.spent()
    return spent if spent.calls else None
