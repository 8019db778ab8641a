"""What will be judged: whose answers, to which questions, and what tells how far to trust the judge.

Judged are the tuned model and the strongest of the others, on the question set that tells most:
each answer by the rubric, and the two side by side. With them go answers that people have graded,
expected answers and wrong ones.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from data import store
from data.errors import BadInputError
from data.records import Drop, Example, Passage
from data.settings import JudgeSettings
from data.workspace import Workspace
from eval import comparison, evaluation, scores
from eval.arms import TUNED
from eval.checks.known import Known
from eval.comparison import Result
from eval.items import SETS, Item
from eval.judge import judgement, labels, rubric
from eval.judge.asking import Asked
from eval.judge.judgement import ANOTHER, EXPECTED, REVIEWED, Outcome, Part
from eval.judge.labels import Label
from eval.judge.rubric import Grades, Material, Preference, Prompt, Rubric

CONTROLS = 20
"""Expected answers, and as many wrong ones, that are graded unmarked among the others."""


class Answered(NamedTuple):
    """An answer to grade."""

    arm: str
    example: str
    material: Material
    text: str
    part: Part
    cut: bool = False
    """The token limit ended it."""


class Pair(NamedTuple):
    """The answers of two arms to one question, the arm's own first."""

    arm: str
    against: str
    example: str
    material: Material
    texts: tuple[str, str]
    cut: bool


@dataclass(frozen=True)
class Plan:
    """All that is judged, and by what."""

    run: str
    rubric: Rubric
    answers: Sequence[Answered]
    pairs: Sequence[Pair]
    drops: Sequence[Drop]
    keep_pii: bool

    @cached_property
    def graded(self) -> list[Answered]:
        """The answers that a judge has to see."""
        return [each for each in self.answers if without_judge(each) is None]

    @cached_property
    def compared(self) -> list[Pair]:
        return [each for each in self.pairs if settled_without_judge(each) is None]

    @cached_property
    def prompts(self) -> list[Prompt]:
        compared = (p.prompt for each in self.compared for p in self.to_compare(each))
        return [*(self.to_grade(each).prompt for each in self.graded), *compared]

    def to_grade(self, each: Answered) -> Asked[Grades]:
        return judgement.to_grade(self.rubric, each.material, each.text, keep_pii=self.keep_pii)

    def to_compare(self, each: Pair) -> tuple[Asked[Preference], Asked[Preference]]:
        return judgement.to_compare(self.rubric, each.material, each.texts, keep_pii=self.keep_pii)


def of_run(space: Workspace, run: Path) -> Plan:
    """What will be judged, the same for the same answers, labels and settings."""
    settings = space.settings.evaluate
    answered = evaluation.read_answers(space, run)
    results = comparison.grade(answered.items, answered.answers, ())
    if not results:
        raise BadInputError(f"{run.name} has no answers to judge; `evaluate run {run.name}` asks.")
    passages = store.read_there(space.passages, Passage)
    known = Known(tuple(passages))
    rival = comparison.strongest(_of_first_set(results), TUNED, answered.settings.metric)
    assert rival
    drawn = _drawn(_of_first_set(results), settings.judge, settings.seed)
    told = list(_labelled(results, labels.kept(run), known))
    reviewed = list(_reviewed(labels.of_review(space), known, settings.judge.items, settings.seed))
    own = [_of(each, arm, "drawn", known) for each in drawn for arm in (TUNED, rival)]
    there = {(each.example, each.arm) for each in own}
    extra = [each for each in told if isinstance(each, Answered)]
    return Plan(
        run=run.name,
        rubric=rubric.load(settings.judge.rubric, space.root),
        answers=[
            *own,
            *(each for each in extra if (each.example, each.arm) not in there),
            *(each for each in reviewed if isinstance(each, Answered)),
            *_controls(drawn, known),
        ],
        pairs=[_pair(each, rival, known) for each in drawn],
        drops=[each for each in (*told, *reviewed) if isinstance(each, Drop)],
        keep_pii=space.settings.ingest.pii == "keep",
    )


