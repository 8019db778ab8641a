"""`evaluate judge`: from the answers of a run to judgements, each with its reason."""

from collections.abc import Iterator
from pathlib import Path

from data import terminal
from data.ledger import Ledger
from data.store import Manifest, StageWriter
from data.workspace import Workspace
from eval import evaluation
from eval.judge import judgement, labels, plan
from eval.judge.asking import Judge
from eval.judge.judgement import Judgement, Outcome
from eval.judge.plan import Answered, Plan


def path_of(run: Path) -> Path:
    return run / "judgements.jsonl"


def judge(space: Workspace, run: Path, planned: Plan, asked: Judge, book: Ledger) -> Manifest:
    """Write a judgement for each answer and each pair."""
    settings = space.settings.evaluate.judge
    inputs = [evaluation.answers_path(run), labels.path_of(run), space.reviewed]
    with StageWriter(
        path_of(run),
        "evaluate judge",
        inputs=[path for path in inputs if path.exists()],
        settings={"judge": settings.model_dump(), "rubric": planned.rubric.stamp},
        root=space.root,
    ) as out:
        out.expect(len(planned.answers) + len(planned.pairs) + len(planned.drops))
        graded = _graded(planned, asked)
        out.add_all(terminal.tracked(graded, "Grading answers", len(planned.answers)))
        compared = _compared(planned, asked)
        out.add_all(terminal.tracked(compared, "Comparing answers", len(planned.pairs)))
        out.add_all(planned.drops)
        out.details["calls of unknown outcome"] = book.unknown(by_judge=True)
    return out.done


def _graded(planned: Plan, asked: Judge) -> Iterator[Judgement]:
    told = asked.answers([planned.to_grade(each) for each in planned.graded])
    for each in planned.answers:
        outcome = plan.without_judge(each) or judgement.of_grades(next(told))
        yield _judgement(planned.run, each, outcome)


def _compared(planned: Plan, asked: Judge) -> Iterator[Judgement]:
    told = asked.answers([ask for each in planned.compared for ask in planned.to_compare(each)])
    for each in planned.pairs:
        outcome = plan.settled_without_judge(each)
        if outcome is None:
            outcome = judgement.of_preferences(next(told), next(told))
        yield Judgement(
            planned.run,
            each.arm,
            each.example,
            "pairwise",
            "drawn",
            outcome.verdict,
            outcome.reason,
            outcome.fault,
            against=each.against,
            orders=outcome.orders,
        )


def _judgement(run: str, each: Answered, outcome: Outcome) -> Judgement:
    return Judgement(
        run,
        each.arm,
        each.example,
        "rubric",
        each.part,
        outcome.verdict,
        outcome.reason,
        outcome.fault,
        outcome.criteria,
    )
