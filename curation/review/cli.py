"""`curate review`: who says an example may be learnt from."""

from typing import Annotated

import typer

from curation.review.server.cli import app as serve
from data import store, terminal, workspace
from data.records import Example
from data.workspace import Workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Decide what may be learnt from: by people in Argilla, or offline by rules.",
)
app.add_typer(serve, name="serve")


@app.command()
def policy() -> None:
    """Accept by rules, with nobody looking; signed `policy`, never as a person.

    Reads work/unique.jsonl, writes work/reviewed.jsonl. Example: curate review policy
    """
    from curation.review import policy as rules

    space = workspace.find()
    with workspace.locked(space, "curate review policy"):
        rows = _unique(space)
        with store.StageWriter(
            space.reviewed,
            "curate review policy",
            inputs=[space.unique],
            settings={"review": space.settings.review.model_dump()},
            root=space.root,
        ) as out:
            out.expect(len(rows))
            out.add_all(rules.review(rows, space.settings.review))
    terminal.say_counts(out.done, f"{space.shown(space.reviewed)}, by rules and not by people")
    terminal.say_next("curate split")


@app.command()
def push(
    budget: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many records wait for people at once, at most.", show_default=False
        ),
    ] = None,
) -> None:
    """Choose what people are asked, and send it to the Argilla server that the settings name.

    First what sources, judges or threads leave in doubt, once for all wordings of an answer; then
    a random share of the rest. What waits already is not sent twice. Disagreements go to the
    adjudicators. Example: curate review push --budget 100
    """
    from curation.review import push as stage

    space = workspace.find()
    settings = space.settings.review
    if budget is not None:
        settings = settings.model_copy(update={"budget": budget})
    with workspace.locked(space, "curate review push"):
        rows = _unique(space)
        with terminal.waiting(f"choosing from {len(rows)} examples"):
            done = stage.run(space, rows, settings)
    for line in stage.account(done):
        terminal.say(line)
    terminal.say_next("curate review pull")


@app.command()
def pull() -> None:
    """Fetch what annotators submitted, and write work/reviewed.jsonl from it.

    Kept and corrected examples stay; rejected ones and those without enough opinions are drops
    with a reason. What was preferred to what goes to work/preferences.jsonl.
    Example: curate review pull
    """
    from curation.review import pull as stage

    space = workspace.find()
    with workspace.locked(space, "curate review pull"):
        rows = _unique(space)
        with terminal.waiting("fetching opinions"):
            done = stage.run(space, rows)
    for line in stage.account(done):
        terminal.say(line)
    terminal.say_counts(done.reviewed, space.shown(space.reviewed))
    terminal.say_next(*(["curate review push"] if done.disputed else []), "curate split")


@app.command()
def agreement() -> None:
    """Show how far annotators agree, how well they know what is known, and how they change.

    Reads what was pulled and asks no server; writes work/review/agreement.json for the report.
    Example: curate review agreement
    """
    from curation.review import agreement as stage
    from curation.review import agreement_view

    space = workspace.find()
    with workspace.locked(space, "curate review agreement"):
        found = stage.run(space)
    for part in agreement_view.render(found):
        terminal.show(part)
    terminal.say_next("curate review push", "curate split")


def _unique(space: Workspace) -> list[Example]:
    terminal.warn_if_stale(space.unique, space.root)
    return list(store.read_stage(space.unique, Example, made_by="curate dedup"))
