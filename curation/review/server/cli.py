"""`curate review serve`: Argilla on this machine, with one command."""

import webbrowser
from typing import Annotated

import typer

from data import terminal, workspace
from data.errors import BadInputError

app = typer.Typer(
    invoke_without_command=True,
    help="Start Argilla's server and screen for this workspace; no Docker, nothing to configure.",
)
users = typer.Typer(no_args_is_help=True, help="Who may sign in at this workspace's server.")
app.add_typer(users, name="users")


@app.callback()
def serve(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Refuse any other; else a free one.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Start Argilla's server and screen for this workspace, or say where they run.

    The first time installs the server into your cache. It listens on this machine only.
    Example: curate review serve --open
    """
    if context.invoked_subcommand:
        return
    from curation.review.server import process

    space = workspace.find()
    if space.settings.review.url:
        raise BadInputError(
            f"gristmill.toml names the server {space.settings.review.url}; take `url` out of "
            "[review] to have one on this machine."
        )
    started = process.start(space, port)
    ran = "runs already" if started.ran_before else "is ready"
    terminal.say(f"Argilla {ran} at {started.server.url}")
    for person in started.new_people:
        terminal.say(f"sign in as {person.name}, password {person.password}")
    if started.new_people:
        shown = space.shown(process.folder_of(space) / "credentials.json")
        terminal.say(f"Shown once; {shown} keeps them, for your eyes only.")
    terminal.say_next("curate review push", "curate review serve stop")
    if open_:
        webbrowser.open(started.server.url)


@app.command()
def status() -> None:
    """Say whether the server runs, where, and who may sign in.

    Example: curate review serve status
    """
    from curation.review.server import accounts, process

    folder = process.folder_of(workspace.find())
    running = process.find(folder)
    if running is None:
        terminal.say("The review server of this workspace does not run.")
        terminal.say_next("curate review serve")
        return
    names = ", ".join(f"{user.name} ({user.role})" for user in accounts.load(folder).users)
    terminal.say(f"Argilla runs at {running.url}, process {running.pid}")
    terminal.say(f"users: {names}")


@app.command()
def stop() -> None:
    """Stop the server; labels and accounts stay.

    Example: curate review serve stop
    """
    from curation.review.server import process

    ran = process.stop(process.folder_of(workspace.find()))
    terminal.say("Stopped; labels and accounts stay." if ran else "It did not run.")
    terminal.say_next("curate review serve")


@app.command()
def logs(
    lines: Annotated[int, typer.Option(min=1, help="How many of the last lines.")] = 50,
) -> None:
    """Print the end of what the server wrote.

    Example: curate review serve logs --lines 200
    """
    from curation.review.server import process

    path = process.folder_of(workspace.find()) / "server.log"
    if not path.exists():
        raise BadInputError(f"{path} is not there; the server of this workspace never ran.")
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]:
        terminal.say(line)


@users.command()
def add(
    name: Annotated[str, typer.Argument(help="What they type to sign in.")],
    role: Annotated[
        str, typer.Option(help="annotator, admin or owner; an owner may do everything.")
    ] = "annotator",
) -> None:
    """Let one more person sign in, with a password that is shown once.

    Example: curate review serve users add maria
    """
    from curation.review.server import enrolment

    space = workspace.find()
    person = enrolment.add(space, name, role)
    terminal.say(f"sign in as {person.name}, password {person.password}")
    terminal.say_next("curate review serve status")
