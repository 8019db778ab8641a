"""The `synth` command: other words for what your sources already answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data import store, terminal, workspace
from data.errors import BadInputError
from data.records import Example, Ticket
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


ForTickets = Annotated[
    bool,
    typer.Option("--tickets", help="Also what open tickets of the last error report ask for."),
]


WithPlacebo = Annotated[
    bool,
    typer.Option(
        "--placebo",
        help="With --tickets: also rows about facts drawn by lot, so that the next evaluation can "
        "tell what the tickets gained beyond what any rows gain.",
    ),
]


@app.command()
def preview(
    source: Input = None,
    count: Annotated[int, typer.Option("-n", help="How many prompts to show.")] = 2,
    *,
    tickets: ForTickets = False,
    placebo: WithPlacebo = False,
) -> None:
    """Show the first prompts and how many there would be. Asks nobody, spends nothing.

    With --tickets those of the tickets come first. Example: synth preview -n 3
    """
    space = workspace.find()
    asked = _requests(space, source, with_open=tickets, with_placebo=placebo)
    prompts = [*asked.ordered, *asked.ordinary] if tickets else [*asked.ordinary, *asked.ordered]
    for request in prompts[:count]:
        for message in request.messages:
            terminal.say(f"[{message.role}] {message.content}\n")
    words = sum(len(message.content.split()) for r in prompts for message in r.messages)
    terminal.say(
        f"{len(prompts)} prompts of about {words} words in all, "
        f"{space.settings.synth.rewordings} wordings each, by recipe {asked.recipe.stamp}, "
        f"to {_destination(space)}."
    )
    if asked.ordered:
        wanted = sum(request.count for request in asked.ordered)
        terminal.say(f"{len(asked.ordered)} of them are for tickets, {wanted} wordings in all.")
    flags = f"{' --tickets' if tickets else ''}{' --placebo' if placebo else ''}"
    terminal.say_next(f"synth run{flags}")


@app.command()
def run(
    source: Input = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Where to write; default work/synthetic.jsonl."),
    ] = None,
    *,
    tickets: ForTickets = False,
    placebo: WithPlacebo = False,
) -> None:
    """Write the new wordings: for each example of the train side, as many as the settings ask for.

    Answers are taken over word for word. Replies are kept in work/ledger.sqlite, so that a run
    that was stopped asks only for what is missing. With --tickets also what the last error
    report asks for; later runs keep those rows. Example: synth run
    """
    from data import ledger
    from data import tickets as kept_tickets
    from synth import generate, orders, teacher

    space = workspace.find()
    with workspace.locked(space, "synth run"), ledger.opened(space.ledger) as book:
        asked = _requests(space, source, with_open=tickets, with_placebo=placebo)
        writer = teacher.choose(space.settings.teacher, book)
        keep_pii = space.settings.ingest.pii == "keep"
        home = out or space.synthetic
        with store.StageWriter(
            home,
            "synth run",
            inputs=[source or space.ingested],
            settings={
                "synth": space.settings.synth.model_dump(),
                "teacher": space.settings.teacher.model_dump(),
                "recipe": asked.recipe.stamp,
            },
            root=space.root,
        ) as stage:
            total = sum(request.count for request in (*asked.ordinary, *asked.ordered))
            stage.expect(total)
            made = orders.write(
                generate.write(asked.ordinary, asked.recipe, writer, keep_pii=keep_pii),
                asked.ordered,
                asked.examples,
                lambda some: generate.write(some, asked.further, writer, keep_pii=keep_pii),
            )
            stage.add_all(terminal.tracked(made, "writing wordings", total))
            stage.details["calls of unknown outcome"] = book.unknown()
        if home == space.synthetic:
            filled = orders.filled(kept_tickets.read(space), store.read(home, Example))
            kept_tickets.write(space, filled)
    terminal.say_counts(stage.done, f"{space.shown(home)}, wordings by {writer.name}")
    for ticket in filled if tickets and home == space.synthetic else ():
        if ticket.state == "filled" or (ticket.state == "open" and not ticket.placebo):
            terminal.say(_answered(ticket))
    terminal.say_next("curate dedup")


def _answered(ticket: Ticket) -> str:
    kind = "placebo" if ticket.placebo else "ticket"
    told = f"{kind} {ticket.id} ({ticket.slice}): {ticket.made} of {ticket.wanted} wordings"
    if ticket.made:
        return told
    return f"{told}; it stays open. Its sources are gone, or the teacher has no further words."


@dataclass(frozen=True)
class _Asked:
    """All that one run asks a teacher for."""

    examples: list[Example]
    recipe: "Recipe"
    ordinary: "list[Request]"
    further: "Recipe"
    """The recipe for tickets."""
    ordered: "list[Request]"
    """What tickets want."""


def _requests(
    space: Workspace, source: Path | None, *, with_open: bool, with_placebo: bool
) -> _Asked:
    from data import tickets
    from synth import generate, orders, recipe

    path = source or space.ingested
    chosen, further = recipe.load(space.settings.synth.recipe), recipe.load(orders.RECIPE)
    examples = list(store.read_stage(path, Example, made_by="curate ingest SRC…"))
    asked = generate.requests(examples, chosen, space.settings.synth.rewordings)
    if not asked:
        raise BadInputError(
            f"{path} holds no question with an answer on the train side; "
            "`curate ingest SRC…` with more sources makes some."
        )
    known = tickets.read(space)
    if with_open and not tickets.still_open(space):
        raise BadInputError(
            "No ticket is open; `evaluate report` opens them where wrong answers ask for data."
        )
    if with_placebo:
        _refuse_no_placebo(known, with_open=with_open)
    wanted = [
        each
        for each in known
        if each.state != "open" or (with_placebo if each.placebo else with_open)
    ]
    return _Asked(examples, chosen, asked, further, orders.requests(wanted, examples, further))


def _refuse_no_placebo(tickets: Sequence[Ticket], *, with_open: bool) -> None:
    if not with_open:
        raise BadInputError("--placebo goes with --tickets: it is what they are held against.")
    if not any(each.placebo and each.state == "open" for each in tickets):
        raise BadInputError(
            "There is no placebo: the open tickets ask for all facts that were answered wrong, or "
            "for all but four of them. Leave --placebo out."
        )


def _destination(space: Workspace) -> str:
    settings = space.settings.teacher
    if settings.kind == "template":
        return "the built-in template teacher (no model, nothing leaves this machine)"
    return f"{settings.model} at {settings.base_url}"


def main() -> None:
    terminal.run(app)
