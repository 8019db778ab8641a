"""The judge's card: what it says of the arms, how far it agrees with people, what sways it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from data import ledger, store
from data.errors import BadInputError
from data.ledger import Spent
from data.settings import JudgeSettings
from data.store import Manifest
from data.workspace import Workspace
from eval import contrast, length_control, statistics
from eval.arms import BASE, TUNED
from eval.comparison import Result
from eval.contrast import Contrast
from eval.judge import bias, calibration, judging, labels
from eval.judge.calibration import Calibration, Corrected
from eval.judge.judgement import REVIEWED, Judgement, Verdict
from eval.judge.labels import Opinion
from eval.length_control import WinRate
from eval.statistics import Rate

MOST_DISAGREEMENTS = 20


@dataclass(frozen=True)
class ArmJudged:
    """What the judge says of an arm's answers."""

    arm: str
    verdicts: Mapping[Verdict, int]
    corrected: Corrected | None
    failed_criteria: Mapping[str, int]

    @property
    def passed(self) -> Rate:
        """Of those that could be scored."""
        return Rate(self.verdicts["pass"], self.verdicts["pass"] + self.verdicts["fail"])


@dataclass(frozen=True)
class Disagreement:
    """An answer on which the judge and the exact match differ."""

    judgement: Judgement
    result: Result

    @property
    def answer(self) -> str:
        return self.result.grades[self.judgement.arm].answer.text


@dataclass(frozen=True)
class Measure:
    """Labels of one source, and how the judge agrees with them."""

    source: str
    calibration: Calibration


@dataclass(frozen=True)
class Card:
    """All judgements of a run, with what they are held against."""

    judge: JudgeSettings
    stamp: str
    """Name and hash of the rubric."""
    judgements: Sequence[Judgement]
    results: Mapping[str, Result]
    """By the item's id."""
    opinions: Mapping[tuple[str, str], Opinion]
    """What people say, by example and arm."""
    seed: int
    spent: Spent
    kin: Sequence[str] = ()
    """In what the judge may see itself."""

    @cached_property
    def drawn(self) -> list[Judgement]:
        return [j for j in self.judgements if (j.mode, j.part) == ("rubric", "drawn")]

    @cached_property
    def pairs(self) -> list[Judgement]:
        return [each for each in self.judgements if each.mode == "pairwise"]

    @cached_property
    def rival(self) -> str:
        return next((each.against for each in self.pairs), BASE)

    @cached_property
    def arms(self) -> list[ArmJudged]:
        return [self._arm(arm) for arm in dict.fromkeys(each.arm for each in self.drawn)]

    @cached_property
    def contrast(self) -> Contrast | None:
        """The tuned model against its strongest rival by what the judge passes, paired."""
        said = {
            arm: {j.example: j.verdict for j in self.drawn if j.arm == arm}
            for arm in (TUNED, self.rival)
        }
        both = [
            key
            for key, verdict in said[TUNED].items()
            if {verdict, said[self.rival].get(key)} <= {"pass", "fail"}
        ]
        if not both:
            return None
        graded = {arm: [_Passed(said[arm][key] == "pass") for key in both] for arm in said}
        families = [self._family(key) for key in both]
        return contrast.against_all(graded, families, TUNED, "exact", seed=self.seed)[0]

    @cached_property
    def preferred(self) -> Counter[Verdict]:
        return Counter(each.verdict for each in self.pairs)

    @cached_property
    def win_rate(self) -> WinRate:
        """Of the tuned model against its rival, with the length of answers taken out."""
        scored = [each for each in self.pairs if each.verdict != "unscored"]
        won = {"pass": 1.0, "tie": 0.5, "fail": 0.0}
        return length_control.win_rate(
            [won[each.verdict] for each in scored],
            [self.longer(each) for each in scored],
            [self._family(each.example) for each in scored],
            seed=self.seed,
        )

    @cached_property
    def measures(self) -> list[Measure]:
        """Against people's labels of models' answers, and against their review of training answers."""
        graded = [each for each in self.judgements if each.mode == "rubric"]
        told = [(self.opinions.get((j.example, j.arm)), j) for j in graded]
        found = []
        for source, is_review in (("answers of models", False), ("training answers", True)):
            pairs = [(o, j.verdict) for o, j in told if o and (j.arm == REVIEWED) == is_review]
            if pairs:
                found.append(Measure(source, calibration.calibrate(pairs)))
        return found

    @property
    def calibrated(self) -> Calibration | None:
        """By labels of models' answers: what it says of other texts does not count."""
        return next(
            (m.calibration for m in self.measures if m.source == "answers of models"), None
        )

    @property
    def trusted(self) -> bool:
        return self.calibrated is not None and self.calibrated.trusted

    @cached_property
    def faults(self) -> Counter[str]:
        """Why judgements are unscored, in all parts."""
        return Counter(each.fault for each in self.judgements if each.verdict == "unscored")

    @cached_property
    def length_correlation(self) -> float | None:
        return bias.length_correlation(self.pairs, self.longer)

    @cached_property
    def disagreements(self) -> list[Disagreement]:
        """Where the judge and the exact match differ: those that match and fail come first."""
        found = [
            Disagreement(each, self.results[each.example])
            for each in self.drawn
            if each.verdict in ("pass", "fail")
            and (each.verdict == "pass") != self._is_exact(each)
        ]
        return sorted(found, key=lambda each: (each.judgement.verdict, -_likeness(each)))

    def _arm(self, arm: str) -> ArmJudged:
        own = [each for each in self.drawn if each.arm == arm]
        scored = [each for each in own if each.verdict in ("pass", "fail")]
        passed = [float(each.verdict == "pass") for each in scored]
        families = [self._family(each.example) for each in scored]
        corrected = None
        if self.calibrated and scored:
            design = statistics.design_effect(passed, families)
            corrected = self.calibrated.corrected(round(sum(passed)), len(passed), design)
        failed = Counter(
            name for each in own for name, verdict in each.criteria.items() if verdict == "fail"
        )
        return ArmJudged(arm, Counter(each.verdict for each in own), corrected, failed)

    def _is_exact(self, each: Judgement) -> bool:
        return self.results[each.example].grades[each.arm].exact

    def longer(self, each: Judgement) -> float:
        """Characters by which the arm's answer is longer than the other's."""
        grades = self.results[each.example].grades
        return float(len(grades[each.arm].answer.text) - len(grades[each.against].answer.text))

    def _family(self, example: str) -> str:
        return self.results[example].item.example.family


