"""Where the lines of the report's drawings go; the templates draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from eval.comparison import Outcome
from eval.statistics import Interval

WIDTH = 200
LOSS_WIDTH, LOSS_HEIGHT = 640, 150


@dataclass(frozen=True)
class Whisker:
    """A rate and its interval on a line from 0 to 100 %, `WIDTH` units long."""

    low: float
    at: float
    high: float


def whisker(rate: float, around: Interval) -> Whisker:
    low, at, high = (round(WIDTH * value, 1) for value in (around.low, rate, around.high))
    return Whisker(low, at, high)


def place(rate: float) -> float:
    """Where a rate stands on such a line."""
    return round(WIDTH * rate, 1)


@dataclass(frozen=True)
class Part:
    """One piece of a bar that is `WIDTH` units long in all."""

    kind: str
    start: float
    length: float


def stack(counts: Mapping[Outcome, int]) -> list[Part]:
    """The outcomes side by side, each as long as its share."""
    total = sum(counts.values()) or 1
    ends = [0.0, *accumulate(WIDTH * count / total for count in counts.values())]
    return [
        Part(kind, round(start, 1), round(end - start, 1))
        for kind, start, end in zip(counts, ends, ends[1:], strict=False)
        if end > start
    ]


@dataclass(frozen=True)
class Curve:
    """The training loss as a line, and what to write at its ends."""

    points: str
    steps: int
    top: float
    first: float
    last: float
    last_height: float


def curve(losses: Sequence[tuple[int, float]]) -> Curve | None:
    """None for fewer than two points: one makes no line."""
    if len(losses) < 2:
        return None
    steps, top = max(step for step, _ in losses) or 1, max(loss for _, loss in losses) or 1.0
    at = [
        (LOSS_WIDTH * step / steps, LOSS_HEIGHT * (1 - max(0.0, loss) / top))
        for step, loss in losses
    ]
    return Curve(
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in at),
        steps=steps,
        top=top,
        first=losses[0][1],
        last=losses[-1][1],
        last_height=round(at[-1][1], 1),
    )
