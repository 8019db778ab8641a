"""The `curate` command: from your files to a split that a model can learn from."""

from pathlib import Path
from typing import Annotated

import typer

from curation import status as state
from curation.review import cli as review
from data import store, terminal, workspace
from data.errors import BadInputError
from data.records import Drop, Example
from data.workspace import Workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Turn FAQs and Slack exports into a reviewed, split dataset.",
)
app.add_typer(review.app, name="review")


def _print_version(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if asked:
        from importlib.metadata import version

        terminal.say(f"curate {version('gristmill')}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Turn FAQs and Slack exports into a reviewed, split dataset."""


Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Where to write instead of the default file.")
]


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made if missing.")],
) -> None:
    """Make a workspace: a settings file, and folders for what the stages make.

    Example: curate init helpdesk
    """
    space = workspace.create(folder)
    terminal.say(f"{space.shown(space.root / workspace.SETTINGS_FILE)} holds the settings.")
    terminal.say_next(f"cd {folder}", "curate ingest SRC…")


@app.command()
def ingest(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC…", help="Files, folders or zips, in any mix.")
    ],
    kind: Annotated[
        str | None,
        typer.Option(help="What the sources are, where sniffing is wrong: faq, table or slack."),
    ] = None,
    faq_style: Annotated[
        str,
        typer.Option(
            help="How the questions are written, where the wrong ones are found: heading, bold, "
            "prefix, details, term, toggle, columns, numbered, item, line, json-ld, microdata."
        ),
    ] = "",
    disentangle: Annotated[
        bool,
        typer.Option(
            "--disentangle",
            help="Guess which Slack messages outside threads belong together; marked as such.",
        ),
    ] = False,
) -> None:
    """Read sources into passages and question/answer examples, scrubbed of secrets and names.

    Sources that were ingested before stay; one that is named again is replaced.
    Example: curate ingest docs/faq.md acme-slack-export.zip
    """
    from curation import ingest as reader

    space = workspace.find()
    with workspace.locked(space, "curate ingest"), terminal.waiting("reading the sources"):
        done = reader.run(space, sources, kind=kind, faq_style=faq_style, disentangle=disentangle)
    for remark in done.remarks:
        terminal.say(remark)
    terminal.say_counts(done.passages, f"{space.shown(space.passages)}, passages")
    terminal.say_counts(done.ingested, f"{space.shown(space.ingested)}, examples")
    terminal.say_next("curate status", "synth preview", "synth run")


@app.command()
def status() -> None:
    """Show where the workspace stands: counts, drops, what is stale, what to run next."""
    from rich.console import Console
    from rich.table import Table

    from curation import settle as settle_stage
    from data import tickets

    space = workspace.find()
    rows = state.stages(space)
    table = Table("stage", "state", "in", "kept", "dropped", "why", box=None, pad_edge=False)
    colors = {"fresh": "green", "stale": "yellow", "damaged": "red", "missing": "dim"}
    for row in rows:
        shown = f"[{colors[row.state]}]{row.state}[/]"
        made = row.manifest
        if made is None:
            table.add_row(row.name, shown)
            continue
        why = ", ".join(f"{reason} {count}" for reason, count in made.dropped.items())
        total = sum(made.dropped.values())
        table.add_row(row.name, shown, str(made.taken), str(made.kept), str(total), why)
    Console().print(table)
    if asking := tickets.still_open(space):
        terminal.say(
            f"{len(asking)} tickets ask for {sum(each.wanted for each in asking)} new wordings; "
            "`synth run --tickets` writes them"
        )
    if still_open := settle_stage.open_cards(space):
        terminal.say(f"{len(still_open)} conflicts between sources wait for `curate settle`")
    for name in state.stopped(space):
        terminal.say(
            f"run {name} has not come to its end; unless it is at work, `train resume {name}` "
            "goes on with it"
        )
    terminal.say_next(state.next_command(space, rows))


@app.command()
def show(
    key: Annotated[
        str, typer.Argument(metavar="ID", help="The id of a record, or its beginning.")
    ],
) -> None:
    """Show one record with its whole lineage: what it came from and what it turned into.

    Example: curate show 3f2a91c0
    """
    from curation import lineage
    from curation.lineage_view import render

    space = workspace.find()
    terminal.show(render(lineage.trace(space, key), space))


@app.command()
def dedup(output: Output = None) -> None:
    """Drop examples that ask and answer the same as another one: exactly, by letters, by meaning.

    Reads work/ingested.jsonl and work/synthetic.jsonl, writes work/unique.jsonl. Each drop names
    its twin. Example: curate dedup
    """
    from curation import conflicts
    from curation import dedup as stage
    from curation import settle as settle_stage

    space = workspace.find()
    home = output or space.unique
    with workspace.locked(space, "curate dedup"):
        inputs = [path for path in (space.ingested, space.synthetic) if path.exists()]
        rows = [row for path in inputs or [space.ingested] for row in _examples(space, path)]
        with (
            store.StageWriter(
                home,
                "curate dedup",
                inputs=inputs,
                settings={"dedup": space.settings.dedup.model_dump()},
                root=space.root,
            ) as out,
            terminal.waiting(f"comparing {len(rows)} examples"),
        ):
            out.expect(len(rows))
            result = stage.drop_repeats(rows, space.settings.dedup, space.vectors)
            out.add_all(result.outcomes)
        cards_home = space.conflicts if output is None else home.with_suffix(".conflicts.jsonl")
        found = conflicts.find(
            [row for row in result.outcomes if isinstance(row, Example)],
            result.conflicts,
            space.settings.dedup,
            space.vectors,
        )
        with store.StageWriter(
            cards_home, "curate dedup", inputs=[home], settings={}, root=space.root
        ) as cards:
            cards.add_all(found)
    terminal.say_counts(out.done, space.shown(home))
    if output is not None:
        terminal.say(f"{len(found)} conflicts between sources: {space.shown(cards_home)}")
    elif still_open := settle_stage.open_cards(space):
        terminal.say(f"{len(still_open)} conflicts between sources wait for `curate settle`")
    terminal.say_next("curate review policy", "curate review push")


