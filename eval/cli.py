"""The `evaluate` command: ask the models, then read what they got wrong."""

from pathlib import Path
from typing import Annotated

import typer

from data import store, terminal, workspace
from data.errors import BadInputError
from data.workspace import Workspace
from eval.coding.cli import app as code
from eval.humans.cli import app as humans

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask the base and the tuned model the same questions, and report what went wrong.",
)

suite_app = typer.Typer(no_args_is_help=True, help="Cases that a model must pass.")
app.add_typer(suite_app, name="suite")
app.add_typer(humans, name="humans")
app.add_typer(code, name="code")

RunName = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN",
        help="Name of a folder in runs/. The newest run if left out.",
        show_default=False,
    ),
]


@app.command()
def run(name: RunName = None) -> None:
    """Ask all arms every held-out question and check their answers.

    Arms are the tuned model, its base, and the base with instructions, with
    examples, and with passages that are looked up; others under [evaluate].

    Three sets of questions: facts that were taught, in wordings withheld
    from training; facts of sources never trained on; and some training
    questions, to see what was memorised. Writes answers.jsonl and
    findings.jsonl into the run's folder.

    Example: evaluate run
    """
    from eval import evaluation, models, report, table, tickets, verdict

    space = workspace.find()
    with workspace.locked(space, "evaluate run"):
        folder = _run_folder(space, name)
        answers = evaluation.answer(space, folder, models.opener(space, folder))
        findings = evaluation.check(space, folder)
        measured = tickets.measure(space, folder)
    terminal.say_counts(answers, "answers")
    for warning in evaluation.template_warnings(answers):
        terminal.warn(warning)
    terminal.say(f"findings: {findings.kept}, those in expected answers included")
    found = report.gather(space, folder)
    terminal.show(table.scores(found))
    terminal.show(table.findings(found))
    if declined := table.refusals(found):
        terminal.show(declined)
    terminal.say(verdict.sentence(found.sets))
    for contrast in found.sets[0].contrasts[:1]:
        terminal.say(verdict.proof(contrast))
    for ticket in measured:
        terminal.say(
            f"ticket {ticket.id} ({ticket.slice}): {ticket.state}, {verdict.gain(ticket)}"
        )
    terminal.say_next(f"evaluate report {folder.name}")


