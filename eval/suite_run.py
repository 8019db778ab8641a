"""Ask the arms of a run all suites of the workspace, and keep what passed and why not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from data import embed, store, terminal
from data.records import Example, Message, Origin, Record, content_id
from data.scrub import writable
from data.store import Manifest, StageWriter
from data.workspace import Workspace
from eval import arms, evaluation, expectations, suites
from eval.arms import OpenArm, Reply
from eval.checks import agreement
from eval.expectations import Cosine
from eval.items import UNSEEN_WORDING, Item
from eval.suites import Case, Kind, Suite
from train import runs

Outcome = Literal["pass", "fail", "unscored"]
OUTCOMES: tuple[Outcome, ...] = ("pass", "fail", "unscored")


class CaseResult(Record, frozen=True):
    """What one arm made of one case."""

    run: str
    arm: str
    suite: str
    case: str
    kind: Kind
    outcome: Outcome
    """`unscored` where the token limit cut an answer off: that says nothing of what it knows."""
    answers: tuple[str, ...]
    """To each question of the case, in their order."""
    reasons: tuple[str, ...] = ()


def path_of(run: Path) -> Path:
    return run / "suites.jsonl"


def ask(space: Workspace, run: Path, open_arm: OpenArm) -> Manifest:
    """Write a result for each arm and case."""
    found = suites.load_all(space)
    settings = space.settings.evaluate
    names = arms.of(settings, runs.read_manifest(run).base)
    paths = [path for path in suites.folder(space).iterdir() if path.is_file()]
    with StageWriter(
        path_of(run),
        "evaluate suite run",
        inputs=sorted(paths),
        settings=settings.model_dump(),
        root=space.root,
    ) as out:
        cases = [(suite, case) for suite in found for case in suite.case]
        out.expect(len(cases) * len(names))
        for arm in names:
            told = _results(space, run.name, arm, open_arm, cases)
            out.add_all(terminal.tracked(told, f"Asking {arm}", len(cases)))
    return out.done


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


def failed(run: Path, arm: str) -> list[CaseResult]:
    results = store.read(path_of(run), CaseResult)
    return [result for result in results if (result.arm, result.outcome) == (arm, "fail")]


def _results(
    space: Workspace,
    run: str,
    arm: str,
    open_arm: OpenArm,
    cases: Sequence[tuple[Suite, Case]],
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
    cosine = _cosine(space)
    for suite, case in cases:
        said = [next(replies) for _ in case.questions]
        outcome, reasons = judge(case, said, cosine)
        texts = tuple(writable(reply.text) for reply in said)
        yield CaseResult(run, arm, suite.name, case.name, case.kind, outcome, texts, reasons)


def judge(case: Case, said: Sequence[Reply], cosine: Cosine) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a case, and every reason for which it fails."""
    if any(reply.stop == "length" for reply in said):
        return "unscored", ("the token limit cut an answer off; raise max_new_tokens",)
    texts = [reply.text for reply in said]
    reasons = tuple(_reasons(case, texts, cosine))
    return ("fail" if reasons else "pass"), reasons


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
