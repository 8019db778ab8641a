"""How the four commands speak: errors in one sentence, progress, counts, what to type next."""

import errno
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from data import store
from data.errors import GristmillError
from data.store import Manifest

if TYPE_CHECKING:
    from rich.console import RenderableType

T = TypeVar("T")

OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES}
"""Failures to write that only the user can mend: a full disk, a quota, a folder not allowed."""


def run(app: typer.Typer) -> None:
    """Run a command line. A user's error is one sentence and exit code 2; Ctrl-C is 130."""
    try:
        app()
    except GristmillError as error:
        typer.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(2)
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        where = f"{error.filename}: " if error.filename else ""
        typer.secho(
            f"Error: {where}{error.strerror}. Make room or allow writing, and run the command again; "
            "what was there before is unchanged.",
            fg="red",
            err=True,
        )
        sys.exit(2)
    except SystemExit as stop:
        if stop.code == 130:
            typer.secho("Stopped. What was there before is unchanged.", fg="yellow", err=True)
        raise


def say(text: str = "") -> None:
    typer.echo(text)


def warn(text: str) -> None:
    """Say what is worth a second look, and go on."""
    typer.secho(text, fg="yellow", err=True)


def show(what: "RenderableType") -> None:
    """Print a table, a tree or a panel."""
    from rich.console import Console

    Console().print(what)


def warn_if_stale(path: Path, root: Path) -> None:
    """Say when a stage reads what is older than its own sources, or was edited by hand."""
    state = store.freshness(path, root)
    if state in ("stale", "damaged"):
        reason = "older than what it is made from" if state == "stale" else "not as it was written"
        note = f"{path.name} is {reason}; `curate status` shows what to run again."
        warn(note)


def say_counts(manifest: Manifest, what: str) -> None:
    """`examples: kept 812, dropped 63: no-answer 41, bot-message 22`."""
    typer.echo(f"{what}: {counts(manifest)}")


def counts(manifest: Manifest) -> str:
    """The conservation law in words."""
    total = sum(manifest.dropped.values())
    reasons = ", ".join(f"{reason} {count}" for reason, count in manifest.dropped.items())
    return f"kept {manifest.kept}, dropped {total}" + (f": {reasons}" if reasons else "")


def say_next(*commands: str) -> None:
    """Suggest what to type next."""
    typer.secho(f"next: {'  |  '.join(commands)}", fg="cyan")


def tracked(items: Iterable[T], description: str, total: int | None = None) -> Iterator[T]:
    """Hand out the items behind a progress bar, which disappears when done."""
    from rich.console import Console
    from rich.progress import track

    size = len(items) if total is None and isinstance(items, Sequence) else total
    console = Console(stderr=True)
    yield from track(
        items,
        description,
        total=size,
        console=console,
        transient=True,
        disable=not sys.stderr.isatty(),
    )


@contextmanager
def waiting(description: str) -> Iterator[None]:
    """Show that something of unknown length is going on."""
    from rich.console import Console

    with Console(stderr=True).status(description):
        yield
