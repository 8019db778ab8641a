"""`evaluate code`: what people call the errors."""

from pathlib import Path
from typing import Annotated

import typer

from data import store, terminal, workspace
from data.errors import BadInputError
from data.workspace import Workspace
from train.options import RunName, run_folder

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="What people call the errors.",
)


@app.command()
def export(
    name: RunName = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to write the sheet, as .csv or .jsonl. reports/RUN.errors.csv if left out.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the wrong answers as a sheet in which people name what is wrong with each.

    Fill in `labels` (several with `;` between them), `note` and `coder` in any spreadsheet. Begin at
    the top: the first lines are a random sample. A sheet that is there already is never
    overwritten. The report can code too, by keyboard; `evaluate code import` takes both.

    Example: evaluate code export run-1
    """
    from eval.coding import sheet

    space = workspace.find()
    folder = run_folder(space, name)
    path = output or space.reports / f"{folder.name}.errors.csv"
    if path.suffix not in (".csv", ".jsonl"):
        raise BadInputError(f"{path}: a sheet is .csv or .jsonl.")
    if path.exists():
        raise BadInputError(
            f"{space.shown(path)} is there already, perhaps with somebody's codes; import it by "
            f"`evaluate code import {space.shown(path)}`, or write another by `-o`."
        )
    errors = sheet.errors_of(space, folder)
    store.write_bytes(path, sheet.write(errors, path.suffix))
    terminal.say(f"sheet: {space.shown(path)}, {len(errors)} wrong answers to code")
    terminal.say_next(f"evaluate code import {space.shown(path)} --coder NAME --new")


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(help="Filled-in sheets, or what the report exported.", show_default=False),
    ],
    coder: Annotated[
        str, typer.Option(help="Whose codes these are, where a line does not say.")
    ] = "",
    new: Annotated[
        bool,
        typer.Option(
            "--new", help="Write labels that codes.toml does not know into it: open coding."
        ),
    ] = False,
) -> None:
    """Take in what people called the errors, and count it.

    Labels must be codes of codes.toml, which gives each a category and a meaning; `--new` adds those
    that are not. A line without label and note is not coded yet. The same file again changes
    nothing; of two words of one coder the later one counts. All files are taken, or none.

    Says how likely the next error shows something new, and how far coders agree.

    Example: evaluate code import ann.csv run-1.codes.jsonl --new
    """
    from eval.coding import codings, view

    space = workspace.find()
    with workspace.locked(space, "evaluate code import"):
        done = codings.bring_in(space, files, coder, open_coding=new)
    for line in view.account(done):
        terminal.say(line)
    for run in done.runs:
        _show_codes(space, run)
    terminal.say_next(f"evaluate report {done.runs[0]}" if done.runs else "evaluate code export")


def _show_codes(space: Workspace, run: str) -> None:
    from eval.coding import counts, sheet, view

    try:
        errors = sheet.errors_of(space, run_folder(space, run))
    except BadInputError as why:
        terminal.warn(f"The codes of {run} are kept and cannot be counted now. {why}")
        return
    found = counts.of_run(space, run, (each.item.id for each in errors))
    if found and found.coders:
        terminal.show(view.table(found))
        for line in view.sentences(found):
            terminal.say(line)
