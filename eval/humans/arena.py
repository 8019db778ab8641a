"""Who is compared, on which questions: arms of runs by their names, `run/arm`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from data import store
from data.errors import BadInputError, chosen
from data.records import content_id
from data.workspace import Workspace
from eval import comparison, evaluation
from eval.arms import BASE, TUNED
from eval.evaluation import Answered
from eval.items import SETS, UNSEEN_SOURCE, UNSEEN_WORDING, Item, QuestionSet
from train import runs

HELD_OUT = (UNSEEN_WORDING, UNSEEN_SOURCE)
"""What people are asked about; whether training took hold, no person is needed to see."""


@dataclass(frozen=True)
class Contestant:
    """One arm of one run, and what it answered."""

    name: str
    answers: dict[str, str]
    """By the id of the item."""

    @cached_property
    def ids(self) -> dict[str, str]:
        """The id of each answer, equal for those that look the same."""
        return {key: text_id(text) for key, text in self.answers.items()}


@dataclass(frozen=True)
class Arena:
    """Contestants on the questions that all of them were asked."""

    contestants: tuple[Contestant, ...]
    """The first is the one that all others are held against."""
    items: tuple[Item, ...]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Every two contestants, by their numbers."""
        return list(combinations(range(len(self.contestants)), 2))

    def named(self, one: int, other: int) -> tuple[str, str]:
        """The names of two contestants, in alphabetical order."""
        first, second = sorted((self.contestants[one].name, self.contestants[other].name))
        return first, second

    def within(self, question_set: QuestionSet) -> "Arena":
        """The same on one set of questions."""
        items = tuple(each for each in self.items if each.question_set == question_set)
        return Arena(self.contestants, items)

    @property
    def sets(self) -> list[QuestionSet]:
        """Those that hold a question, the most telling first."""
        there = {each.question_set for each in self.items}
        return [each for each in SETS if each in there]


def text_id(text: str) -> str:
    """Equal for answers that look the same: white space is not looked at."""
    return content_id(" ".join(text.split()))


def set_named(key: str) -> QuestionSet:
    for each in HELD_OUT:
        if each.key == key:
            return each
    raise BadInputError(f"--set is one of {', '.join(s.key for s in HELD_OUT)}, not `{key}`.")


def meet(space: Workspace, names: Sequence[str]) -> Arena:
    """The contestants with these names, or why they cannot be compared.

    `run` alone is its tuned model; one contestant alone meets the best other arm of its run.
    """
    wanted = [_full(name) for name in names or [runs.latest(space).name]]
    told = {run: _read(space, run) for run in dict.fromkeys(_run(name) for name in wanted)}
    for name in wanted:
        _refuse_unknown(name, told)
    if len(set(wanted)) == 1:
        run = _run(wanted[0])
        wanted.append(f"{run}/{_rival(told[run], wanted[0])}")
    return _arena(wanted, told)


def meet_again(space: Workspace, names: Iterable[str]) -> Arena | None:
    """Those of the contestants whose answers still stand; None where fewer than two do."""
    told: dict[str, Answered] = {}
    standing = []
    for name in dict.fromkeys(names):
        run = _run(name)
        if run not in told and _is_fresh(space, run):
            told[run] = _read(space, run)
        if run in told and name in _names(run, told[run]):
            standing.append(name)
    return _arena(standing, told) if len(standing) > 1 else None


def _full(name: str) -> str:
    """`runs/first`, as a shell completes it, is `first/tuned`."""
    name = name.removeprefix("runs/").rstrip("/")
    return name if "/" in name else f"{name}/{TUNED}"


def _run(name: str) -> str:
    return name.partition("/")[0]


def _read(space: Workspace, run: str) -> Answered:
    return evaluation.read_answers(space, runs.find(space, run))


def _is_fresh(space: Workspace, run: str) -> bool:
    folder = space.runs / run
    if not (folder / "manifest.json").exists():
        return False
    return store.freshness(evaluation.answers_path(folder), space.root) == "fresh"


def _names(run: str, told: Answered) -> list[str]:
    return [f"{run}/{arm}" for arm in dict.fromkeys(each.arm for each in told.answers)]


def _refuse_unknown(name: str, told: Mapping[str, Answered]) -> None:
    chosen(name, _names(_run(name), told[_run(name)]), f"No answers of {name}")


def _rival(told: Answered, name: str) -> str:
    """The best of the other arms: most right answers to the most telling questions, then chrF."""
    asked = [item for item in told.items if item.question_set == told.items[0].question_set]
    results = comparison.grade(asked, told.answers, ())
    found = comparison.strongest(results, name.partition("/")[2])
    if found is None:
        raise BadInputError(f"{name} is the only one that was asked; name another run beside it.")
    return found


def _arena(names: Iterable[str], told: Mapping[str, Answered]) -> Arena:
    """The contestants, untuned ones first, on the held-out questions that all were asked."""
    contestants = []
    for name in sorted(dict.fromkeys(names), key=_place):
        run, _, arm = name.partition("/")
        said = {a.example: a.text for a in told[run].answers if a.arm == arm and a.sample == 0}
        contestants.append(Contestant(name, said))
    first = told[_run(contestants[0].name)]
    items = tuple(
        item
        for item in first.items
        if item.question_set in HELD_OUT and all(item.id in each.answers for each in contestants)
    )
    return Arena(tuple(contestants), items)


def _place(name: str) -> int:
    """A base is what all others are held against, and else another untuned arm."""
    arm = name.partition("/")[2]
    return 0 if arm == BASE else 2 if arm == TUNED else 1
