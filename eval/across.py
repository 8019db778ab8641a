"""Two runs on the same items: did the later training do better than the earlier one?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data import store
from data.errors import BadInputError
from data.workspace import Workspace
from eval import comparison, contrast, evaluation
from eval.arms import TUNED
from eval.comparison import Result
from eval.contrast import Contrast, Metric, State
from eval.evaluation import Answered
from eval.items import SETS, QuestionSet

FAILURES: dict[str, tuple[State, ...]] = {
    "regressed": ("REGRESSED",),
    "not-improved": ("REGRESSED", "NOT PROVEN"),
}
"""What `--fail-if` takes for a failure."""


@dataclass(frozen=True)
class SetContrast:
    """Both runs on one question set."""

    question_set: QuestionSet
    contrast: Contrast


def compare(space: Workspace, before: Path, after: Path, metric: Metric) -> list[SetContrast]:
    """The tuned model of one run against that of another, by question set, most telling first."""
    if before == after:
        raise BadInputError(f"Both are {before.name}; name two different runs.")
    _refuse_other_questions(before, after)
    graded = {run.name: _graded(evaluation.read_answers(space, run)) for run in (before, after)}
    seed = space.settings.evaluate.seed
    return list(_by_set(graded[before.name], graded[after.name], metric, seed))


def fails(found: Sequence[SetContrast], condition: str) -> bool:
    """Whether the most telling question set is what the condition calls a failure."""
    if condition not in FAILURES:
        raise BadInputError(f"--fail-if is one of {', '.join(FAILURES)}, not `{condition}`.")
    return found[0].contrast.state in FAILURES[condition]


def _graded(answered: Answered) -> list[Result]:
    return comparison.grade(answered.items, answered.answers, ())


def _by_set(
    before: Sequence[Result], after: Sequence[Result], metric: Metric, seed: int
) -> Iterable[SetContrast]:
    then, now = ({result.item.id: result for result in each} for each in (before, after))
    for question_set in SETS:
        items = [r.item for r in after if r.item.question_set == question_set]
        if not items:
            continue
        run_then, run_now = (
            [results[item.id].grades[TUNED] for item in items] for results in (then, now)
        )
        names = (run_then[0].answer.run, run_now[0].answer.run)
        families = [item.example.family for item in items]
        graded = dict(zip(names, (run_then, run_now), strict=True))
        [held] = contrast.against_all(graded, families, names[1], metric, seed=seed)
        yield SetContrast(question_set, held)


def _refuse_other_questions(before: Path, after: Path) -> None:
    """Scores on different questions tell nothing of the models."""
    asked = [_asked(run) for run in (before, after)]
    differing = [
        name for name in sorted({*asked[0], *asked[1]}) if asked[0].get(name) != asked[1].get(name)
    ]
    if differing:
        raise BadInputError(
            f"{before.name} and {after.name} were asked different questions: {', '.join(differing)} "
            f"changed between them. Ask both again: `evaluate run {before.name}`, `evaluate run {after.name}`."
        )


def _asked(run: Path) -> dict[str, object]:
    """What decided which questions were asked: the files of the split, and how seen ones are drawn."""
    manifest = store.read_manifest(evaluation.answers_path(run))
    if manifest is None:
        raise BadInputError(f"{run.name} has no answers yet; `evaluate run {run.name}` asks it.")
    drawn = {f"[evaluate] {key}": manifest.settings.get(key) for key in ("seen", "seed")}
    return {mark.path: mark.sha256 for mark in manifest.inputs} | drawn
