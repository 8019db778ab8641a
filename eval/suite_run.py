"""Ask the arms of a run all suites of the workspace, and keep what passed and why not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from data import embed, ledger, store, terminal
from data.records import Example, Message, Origin, Record, content_id
from data.scrub import writable
from data.store import Manifest, StageWriter
from data.workspace import Workspace
from eval import arms, evaluation, expectations, nearness, suites
from eval.arms import OpenArm, Reply
from eval.checks import agreement
from eval.expectations import Cosine
from eval.items import UNSEEN_WORDING, Item
from eval.judge import asking, judgement, rubric
from eval.judge.asking import Judge
from eval.judge.rubric import Material
from eval.nearness import Threshold
from eval.suites import Case, Expectation, Kind, Suite
from train import runs

Outcome = Literal["pass", "fail", "unscored"]
OUTCOMES: tuple[Outcome, ...] = ("pass", "fail", "unscored")
FITTED = "fitted cosine"
NO_JUDGE = "no judge: set `base_url` and `model` under [evaluate.judge]"


class CaseResult(Record, frozen=True):
    """What one arm made of one case."""

    run: str
    arm: str
    suite: str
    case: str
    kind: Kind
    outcome: Outcome
    """`unscored` where the token limit cut an answer off: that says nothing of what it knows. Also
    where a judge or a fitted threshold is wanted and there is none."""
    answers: tuple[str, ...]
    """To each question of the case, in their order."""
    reasons: tuple[str, ...] = ()


def path_of(run: Path) -> Path:
    return run / "suites.jsonl"


class Verdict(NamedTuple):
    """The outcome of a case, and every reason for it."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Means:
    """What answers are held against beyond rules."""

    cosine: Cosine
    nearness: Threshold | str = ""
    """The fitted threshold, or why there is none."""
    judge: Judge | None = None
    keep_pii: bool = False


def ask(space: Workspace, run: Path, open_arm: OpenArm) -> Manifest:
    """Write a result for each arm and case."""
    found = suites.load_all(space)
    settings = space.settings.evaluate
    names = arms.of(settings, runs.read_manifest(run).base)
    paths = [path for path in suites.folder(space).iterdir() if path.is_file()]
    cases = [(suite, case) for suite in found for case in suite.case]
    with (
        ExitStack() as open_ones,
        StageWriter(
            path_of(run),
            "evaluate suite run",
            inputs=sorted(paths),
            settings=settings.model_dump(),
            root=space.root,
        ) as out,
    ):
        means = _means(space, [case for _, case in cases], open_ones)
        out.expect(len(cases) * len(names))
        for arm in names:
            out.add_all(_results(space, run.name, arm, open_arm, cases, means))
        if isinstance(means.nearness, Threshold):
            out.details[FITTED] = msgspec.to_builtins(means.nearness)
    return out.done


def fitted(manifest: Manifest) -> Threshold | None:
    """The cosine that was fitted; None where no case asked for one, or too little was there."""
    told = manifest.details.get(FITTED)
    return None if told is None else msgspec.convert(told, Threshold)


def _means(space: Workspace, cases: Sequence[Case], open_ones: ExitStack) -> Means:
    """Only what a case asks for is fitted, opened or sent to."""
    expected = [expect for case in cases for expect in (case.expect, case.then)]
    judge_settings = space.settings.evaluate.judge
    judge = None
    if any(each.rubric for each in expected) and asking.is_named(judge_settings):
        judge = Judge(judge_settings, open_ones.enter_context(ledger.opened(space.ledger)))
    return Means(
        cosine=_cosine(space),
        nearness=nearness.fit(space) if any(map(_wants_fitted, expected)) else "",
        judge=judge,
        keep_pii=space.settings.ingest.pii == "keep",
    )


def counts(run: Path) -> Mapping[tuple[str, str], Counter[Outcome]]:
    """How many cases have each outcome, by suite and arm."""
    found: dict[tuple[str, str], Counter[Outcome]] = {}
    for result in store.read(path_of(run), CaseResult):
        found.setdefault((result.suite, result.arm), Counter())[result.outcome] += 1
    return found


def share_passed(run: Path, arm: str) -> float:
    """Of the cases that could be scored; all of none."""
    scored = Counter[Outcome]()
    for (_, name), outcomes in counts(run).items():
        if name == arm:
            scored += outcomes
    total = scored["pass"] + scored["fail"]
    return scored["pass"] / total if total else 1.0


def of_outcome(run: Path, arm: str, outcome: str) -> list[CaseResult]:
    results = store.read(path_of(run), CaseResult)
    return [result for result in results if (result.arm, result.outcome) == (arm, outcome)]


