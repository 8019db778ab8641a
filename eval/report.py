"""The error report: one file that opens from disk, without a server and without the network.

Nothing that a model or a user wrote can become markup: the templates escape everything, the
explorer builds its page from text alone, and the page's own policy lets no script run but
ours, named by its hash.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from data.workspace import Workspace
from eval import charts, comparison, evaluation, explorer, story, verdict, wording
from eval.arms import ARMS, TUNED
from eval.checks.suite import EXPECTED
from eval.comparison import CheckRate, Result, SetScore
from eval.contrast import Metric
from eval.story import Story
from train import runs
from train.runs import RunManifest

FIRST_TO_READ = ("broken", "both-wrong", "fixed")


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

    @cached_property
    def sets(self) -> list[SetScore]:
        return comparison.by_set(self.results, seed=self.seed, metric=self.metric)

    @cached_property
    def checks(self) -> list[CheckRate]:
        return comparison.check_rates(self.results, self.meanings)


def gather(space: Workspace, run: Path) -> Evaluation:
    """Read a run's answers and findings, and the story of its data."""
    answered = evaluation.read_answers(space, run)
    findings, meanings = evaluation.read_findings(space, run)
    return Evaluation(
        trained=runs.read_manifest(run),
        results=comparison.grade(answered.items, answered.answers, findings),
        meanings=meanings,
        answered=answered.manifest.finished,
        story=story.tell(space, run),
        seed=answered.settings.seed,
        metric=answered.settings.metric,
    )


def render(found: Evaluation) -> bytes:
    """The page. Equal input gives equal bytes."""
    script, style = _asset("report.js"), _asset("report.css")
    html = (
        _environment()
        .get_template("report.html")
        .render(
            found=found,
            verdict=verdict.sentence(found.sets),
            remarks=verdict.remarks(found.sets, found.trained.base),
            headlines=verdict.headlines(found.sets, found.checks),
            steps=verdict.next_steps(found.sets, found.checks),
            first=_first_to_read(found.results),
            curve=charts.curve(found.story.losses),
            arms=ARMS,
            columns=(EXPECTED, *ARMS),
            policy=_policy(script, style),
            script=Markup(script),
            style=Markup(style),
            items=Markup(explorer.data_block(found.results)),
        )
    )
    # Half a surrogate pair, which a model can produce, has no UTF-8: it becomes a `?`.
    return html.encode("utf-8", "replace")


def next_command(found: Evaluation) -> str:
    """What to type next: the remedy, or else the lineage of an answer worth reading."""
    remedies = [step.commands for step in verdict.next_steps(found.sets, found.checks)[:-1]]
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
    }
    environment.globals |= {"whisker": charts.whisker}
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
