"""The `synth` command: other words for what your sources already answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data import store, terminal, workspace
from data.errors import BadInputError
from data.records import Example
from data.workspace import Workspace

if TYPE_CHECKING:
    from synth.recipe import Recipe
    from synth.teacher import Request

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Let a teacher write new wordings of the questions that your sources answer.",
)

Input = Annotated[
    Path | None,
    typer.Option("-i", "--input", help="The examples to start from; default work/ingested.jsonl."),
]


@app.command()
def preview(
    source: Input = None,
    count: Annotated[int, typer.Option("-n", help="How many prompts to show.")] = 2,
) -> None:
    """Show the first prompts and how many there would be. Asks nobody, spends nothing.

    Example: synth preview -n 3
    """
    space = workspace.find()
    chosen, asked = _requests(space, source)
    for request in asked[:count]:
        for message in request.messages:
            terminal.say(f"[{message.role}] {message.content}\n")
    words = sum(len(message.content.split()) for r in asked for message in r.messages)
    settings = space.settings
    terminal.say(
        f"{len(asked)} prompts of about {words} words in all, {settings.synth.rewordings} wordings "
        f"each, by recipe {chosen.stamp}, to {_destination(space)}."
    )
    terminal.say_next("synth run")


@app.command()
def run(
    source: Input = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Where to write; default work/synthetic.jsonl."),
    ] = None,
) -> None:
    """Write the new wordings: for each example of the train side, as many as the settings ask for.

    Answers are taken over word for word. Replies are kept in work/ledger.sqlite, so that a run
    that was stopped asks only for what is missing. Example: synth run
    """
    from data import ledger
    from synth import generate, teacher

    space = workspace.find()
    with workspace.locked(space, "synth run"), ledger.opened(space.ledger) as book:
        chosen, asked = _requests(space, source)
        writer = teacher.choose(space.settings.teacher, book)
        home = out or space.synthetic
        with store.StageWriter(
            home,
            "synth run",
            inputs=[source or space.ingested],
            settings={
                "synth": space.settings.synth.model_dump(),
                "teacher": space.settings.teacher.model_dump(),
                "recipe": chosen.stamp,
            },
            root=space.root,
        ) as stage:
            total = sum(request.count for request in asked)
            stage.expect(total)
            keep_pii = space.settings.ingest.pii == "keep"
            made = generate.write(asked, chosen, writer, keep_pii=keep_pii)
            stage.add_all(terminal.tracked(made, "writing wordings", total))
            stage.details["calls of unknown outcome"] = book.unknown()
    terminal.say_counts(stage.done, f"{space.shown(home)}, wordings by {writer.name}")
    terminal.say_next("curate dedup")


def _requests(space: Workspace, source: Path | None) -> "tuple[Recipe, list[Request]]":
    from synth import generate, recipe

    path = source or space.ingested
    chosen = recipe.load(space.settings.synth.recipe)
    examples = store.read_stage(path, Example, made_by="curate ingest SRC…")
    asked = generate.requests(examples, chosen, space.settings.synth.rewordings)
    if not asked:
        raise BadInputError(
            f"{path} holds no question with an answer on the train side; "
            "`curate ingest SRC…` with more sources makes some."
        )
    return chosen, asked


def _destination(space: Workspace) -> str:
    settings = space.settings.teacher
    if settings.kind == "template":
        return "the built-in template teacher (no model, nothing leaves this machine)"
    return f"{settings.model} at {settings.base_url}"


def main() -> None:
    terminal.run(app)