def _of_first_set(results: Sequence[Result]) -> list[Result]:
    """The question set that the verdict is made of."""
    sets = (tuple(r for r in results if r.item.question_set == each) for each in SETS)
    return list(next(filter(None, sets)))


def _drawn(results: Sequence[Result], settings: JudgeSettings, seed: int) -> list[Result]:
    """Whole facts at random, until there are enough questions."""
    families = sorted({each.item.example.family for each in results})
    random.Random(seed).shuffle(families)
    chosen: list[Result] = []
    for family in families:
        if len(chosen) >= settings.items:
            break
        chosen += [each for each in results if each.item.example.family == family]
    return chosen[: settings.items]


def _of(result: Result, arm: str, part: Part, known: Known) -> Answered:
    answer = result.grades[arm].answer
    material = _material(result.item, known)
    return Answered(arm, result.item.id, material, answer.text, part, answer.stop == "length")


def _pair(result: Result, rival: str, known: Known) -> Pair:
    ours, theirs = (result.grades[arm].answer for arm in (TUNED, rival))
    return Pair(
        TUNED,
        rival,
        result.item.id,
        _material(result.item, known),
        (ours.text, theirs.text),
        "length" in (ours.stop, theirs.stop),
    )


def _material(item: Item, known: Known) -> Material:
    source = "\n\n".join(known.source(item.example.family))
    return Material(_question(item.example), item.expected, source)


def _question(example: Example) -> str:
    turns = example.prompt
    if len(turns) == 1:
        return example.question
    return "\n".join(f"{turn.role}: {turn.content}" for turn in turns)


def _labelled(
    results: Sequence[Result], told: Sequence[Label], known: Known
) -> Iterator[Answered | Drop]:
    by_id = {each.item.id: each for each in results}
    for label in told:
        found = by_id.get(label.example)
        if found is None or label.arm not in found.grades:
            evidence = f"{label.arm} was not asked {label.example}"
            yield Drop("no-such-answer", label.locator, evidence=evidence)
        else:
            yield _of(found, label.arm, "labelled", known)


def _reviewed(
    rows: Iterator[Example], known: Known, most: int, seed: int
) -> Iterator[Answered | Drop]:
    """Answers of the review; what has no source cannot be graded, for it is its own reference."""
    each_once = list({row.id: row for row in rows}.values())
    for row in random.Random(seed).sample(each_once, min(most, len(each_once))):
        source = "\n\n".join(known.source(row.family))
        if not source:
            yield Drop("no-source", row.origin.locator, example=row)
        else:
            material = Material(_question(row), source=source)
            yield Answered(REVIEWED, row.id, material, row.answer, "reviewed")


def _controls(drawn: Sequence[Result], known: Known) -> Iterator[Answered]:
    """Right answers and wrong ones: a judge that does not tell them apart is of no use."""
    items = list({each.item.example.family: each.item for each in drawn}.values())
    for place, item in enumerate(items[:CONTROLS]):
        material = _material(item, known)
        yield Answered(EXPECTED, item.id, material, item.expected, "control")
        other = items[(place + 1) % len(items)]
        if scores.normalise(other.expected) != scores.normalise(item.expected):
            yield Answered(ANOTHER, item.id, material, other.expected, "control")


def without_judge(each: Answered) -> Outcome | None:
    """What no model has to be asked about; None for all else."""
    if each.cut:
        return Outcome("unscored", "the token limit cut the answer off", "cut-off-answer")
    return None if each.text.strip() else Outcome("fail", "the answer is empty")


def settled_without_judge(pair: Pair) -> Outcome | None:
    if pair.cut:
        return Outcome("unscored", "the token limit cut an answer off", "cut-off-answer")
    ours, theirs = map(scores.normalise, pair.texts)
    return Outcome("tie", "both say the same") if ours == theirs else None