@dataclass(frozen=True)
class _Passed:
    """A judge's verdict in the shape of a score."""

    exact: bool
    chrf: float = 0.0


def read(space: Workspace, run: Path, results: Sequence[Result], seed: int) -> Card | None:
    """The card of a run; None where nothing was judged, or its answers are others by now."""
    path = judging.path_of(run)
    manifest = store.read_manifest(path)
    if manifest is None or not path.exists() or not is_of_these_answers(space, run):
        return None
    settings = _settings(manifest)
    with ledger.opened(space.ledger) as book:
        spent = book.spent(by_judge=True)
    return Card(
        judge=settings,
        stamp=str(manifest.settings.get("rubric", "")),
        judgements=list(store.read(path, Judgement)),
        results={each.item.id: each for each in results},
        opinions=_opinions(space, run),
        seed=seed,
        spent=spent,
        kin=tuple(bias.kin(space, run, settings)),
    )


def is_of_these_answers(space: Workspace, run: Path) -> bool:
    """Whether what was judged is what the run answered last."""
    manifest = store.read_manifest(judging.path_of(run))
    answers = "answers.jsonl"
    marks = manifest.inputs if manifest else ()
    return any(
        each.path.endswith(answers) and not store.changed(each, space.root) for each in marks
    )


def _settings(manifest: Manifest) -> JudgeSettings:
    from pydantic import ValidationError

    try:
        return JudgeSettings.model_validate(manifest.settings.get("judge"))
    except ValidationError as error:
        raise BadInputError(
            f"{manifest.made[0].path} is of another version of Gristmill; `evaluate judge` makes "
            "it again, and pays for no reply that is in the ledger."
        ) from error


def _opinions(space: Workspace, run: Path) -> dict[tuple[str, str], Opinion]:
    reviewed = ((row.id, labels.opinion_of(row)) for row in labels.of_review(space))
    of_review = {(key, REVIEWED): opinion for key, opinion in reviewed if opinion}
    return of_review | labels.by_answer(labels.kept(run))


def _likeness(each: Disagreement) -> float:
    return each.result.grades[each.judgement.arm].chrf
