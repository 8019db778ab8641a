"""The `train` command line."""

from pathlib import Path
from typing import Annotated

import typer

from data import store, terminal, workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tune a small model on the curated split, after showing what it will learn from.",
)

Split = Annotated[
    Path | None,
    typer.Option("--input", "-i", help="Folder of the curated split.", show_default="work/split"),
]


@app.command()
def check(
    split: Split = None,
    rows: Annotated[int, typer.Option(min=0, help="How many rows to show token by token.")] = 2,
    row: Annotated[
        str,
        typer.Option(
            help="Id of one row to show instead, as an error names it.", show_default=False
        ),
    ] = "",
) -> None:
    """Show what the model would learn from, and refuse what would spoil it.

    Green tokens are learnt, dim ones are only read. Nothing is trained or written.

    Example: train check --rows 5
    """
    from train import checks, session, show

    space = workspace.find()
    max_length = space.settings.train.max_length
    prepared = session.prepare(space, split or space.split)
    show.rows(session.choose(prepared, rows, row), prepared.base.tokenizer)
    terminal.say(show.counts(checks.count(prepared.rows, max_length), max_length))
    session.refuse(prepared, max_length)
    terminal.say("All checks passed.")
    terminal.say_next("train run")


@app.command()
def run(
    name: Annotated[
        str,
        typer.Option(
            help="Name of the run and of its folder in runs/; a name is used once.",
            show_default="run-1, run-2, …",
        ),
    ] = "",
    split: Split = None,
) -> None:
    """Tune the model on the curated split and write the run to runs/NAME.

    Model and numbers stand in the section `train` of gristmill.toml.
    What `train check` refuses is refused here too. Ctrl-C leaves nothing behind.

    Example: train run --name first
    """
    from train import curated, runs, session, show

    space = workspace.find()
    folder = split or space.split
    if store.read_manifest(curated.stage(folder)):
        terminal.warn_if_stale(curated.stage(folder), space.root)
    with workspace.locked(space, "train run"), show.progress() as on_step:
        made = session.run(space, name or runs.next_name(space), folder, on_step)
    terminal.say(
        f"{space.shown(space.runs / made.name)}: {made.rows} rows, {made.steps} steps, "
        f"{made.seconds:.0f} s, loss {made.final_loss:.3f}; its README.md tells the rest."
    )
    terminal.say_next(f"evaluate run {made.name}")


def main() -> None:
    terminal.run(app)