@app.command()
def split() -> None:
    """Lay the examples out by side, withhold probes, and write the leak certificate.

    Reads work/reviewed.jsonl, or work/unique.jsonl where nobody has reviewed yet.
    Example: curate split
    """
    from curation import conflicts, dataset, learnt
    from curation import settle as settle_stage
    from curation import split as stage
    from curation.review import inclusion
    from data import tickets

    space = workspace.find()
    source = space.reviewed if space.reviewed.exists() else space.unique
    if source == space.unique and source.exists():
        terminal.say(
            "work/reviewed.jsonl is not there: the split is made from unreviewed examples."
        )
    with workspace.locked(space, "curate split"):
        rows = _examples(space, source, made_by="curate dedup")
        cards = settle_stage.cards(space)
        sided = (
            [space.conflicts, settle_stage.decisions(space)] if space.conflicts.exists() else []
        )
        with (
            store.StageWriter(
                space.split / "split.jsonl",
                "curate split",
                inputs=[source, *sided],
                settings={
                    "split": space.settings.split.model_dump(),
                    "dedup": space.settings.dedup.model_dump(),
                    "inclusion": space.settings.review.inclusion,
                },
                root=space.root,
            ) as out,
            terminal.waiting(f"comparing {len(rows)} examples across sides"),
        ):
            out.expect(len(rows))
            agreed = list(inclusion.apply(rows, space.settings.review))
            out.add_all(drop for drop in agreed if isinstance(drop, Drop))
            rows = [row for row in agreed if isinstance(row, Example)]
            sound = list(conflicts.set_aside(rows, cards, settle_stage.settled(space)))
            out.add_all(drop for drop in sound if isinstance(drop, Drop))
            rows = [row for row in sound if isinstance(row, Example)]
            pinned = tickets.withheld(space)
            made = stage.lay_out(rows, space.settings, space.vectors, pinned)
            for name, part in made.parts.items():
                out.open_empty(space.split / f"{name}.jsonl")
                for row in part:
                    out.add(row, to=space.split / f"{name}.jsonl")
            out.add_all(made.drops)
            out.attach(space.split / "certificate.json", made.certificate)
        dataset.save(space.split / "dataset", made.parts, made.certificate)
        learnt.remember(space)
    terminal.say_counts(out.done, space.shown(space.split))
    terminal.say(", ".join(f"{name} {len(part)}" for name, part in made.parts.items()))
    if not (made.dev and made.test):
        terminal.say(
            "too few families for a dev and a test side: figures on them will say nothing"
        )
    for rule in made.certificate.rules:
        outcome = f"barred {rule.barred}" if rule.ran else rule.note
        terminal.say(f"leak rule {rule.name}: {outcome}")
    terminal.say_next("train check", "train run")


@app.command()
def settle(
    card: Annotated[
        str, typer.Argument(metavar="[CARD]", help="Id of a card, or its beginning.")
    ] = "",
    keep: Annotated[str, typer.Option(help="Who is right: first, second, both or neither.")] = "",
) -> None:
    """Show where sources contradict one another, and decide who is right.

    Until then both sides stay out of the split. Example: curate settle 3f2a91c0 --keep second
    """
    from curation import settle as stage
    from curation.conflict_view import render

    space = workspace.find()
    if keep and not card:
        raise BadInputError(
            "`--keep` decides about one card: `curate settle CARD --keep first`; `curate settle` lists them."
        )
    if not card:
        still_open = stage.open_cards(space)
        for each in still_open:
            terminal.show(render(each))
        terminal.say(f"{len(still_open)} open conflicts")
        if still_open:
            terminal.say_next(f"curate settle {still_open[0].id[:8]} --keep second")
        return
    with workspace.locked(space, "curate settle"):
        done = stage.settle(space, card, stage.choice(keep))
    terminal.say(f"card {done.id}: {keep} stays")
    terminal.say_next("curate settle", "curate split")


@app.command()
def forget(
    user: Annotated[
        str | None, typer.Option(help="The id of a person in Slack, such as U024BE7LH.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The name of a source, as it opens its locators.")
    ] = None,
) -> None:
    """Take a person or a source out of every file of the workspace, and write a proof.

    Later runs of ingest leave the person's messages out. Example: curate forget --user U024BE7LH
    """
    from curation import forget as stage

    if (user is None) == (source is None):
        raise BadInputError("Name either `--user ID` or `--source NAME`.")
    space = workspace.find()
    with workspace.locked(space, "curate forget"):
        if user is not None:
            proof, path = stage.person(space, user)
        else:
            proof, path = stage.source(space, source or "")
    for name, count in proof.removed.items():
        terminal.say(f"{name}: {count} records removed")
    if proof.asked:
        terminal.say(f"label server: {proof.asked} records deleted")
    for name in proof.deleted:
        terminal.say(f"{name}: deleted")
    for name in proof.runs:
        terminal.say(f"runs/{name}: its weights learnt from this; delete it or train again")
    terminal.say(f"{space.shown(path)} is the proof.")
    terminal.say_next("curate status")


def _examples(space: Workspace, path: Path, made_by: str = "curate ingest SRC…") -> list[Example]:
    terminal.warn_if_stale(path, space.root)
    return list(store.read_stage(path, Example, made_by=made_by))


def main() -> None:
    terminal.run(app)
