"""`curate review`: who says an example may be learnt from."""

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
def push() -> None:
    """Send the examples to Argilla, to the server that the settings name.

    An example that is there already is not sent twice. Example: curate review push
    """
    from curation.review import queue

    space = workspace.find()
    with workspace.locked(space, "curate review push"):
        rows = _unique(space)
        with terminal.waiting(f"sending {len(rows)} examples"):
            where = queue.push(rows, space)
    terminal.say(f"{len(rows)} examples wait at {where}")
    terminal.say_next("curate review pull")


@app.command()
def pull() -> None:
    """Fetch what annotators submitted, and write work/reviewed.jsonl from it.

    Kept and corrected examples stay; rejected ones and those without enough opinions are drops
    with a reason. Example: curate review pull
    """
    from curation.review import decide, queue

    space = workspace.find()
    with workspace.locked(space, "curate review pull"):
        rows = _unique(space)
        with (
            store.StageWriter(
                space.reviewed,
                "curate review pull",
                inputs=[space.unique],
                settings={"review": space.settings.review.model_dump()},
                root=space.root,
            ) as out,
            terminal.waiting("fetching opinions"),
        ):
            out.expect(len(rows))
            out.add_all(decide.decide(rows, queue.pull(space), space.settings.review))
    terminal.say_counts(out.done, space.shown(space.reviewed))
    terminal.say_next("curate split")


def _unique(space: Workspace) -> list[Example]:
    terminal.warn_if_stale(space.unique, space.root)
    return list(store.read_stage(space.unique, Example, made_by="curate dedup"))