def _results(
    space: Workspace,
    run: str,
    arm: str,
    open_arm: OpenArm,
    cases: Sequence[tuple[Suite, Case]],
    means: Means,
) -> Iterator[CaseResult]:
    items = [_item(question) for _, case in cases for question in case.questions]
    prompts = evaluation.prompter(space).prompts(arm, items)
    settings = space.settings.evaluate
    replies = open_arm(arm).answer(
        [prompt.messages for prompt in prompts],
        max_new_tokens=settings.max_new_tokens,
        batch_size=settings.batch_size,
        sampling=None,
    )
    asked = terminal.tracked(cases, f"Asking {arm}")
    said = [[next(replies) for _ in case.questions] for _, case in asked]
    verdicts = judge([case for _, case in cases], said, means)
    for (suite, case), answers, (outcome, reasons) in zip(cases, said, verdicts, strict=True):
        texts = tuple(writable(reply.text) for reply in answers)
        yield CaseResult(run, arm, suite.name, case.name, case.kind, outcome, texts, reasons)


def judge(
    cases: Sequence[Case], said: Sequence[Sequence[Reply]], means: Means
) -> Iterator[Verdict]:
    """A verdict on each case; a model is asked only about those that the rules let pass."""
    by_rules = [_by_rules(*each, means) for each in zip(cases, said, strict=True)]
    pending = [
        list(_rubrics(case, answers)) if verdict.outcome == "pass" else []
        for case, answers, verdict in zip(cases, said, by_rules, strict=True)
    ]
    told = _graded([each for some in pending for each in some], means)
    for verdict, some in zip(by_rules, pending, strict=True):
        yield _with_rubrics(verdict, [next(told) for _ in some])


def _by_rules(case: Case, said: Sequence[Reply], means: Means) -> Verdict:
    if any(reply.stop == "length" for reply in said):
        return Verdict("unscored", ("the token limit cut an answer off; raise max_new_tokens",))
    expected = (case.expect, case.then)
    if isinstance(means.nearness, str) and any(map(_wants_fitted, expected)):
        return Verdict("unscored", (means.nearness,))
    texts = [reply.text for reply in said]
    reasons = tuple(_reasons(_with_threshold(case, means.nearness), texts, means.cosine))
    return Verdict("fail" if reasons else "pass", reasons)


def _reasons(case: Case, texts: Sequence[str], cosine: Cosine) -> Iterator[str]:
    same = texts[: 1 + len(case.wordings)]
    for question, text in zip(case.questions, same, strict=False):
        for reason in expectations.failures(case.expect, text, cosine):
            yield f"“{question}”: {reason}" if case.wordings else reason
        if not agreement.agree(same[0], text):
            yield f"“{question}” gets another answer"
    if case.changed is not None:
        yield from expectations.failures(case.then, texts[-1], cosine)
        if agreement.agree(same[0], texts[-1]):
            yield f"“{case.changed}” gets the same answer"


class _Rubric(NamedTuple):
    """An answer to grade by a sentence."""

    criterion: str
    question: str
    reference: str
    answer: str


def _rubrics(case: Case, said: Sequence[Reply]) -> Iterator[_Rubric]:
    for place, (question, reply) in enumerate(zip(case.questions, said, strict=True)):
        is_changed = case.changed is not None and place == len(case.questions) - 1
        expect = case.then if is_changed else case.expect
        if expect.rubric:
            reference = expect.like or expect.same or expect.exact or ""
            yield _Rubric(expect.rubric, question, reference, reply.text)


def _graded(asked: Sequence[_Rubric], means: Means) -> Iterator[judgement.Outcome]:
    if means.judge is None:
        yield from (judgement.Outcome("unscored", NO_JUDGE) for _ in asked)
        return
    questions = [
        judgement.to_grade(
            rubric.of_one(each.criterion),
            Material(each.question, each.reference),
            each.answer,
            keep_pii=means.keep_pii,
        )
        for each in asked
    ]
    told = means.judge.answers(questions)
    yield from map(judgement.of_grades, told)


def _with_rubrics(verdict: Verdict, graded: Sequence[judgement.Outcome]) -> Verdict:
    """One that fails fails the case; one without a verdict leaves it unscored."""
    for outcome in ("fail", "unscored"):
        reasons = tuple(each.reason for each in graded if each.verdict == outcome)
        if reasons:
            return Verdict("fail" if outcome == "fail" else "unscored", reasons)
    return verdict


def _wants_fitted(expect: Expectation) -> bool:
    return expect.min_cosine == "fitted"


def _with_threshold(case: Case, threshold: Threshold | str) -> Case:
    """The case with the fitted cosine as a number."""
    if isinstance(threshold, str):
        return case
    expect, then = (
        msgspec.structs.replace(each, min_cosine=threshold.cosine) if _wants_fitted(each) else each
        for each in (case.expect, case.then)
    )
    return msgspec.structs.replace(case, expect=expect, then=then)


def _item(question: str) -> Item:
    """A question as the arms are asked; of no family, so that any example may be shown."""
    asked = (Message("user", question),)
    origin = Origin("suites", "")
    return Item(
        Example.chat(asked, origin, family=content_id(question), side="dev"), UNSEEN_WORDING
    )


def _cosine(space: Workspace) -> Cosine:
    def cosine(one: str, other: str) -> float:
        a, b = embed.embed([one, other], space.settings.dedup.embedder, space.vectors)
        return float(a @ b)

    return cosine
