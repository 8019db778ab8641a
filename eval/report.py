"""The error report: one file that opens from disk, without a server and without the network.

Nothing that a model or a user wrote can become markup: the templates escape everything, the
explorer builds its page from text alone, and the page's own policy lets no script run but
ours, named by its hash.
"""

import base64
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from data import embed, store
from data.embed import Vectors
from data.errors import BadInputError
from data.ledger import Spent
from data.records import Example, Ticket
from data.workspace import Workspace
from eval import (
    arms,
    blame,
    charts,
    comparison,
    costs,
    diagnosis,
    evaluation,
    explorer,
    panel,
    panel_words,
    slices,
    story,
    verdict,
    wording,
)
from eval.arms import ARMS, TUNED
from eval.checks.suite import EXPECTED
from eval.coding import counts
from eval.coding import view as coding_view
from eval.coding.counts import Coded
from eval.comparison import CheckRate, Outcome, Result, SetScore
from eval.contrast import Metric
from eval.diagnosis import Diagnosis, Taught
from eval.explorer import Packed
from eval.humans import ranking
from eval.humans import view as humans_view
from eval.humans.ranking import Ranking
from eval.judge import card
from eval.judge import wording as judge_wording
from eval.judge.card import Card
from eval.panel import Panel
from eval.slices import Search, Slice
from eval.story import Story
from eval.verdict import Step
from train import runs
from train.runs import RunManifest

FIRST_TO_READ = ("broken", "both-wrong", "fixed")
LEAST_WORTH_READING: tuple[Outcome, ...] = ("both-right", "fixed", "both-wrong", "broken")
"""The order in which texts are shortened."""
MB = 1_000_000


@dataclass(frozen=True)
class Evaluation:
    """All that the report tells about one run."""

    trained: RunManifest
    results: Sequence[Result]
    meanings: dict[str, str]
    """What each check that ran looks for."""
    answered: str
    """When the answers were given: UTC, ISO 8601."""
    story: Story = field(default_factory=Story)
    seed: int = 0
    metric: Metric = "exact"
    spent: Spent | None = None
    """What the teacher was asked; None where no model was."""
    search: Search = field(default_factory=Search)
    """For slices."""
    trained_on: Sequence[Example] = ()
    tickets: Sequence[Ticket] = ()
    judged: Card | None = None
    """What a judge said; None where none was asked about these answers."""
    panel: Panel | None = None
    """What was asked about forgetting; None where nothing was."""
    preferred: Sequence[Ranking] = ()
    """What people who compared answers preferred, by question set."""
    coded: Coded | None = None
    """What people called the errors."""

    @property
    def forgot(self) -> bool:
        return self.panel is not None and self.panel.forgot

    @property
    def arms(self) -> list[str]:
        return list(self.results[0].grades) if self.results else list(ARMS)

    @cached_property
    def steps(self) -> list[Step]:
        forgot = self.trained.trained if self.forgot else None
        return verdict.next_steps(self.sets, self.checks, self.open_tickets, forgot)

    @cached_property
    def open_tickets(self) -> list[Ticket]:
        """What errors ask for; a placebo asks for nothing by itself."""
        return [each for each in self.tickets if each.state == "open" and not each.placebo]

    @cached_property
    def taught(self) -> Taught:
        answers: dict[str, list[str]] = {}
        for row in self.trained_on:
            answers.setdefault(row.family, []).append(row.answer)
        return answers

    @cached_property
    def sets(self) -> list[SetScore]:
        return comparison.by_set(self.results, seed=self.seed, metric=self.metric)

    @cached_property
    def slices(self) -> list[tuple[Slice, Diagnosis]]:
        """The slices with what is probably wrong in each."""
        return [
            (each, diagnosis.diagnose(self.wrong_in(each), self.taught, forgot=self.forgot))
            for each in self.search.found
        ]

    @cached_property
    def items_by_code(self) -> dict[str, Sequence[int]]:
        """Numbers of the items that have each code, by the key of its filter."""
        numbers = {each.item.id: number for number, each in enumerate(self.results)}
        return {
            each.key: [numbers[key] for key in each.examples]
            for each in (self.coded.codes if self.coded else ())
        }

    def wrong_in(self, chosen: Slice) -> list[Result]:
        """The items of a slice that the tuned model got wrong."""
        inside = (self.results[place] for place in chosen.items)
        return [each for each in inside if not each.grades[TUNED].exact]

    @cached_property
    def outcomes(self) -> Counter[Outcome]:
        return Counter(result.outcome for result in self.results)

    @cached_property
    def checks(self) -> list[CheckRate]:
        return comparison.check_rates(self.results, self.meanings)


def gather(space: Workspace, run: Path) -> Evaluation:
    """Read a run's answers and findings, and the story of its data."""
    answered = evaluation.read_answers(space, run)
    findings, meanings = evaluation.read_findings(space, run)
    results = comparison.grade(answered.items, answered.answers, findings)
    if not results:
        drops = space.shown(store.drops_path(evaluation.answers_path(run)))
        raise BadInputError(f"Not one question of {run.name} could be asked; {drops} says why.")
    seed = answered.settings.seed
    wrong = [each.item.id for each in results if not each.grades[TUNED].exact]
    return Evaluation(
        trained=runs.read_manifest(run),
        results=results,
        meanings=meanings,
        answered=answered.manifest.finished,
        story=story.tell(space, run),
        metric=answered.settings.metric,
        seed=seed,
        spent=costs.of_teacher(space.ledger),
        search=slices.find(results, _vectors(space, slices.searched(results)), seed),
        trained_on=tuple(_trained_on(space)),
        judged=card.read(space, run, results, seed),
        panel=panel.read(space, run),
        preferred=tuple(ranking.about(space, run.name)),
        coded=counts.of_run(space, run.name, wrong),
    )


