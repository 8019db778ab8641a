"""Answers written by hand: models that say what a test wants, and evaluations made of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from data import store
from data.records import Answer, Example, Finding, Message
from data.workspace import Workspace
from eval import comparison
from eval.arms import BASE, TUNED, Sampling
from eval.checks.length import EMPTY, TOO_LONG, TRUNCATED
from eval.checks.repetition import REPETITION
from eval.coding import counts
from eval.coding.codings import Coding
from eval.coding.taxonomy import Code, Taxonomy
from eval.humans import draw, ranking
from eval.humans.arena import Arena, Contestant
from eval.humans.votes import Vote
from eval.items import UNSEEN_WORDING, Item, QuestionSet
from eval.report import Evaluation
from tests import make

MEANINGS = {each.name: each.meaning for each in (EMPTY, TRUNCATED, TOO_LONG, REPETITION)}
Said = tuple[Item, str, str]
"""An item, what the base answered, and what the tuned model did."""
ANSWERED = "2026-11-20T10:00:00+00:00"


@dataclass(frozen=True)
class Reply:
    text: str
    tokens: int = 5
    seconds: float = 0.1
    stop: Literal["eos", "length"] = "eos"


@dataclass(frozen=True)
class Model:
    """Says to each question what it was told to say."""

    say: Callable[[str], str]
    template_hash: str = "plain"

    def answer(
        self,
        prompts: Sequence[tuple[Message, ...]],
        *,
        max_new_tokens: int,
        batch_size: int,
        sampling: Sampling | None,
    ) -> Iterator[Reply]:
        for prompt in prompts:
            yield Reply(self.say(prompt[-1].content))


def models(base: Callable[[str], str], tuned: Callable[[str], str]) -> Callable[[str], Model]:
    """The untuned arms all say what the base says."""
    return lambda arm: Model(tuned if arm == TUNED else base)


def split(
    space: Workspace,
    *,
    train: Sequence[Example] = (),
    dev: Sequence[Example] = (),
    probes: Sequence[Example] = (),
) -> None:
    """The split of a workspace, and an untrained run named `first`."""
    for name, rows in {"train": train, "dev": dev, "probes": probes}.items():
        make.stage_file(space.split / f"{name}.jsonl", rows)
    files = [store.mark(space.split / f"{name}.jsonl", space.root) for name in ("train", "probes")]
    store.write_json(space.runs / "first" / "manifest.json", make.manifest(split=tuple(files)))


def item(
    question: str = "How do I reset my password?",
    expected: str = "Open Settings, choose Security and press Reset.",
    *,
    question_set: QuestionSet = UNSEEN_WORDING,
    family: str = "",
) -> Item:
    return Item(make.example(question, expected, family=family), question_set)


def evaluation(
    said: Sequence[Said], findings: Sequence[Finding] = (), *, run: str = "first"
) -> Evaluation:
    answers = [
        Answer(run, arm, each.id, text, tokens=5, seconds=0.1, stop="eos")
        for each, *texts in said
        for arm, text in zip((BASE, TUNED), texts, strict=True)
    ]
    results = comparison.grade([each for each, _, _ in said], answers, findings)
    return Evaluation(make.manifest(run), results, MEANINGS, ANSWERED)


def with_people(found: Evaluation, names: Sequence[str]) -> Evaluation:
    """The same, its first answers compared and coded by people and models of these names."""
    items = [each.item for each in found.results[:20]]
    among = Arena(
        tuple(Contestant(name, {each.id: f"{name} says" for each in items}) for name in names[:3]),
        tuple(items),
    )
    drawn = draw.draw(among, [], {}, 20, seed=1)
    said = {each.id: [Vote(who, each.id, "a") for who in names[:2]] for each in drawn}
    codes = Taxonomy(Path("codes.toml"), 1, {name: Code(name, name) for name in names})
    given = [
        Coding(found.trained.name, each.id, who, tuple(names), "", ANSWERED, codes.mark)
        for each in items
        for who in names[:2]
    ]
    return replace(
        found,
        preferred=[ranking.rank(among, drawn, said, seed=1)],
        coded=counts.count(given, codes, frozenset(each.id for each in items)),
    )
