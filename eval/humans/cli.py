"""`evaluate humans`: which of two answers people prefer."""

from collections.abc import Sequence
from typing import Annotated

import typer

from data import terminal, workspace
from data.errors import BadInputError
from data.workspace import Workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Which of two answers people prefer.",
)

Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MODEL",
        help="Runs, for their tuned models, or arms such as `run-1/base`.",
        show_default=False,
    ),
]


@app.command()
def push(
    models: Models = None,
    number: Annotated[
        int, typer.Option(min=1, help="How many comparisons wait for people at once, at most.")
    ] = 100,
    question_set: Annotated[
        str,
        typer.Option(
            "--set",
            help="`unseen-wording` or `unseen-source`. The most telling one that there is, if left "
            "out.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Have people say which of two answers is better, in Argilla, without telling whose they are.

    One model alone is compared with the best other arm of its run, no model means the newest run.
    More than two make a ranking. A hash decides which answer is A. Where two gave the same answer
    it is a tie, and nobody is asked. What waits already is not sent twice.

    Needs a server: `curate review serve` starts one. Example: evaluate humans push run-1 run-2
    """
    from eval.humans import arena
    from eval.humans import push as stage

    space = workspace.find()
    chosen = arena.set_named(question_set) if question_set else None
    with workspace.locked(space, "evaluate humans push"), terminal.waiting("choosing answers"):
        done = stage.run(space, models or (), number, chosen)
    for line in stage.account(done):
        terminal.say(line)
    terminal.say_next("evaluate humans pull")


@app.command()
def pull() -> None:
    """Fetch what people said, and show which model they prefer.

    Unfinished work counts as far as it goes. Writes work/humans/votes.jsonl; what was fetched once
    stays. Example: evaluate humans pull
    """
    from eval.humans import pull as stage

    space = workspace.find()
    with workspace.locked(space, "evaluate humans pull"), terminal.waiting("fetching votes"):
        done = stage.run(space)
    terminal.say(f"votes: {done.all} in all, {done.new} new or changed")
    if done.absent:
        terminal.warn(
            f"{done.absent} comparisons that people were to be asked about are not at the server; "
            "`evaluate humans push` sends those again whose answers still stand."
        )
    if not done.all:
        terminal.say(
            "nobody has answered yet; whoever is asked finds the comparisons at the server"
        )
        terminal.say_next("evaluate humans pull")
        return
    _show_rankings(space, ())


@app.command()
def show(models: Models = None) -> None:
    """Show which model people prefer, of what was pulled so far; asks no server.

    The share of comparisons that a model wins, with a 95 % interval over facts, and the same on
    Elo's scale; whether the upper or the longer answer was favoured; how far people agree.

    Example: evaluate humans show run-1 run-2
    """
    _show_rankings(workspace.find(), models or ())


def _show_rankings(space: Workspace, names: Sequence[str]) -> None:
    from eval.humans import ranking, view

    found = ranking.read(space, names)
    if not found:
        raise BadInputError(
            "Nobody has compared answers yet that still stand; `evaluate humans push` asks people, "
            "`evaluate humans pull` fetches what they say."
        )
    for each in found:
        terminal.show(view.table(each))
        for line in view.sentences(each):
            terminal.say(line)
    terminal.say_next("evaluate humans push", "evaluate report")