@app.command()
def report(
    name: RunName = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to write the page. reports/RUN.html if left out.",
            show_default=False,
        ),
    ] = None,
    max_mb: Annotated[
        float | None,
        typer.Option(
            help="Shorten texts until the page has at most so many megabytes, answers that both "
            "models gave rightly first. The page says how many. Nothing is shortened if left out.",
            show_default=False,
            min=0.01,
        ),
    ] = None,
) -> None:
    """Write the error report: one HTML file that opens without server or network.

    It holds the verdict, the scores with their intervals, what training
    fixed and broke, the findings, the story of the data, and every answer
    beside the expected one.

    Example: evaluate report -o first-round.html
    """
    from data import tickets as kept_tickets
    from eval import report as page
    from eval import tickets

    space = workspace.find()
    folder = _run_folder(space, name)
    path = output or space.reports / f"{folder.name}.html"
    found = tickets.told(space, page.gather(space, folder))
    limit = None if max_mb is None else int(max_mb * page.MB)
    store.write_bytes(path, page.render(found, limit))
    terminal.say(f"report: {space.shown(path)} (open it in a browser)")
    if kept_tickets.read(space) != list(found.tickets):
        with workspace.locked(space, "evaluate report"):
            kept_tickets.write(space, found.tickets)
    if found.open_tickets:
        wanted = sum(each.wanted for each in found.open_tickets)
        terminal.say(
            f"tickets: {len(found.open_tickets)} open, {wanted} wordings wanted; "
            f"{space.shown(space.tickets)}"
        )
    terminal.say_next(page.next_command(found))


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="RUN", help="The earlier run.")],
    after: Annotated[str, typer.Argument(metavar="RUN", help="The later run.")],
    metric: Annotated[
        str, typer.Option(help="`exact` compares right answers, `chrf` how like they are.")
    ] = "exact",
    fail_if: Annotated[
        str,
        typer.Option(
            help="`regressed` or `not-improved`: exit with 1 if that is the verdict on the first "
            "set of questions, for scripts and CI.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Hold the tuned model of one run against that of another, on the same questions.

    IMPROVED or REGRESSED is said only of what chance does not explain; else
    NOT PROVEN, and how many questions it would take.

    Example: evaluate compare run-1 run-2 --fail-if regressed
    """
    from eval import across, contrast, table, verdict

    space = workspace.find()
    then, now = (_run_folder(space, name) for name in (before, after))
    found = across.compare(space, then, now, contrast.named(metric))
    terminal.show(table.contrasts(found))
    terminal.say(verdict.proof(found[0].contrast))
    if fail_if and across.fails(found, fail_if):
        raise typer.Exit(1)


@app.command()
def final(name: RunName = None) -> None:
    """Look at the locked test, once a run is chosen; every look is counted.

    Only scores are kept, no question and no answer, and each look goes into
    work/looks.jsonl: what is changed after a look is fitted to it.

    Example: evaluate final run-3
    """
    from eval import locked, models, table, verdict

    space = workspace.find()
    with workspace.locked(space, "evaluate final"):
        folder = _run_folder(space, name)
        score = locked.look(space, folder, models.opener(space, folder))
    terminal.show(table.of_sets([score]))
    for contrast in score.contrasts[:1]:
        terminal.say(verdict.proof(contrast))
    looks = locked.looks(space)
    terminal.say(f"looks at this test: {len(looks)} ({', '.join(look.run for look in looks)})")
    if len(looks) > 1:
        terminal.warn(
            "It is no longer unseen: of several looks the best one flatters. Judge by the first, "
            "or ingest new sources for a new test."
        )


@suite_app.command("init")
def suite_init() -> None:
    """Write a first suite from the FAQ: its hard facts, and a question without an answer.

    Writes suites/faq.toml; one that is there already is never overwritten.

    Example: evaluate suite init
    """
    from data.records import Passage
    from eval import suites

    space = workspace.find()
    path = suites.folder(space) / f"{suites.STARTER}.toml"
    if path.exists():
        raise BadInputError(f"{space.shown(path)} is there already; edit it, or move it away.")
    passages = list(store.read_stage(space.passages, Passage, made_by="curate ingest"))
    store.write_bytes(path, suites.starter(passages).encode())
    terminal.say(f"suite: {space.shown(path)}, {len(suites.load(path).case)} cases")
    terminal.say_next("evaluate suite run")


@suite_app.command("run")
def suite_run(
    name: RunName = None,
    fail_under: Annotated[
        float,
        typer.Option(
            help="Exit with 1 if the tuned model passes a smaller share of all scored cases.",
            min=0,
            max=1,
        ),
    ] = 0.0,
) -> None:
    """Ask all arms the cases of every suite, and say which fail and why.

    Writes suites.jsonl into the run's folder.

    Example: evaluate suite run --fail-under 0.9
    """
    from eval import models, suite_run, table
    from eval.arms import TUNED

    space = workspace.find()
    with workspace.locked(space, "evaluate suite run"):
        folder = _run_folder(space, name)
        suite_run.ask(space, folder, models.opener(space, folder))
    terminal.show(table.suites(suite_run.counts(folder)))
    for result in suite_run.failed(folder, TUNED):
        terminal.say(f"{result.suite}/{result.case}: {'; '.join(result.reasons)}")
    if suite_run.share_passed(folder, TUNED) < fail_under:
        raise typer.Exit(1)


def _run_folder(space: Workspace, name: str | None) -> Path:
    from train import runs

    return runs.find(space, name) if name else runs.latest(space)


def main() -> None:
    terminal.run(app)
