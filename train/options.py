"""What the commands that take a run share."""

from pathlib import Path
from typing import Annotated

import typer

from data.workspace import Workspace

RunName = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN",
        help="Name of a folder in runs/. The newest run if left out.",
        show_default=False,
    ),
]


def run_folder(space: Workspace, name: str | None) -> Path:
    """The folder of the run that is named, or else of the newest."""
    from train import runs

    return runs.chosen(space, name)