def _vectors(space: Workspace, results: Sequence[Result]) -> Vectors | None:
    """Of the questions, where all were embedded before: a report loads no model."""
    questions = [each.item.example.question for each in results]
    return embed.remembered(questions, space.settings.dedup.embedder, space.vectors)


def _trained_on(space: Workspace) -> Iterator[Example]:
    return store.read_stage(space.split / "train.jsonl", Example, made_by="curate split")


def render(found: Evaluation, max_bytes: int | None = None) -> bytes:
    """The page. Equal input gives equal bytes.

    Where `max_bytes` is given, texts are shortened until the page fits, those least worth
    reading first; a page that cannot be made to fit is refused.
    """
    extras = explorer.Extras(
        slices={each.key: each.items for each in found.search.found} | found.items_by_code,
        nearest=blame.blame(found.results, found.trained_on),
        seed=found.seed,
    )
    shortened: list[Outcome] = []
    for outcome in (None, *LEAST_WORTH_READING):
        if outcome:
            shortened.append(outcome)
        packed = explorer.pack(found.results, list(found.meanings), extras, frozenset(shortened))
        page = _page(found, packed, shortened)
        if max_bytes is None or len(page) <= max_bytes:
            return page
    raise BadInputError(
        f"{len(found.results)} items need {len(page) / MB:.1f} MB even with all texts shortened; "
        f"ask for at least {math.ceil(len(page) / MB)}."
    )


def _page(found: Evaluation, packed: Packed, shortened: Sequence[Outcome]) -> bytes:
    script, style = _asset("report.js"), _asset("report.css")
    html = (
        _environment()
        .get_template("report.html")
        .render(
            found=found,
            shortened=sum(found.outcomes[outcome] for outcome in shortened),
            state=verdict.state(found.sets),
            unit=verdict.unit(found.metric),
            verdict=verdict.sentence(found.sets),
            remarks=_remarks(found),
            recalled=panel_words.lines(found.panel) if found.panel else [],
            headlines=verdict.headlines(found.sets, found.checks),
            steps=found.steps,
            first=_first_to_read(found.results),
            curve=charts.curve(found.story.losses),
            arms=ARMS,
            costs=costs.of_arms(found.results),
            judged=found.judged,
            most=card.MOST_DISAGREEMENTS,
            columns=(EXPECTED, *found.arms),
            meanings_of_arms=arms.MEANINGS,
            humans=humans_view,
            coding=coding_view,
            policy=_policy(script, style),
            script=Markup(script),
            style=Markup(style),
            index=Markup(packed.index),
            rows=Markup(packed.rows),
            blocks=[Markup(block) for block in packed.blocks],
        )
    )
    # Half a surrogate pair, which a model can produce, has no UTF-8: it becomes a `?`.
    return html.encode("utf-8", "replace")


def _remarks(found: Evaluation) -> list[str]:
    judged = [judge_wording.remark(found.judged)] if found.judged else []
    told = verdict.remarks(found.sets, found.trained.base)
    return [*told, *panel_words.remarks(found.panel), *judged]


def next_command(found: Evaluation) -> str:
    """What to type next: the remedy, or else the lineage of an answer worth reading."""
    remedies = [step.commands for step in found.steps[:-1]]
    if commands := next(filter(None, remedies), None):
        return " && ".join(commands)
    worth_reading = _first_to_read(found.results)
    return f"curate show {worth_reading[0].item.id}" if worth_reading else "curate status"


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _text("templates", name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": wording.percent,
        "share": wording.share,
        "interval": wording.interval,
        "points": wording.points,
        "probability": wording.probability,
        "day": wording.day,
        "sentence": wording.sentence,
        "gain": verdict.gain,
        "difference": verdict.bare_difference,
        "proof": verdict.proof,
        "doubt": judge_wording.doubt,
        "biases": judge_wording.biases,
        "beyond": verdict.beyond,
    }
    environment.globals |= {
        "spread": charts.whisker,
        "stack": charts.stack,
        "place": charts.place,
    }
    return environment


def _asset(name: str) -> str:
    return _text("assets", name)


def _text(folder: str, name: str) -> str:
    return (resources.files("eval") / folder / name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Only this script and this style, no request to anywhere, no text turned into markup."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _first_to_read(results: Sequence[Result]) -> list[Result]:
    """One answer of each kind, the most telling of its set."""
    chosen = []
    for outcome in FIRST_TO_READ:
        of_kind = [result for result in results if result.outcome == outcome]
        if not of_kind:
            continue
        foremost = [r for r in of_kind if r.item.question_set == of_kind[0].item.question_set]
        if outcome == "fixed":
            chosen.append(max(foremost, key=lambda result: result.gain))
        else:
            chosen.append(min(foremost, key=lambda result: result.grades[TUNED].chrf))
    return chosen
