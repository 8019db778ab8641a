"""What the items of forgetting show: base against tuned, with what each test can tell.

A loss is told from chance item by item, as everything here is. A test whose base knows no more
than a guess tells nothing about forgetting, and is said to.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from data import store
from data.errors import BadInputError
from data.workspace import Workspace
from eval import benchmarks, contrast, forgetting, statistics
from eval.arms import ARMS, BASE, TUNED
from eval.benchmarks import Benchmark
from eval.contrast import UNLIKELY, Contrast
from eval.forgetting import NEUTRAL, Recall
from eval.statistics import Interval

TEXT_MATTERS = 0.02
"""Share of bits more per character from which a loss matters."""
SCORE_MATTERS = 0.02
"""Share of right answers lost, two points, from which it does."""
UNDECIDED = 0.1
"""Share of questions without a likeliest option from which a model is asked wrongly."""
State = Literal["forgot", "not proven", "unchanged", "gained", "tells nothing"]


@dataclass(frozen=True)
class TextLoss:
    """The neutral text, read by both; figures are bits per character."""

    passages: int
    letters: float
    """What the frequencies of its characters alone would leave."""
    base: float
    tuned: float
    interval: Interval
    """Of the difference, passages drawn."""
    chance: float
    """Sign-flip p; after Holm over all tests."""
    detectable: float
    """The smallest true difference that so many passages find with a power of 80 %."""

    @property
    def difference(self) -> float:
        return self.tuned - self.base

    @property
    def state(self) -> State:
        if self.base >= self.letters:
            return "tells nothing"
        return _state(self.interval, self.chance, TEXT_MATTERS * self.base)


@dataclass(frozen=True)
class BenchmarkLoss:
    """One benchmark, answered by both."""

    benchmark: Benchmark
    contrast: Contrast
    """Its `adjusted` is after Holm over all tests."""
    guessed: float
    """Share of right answers that knowing nothing would give; of a lettered one by those letters
    that the base names."""
    chance: float
    """How likely the base would be so often right, knowing nothing."""
    undecided: float
    """Share of the answers in which all options are equally likely, which no sound model finds."""

    @property
    def state(self) -> State:
        around = self.contrast.interval
        if self.chance >= UNLIKELY or self.undecided > UNDECIDED or around is None:
            return "tells nothing"
        lost = Interval(-around.high, -around.low)
        return _state(lost, self.contrast.adjusted, SCORE_MATTERS)


@dataclass(frozen=True)
class Panel:
    """All that was asked about forgetting."""

    text: TextLoss
    benchmarks: tuple[BenchmarkLoss, ...]

    @property
    def forgot(self) -> bool:
        return "forgot" in (self.text.state, *(each.state for each in self.benchmarks))


def _state(lost: Interval, chance: float, matters: float) -> State:
    """`lost` is how much worse the tuned model is; what cannot be as much as matters is nothing."""
    if -matters < lost.low and lost.high < matters:
        return "unchanged"
    if chance >= UNLIKELY or lost.low <= 0 <= lost.high:
        return "not proven"
    return "forgot" if lost.low > 0 else "gained"


def read(space: Workspace, run: Path) -> Panel | None:
    """What `evaluate forgetting` found; None where nobody has asked."""
    path = forgetting.path_of(run)
    if not path.exists():
        return None
    manifest = store.read_manifest(path)
    if manifest is None or store.freshness(path, space.root) != "fresh":
        raise BadInputError(
            f"{space.shown(path)} or its run was changed since; `evaluate forgetting {run.name}` "
            "makes it again."
        )
    letters, seed = manifest.details.get("letters"), manifest.settings.get("seed")
    assert isinstance(letters, float)
    assert isinstance(seed, int)
    return panel(list(store.read(path, Recall)), letters, seed)


def panel(recalls: Sequence[Recall], letters: float, seed: int) -> Panel:
    by_arm = {
        test: {arm: [e for e in recalls if (e.test, e.arm) == (test, arm)] for arm in ARMS}
        for test in dict.fromkeys(each.test for each in recalls)
    }
    known = {each.name: each for each in benchmarks.ALL}
    text = _text_loss(by_arm[NEUTRAL][BASE], by_arm[NEUTRAL][TUNED], letters, seed)
    found = [
        _benchmark_loss(known[name], arms, seed)
        for name, arms in by_arm.items()
        if name != NEUTRAL
    ]
    first, *others = statistics.holm([text.chance, *(each.contrast.chance for each in found)])
    return Panel(
        replace(text, chance=first),
        tuple(
            replace(each, contrast=replace(each.contrast, adjusted=p))
            for each, p in zip(found, others, strict=True)
        ),
    )


def worse_than(space: Workspace, earlier: Path, later: Path) -> bool | None:
    """Whether a run reads neutral text worse than an earlier run; None where it cannot be told."""
    then, now = (_read_by_tuned(forgetting.path_of(run)) for run in (earlier, later))
    if not then or then.keys() != now.keys():
        return None
    seed = space.settings.evaluate.seed
    loss = _text_loss(list(then.values()), [now[item] for item in then], float("inf"), seed)
    return loss.state == "forgot"


def _read_by_tuned(path: Path) -> dict[str, Recall]:
    recalls = store.read_there(path, Recall)
    return {each.item: each for each in recalls if (each.arm, each.test) == (TUNED, NEUTRAL)}


def _text_loss(
    base: Sequence[Recall], tuned: Sequence[Recall], letters: float, seed: int
) -> TextLoss:
    lost = [after.score - before.score for before, after in zip(base, tuned, strict=True)]
    alone = range(len(lost))
    around = statistics.bootstrap_mean(lost, alone, seed=seed)
    assert around is not None, "a text has two passages or more"
    spread = statistics.standard_error(lost, alone)
    return TextLoss(
        passages=len(lost),
        letters=letters,
        base=_mean(base),
        tuned=_mean(tuned),
        interval=around,
        chance=statistics.sign_flip(lost, alone, seed=seed),
        detectable=(statistics.Z_95 + statistics.Z_POWER) * spread,
    )


def _mean(recalls: Sequence[Recall]) -> float:
    return sum(each.score for each in recalls) / len(recalls)


@dataclass(frozen=True)
class _Scored:
    """As contrasts want an answer."""

    exact: bool
    chrf: float = 0.0


def _benchmark_loss(
    benchmark: Benchmark, arms: Mapping[str, Sequence[Recall]], seed: int
) -> BenchmarkLoss:
    scored = {arm: [_Scored(each.score == 1) for each in arms[arm]] for arm in ARMS}
    groups = [each.group for each in arms[BASE]]
    [held] = contrast.against_all(scored, groups, TUNED, "exact", seed=seed)
    guesses = _guesses(benchmark, arms[BASE])
    return BenchmarkLoss(
        benchmark,
        held,
        guessed=sum(guesses) / len(guesses),
        chance=statistics.above_chance(held.both_right + held.broken, guesses),
        undecided=sum(e.chosen < 0 for arm in ARMS for e in arms[arm]) / (2 * held.total),
    )


def _guesses(benchmark: Benchmark, recalls: Sequence[Recall]) -> list[float]:
    """How likely each question would be answered right by a model that knows nothing.

    One that names a letter, and likes some letters better, is right as often as right answers
    stand under them: its choices are held against the right answers of all other questions.
    """
    if not benchmark.lettered:
        return [1 / each.options for each in recalls]
    stands = Counter((each.options, each.right) for each in recalls)
    of_size = Counter(each.options for each in recalls)
    return [stands[each.options, each.chosen] / of_size[each.options] for each in recalls]
