"""The `evaluate` command: ask the models, then read what they got wrong."""

from pathlib import Path
from typing import Annotated

import typer

from data import store, terminal, workspace
from data.workspace import Workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask the base and the tuned model the same questions, and report what went wrong.",
)

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
    """Ask both models every held-out question and check their answers.

    Three sets of questions: facts that were taught, in wordings withheld
    from training; facts of sources never trained on; and some training
    questions, to see what was memorised. Writes answers.jsonl and
    findings.jsonl into the run's folder.

    Example: evaluate run
    """
    from eval import arms, evaluation, report, table, verdict

    space = workspace.find()
    with workspace.locked(space, "evaluate run"):
        folder = _run_folder(space, name)
        answers = evaluation.answer(space, folder, arms.from_run(folder))
        findings = evaluation.check(space, folder)
    terminal.say_counts(answers, "answers")
    terminal.say(f"findings: {findings.kept}, those in expected answers included")
    found = report.gather(space, folder)
    terminal.show(table.scores(found))
    terminal.say(verdict.sentence(found.sets))
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
    from eval import report as page

    space = workspace.find()
    folder = _run_folder(space, name)
    path = output or space.reports / f"{folder.name}.html"
    found = page.gather(space, folder)
    limit = None if max_mb is None else int(max_mb * page.MB)
    store.write_bytes(path, page.render(found, limit))
    terminal.say(f"report: {space.shown(path)} (open it in a browser)")
    terminal.say_next(page.next_command(found))


def _run_folder(space: Workspace, name: str | None) -> Path:
    from train import runs

    return runs.find(space, name) if name else runs.latest(space)


def main() -> None:
    terminal.run(app)
