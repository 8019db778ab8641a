"""What people see in the terminal: rows with their mask, and the progress of a run."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from train import chat
from train.chat import Row
from train.checks import Counts
from train.curated import named
from train.job import Begun, Stepped
from train.runs import Step

if TYPE_CHECKING:
    from rich.table import Table
    from transformers import PreTrainedTokenizerBase

    from data.training import Preset
    from train.checks import Check
    from train.forecast import Forecast
    from train.job import Event
    from train.runs import RunManifest

KEY = {"rewards/margins": "margin", "accuracy": "accuracy", "reward": "reward"}
"""What says more than the loss, where a method measures it."""


LONGEST_SPAN = 400
"""Tokens of one span that the terminal shows; the page shows more."""
COLOURS = {"pass": "green", "warn": "yellow", "fail": "red"}


def rows(shown: Sequence[Row], tokenizer: "PreTrainedTokenizerBase") -> None:
    """Each row token by token: green is learnt, dim is only read."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for row in shown:
        rejected = "" if row.wanted else ", the rejected answer"
        title = f"{named(row.example)}, {len(row.input_ids)} tokens{rejected}"
        console.print(Text(title, style="bold"))
        for span in chat.spans(row):
            label, style = ("learnt", "green") if span.learnt else ("masked", "dim")
            tokens = _tokens(span.tokens, tokenizer)
            console.print(Text(f"  {label}  {tokens}", style=style), soft_wrap=True)
        console.print()


def checks(found: "Sequence[Check]") -> "Table":
    """One row a check: its verdict, what was found, and what to do."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("check")
    table.add_column("", no_wrap=True)
    table.add_column("found", overflow="fold")
    for check in found:
        verdict = Text(check.state, style=COLOURS[check.state])
        table.add_row(Text(check.name), verdict, Text(f"{check.found} {check.todo}".strip()))
    return table


def counts(counted: Counts, max_length: int) -> str:
    """`rows 512, tokens 43,627, of them learnt 28,101; longest 163 tokens (row …)`."""
    longest = counted.longest
    return (
        f"rows {counted.rows:,}, tokens {counted.tokens:,}, of them learnt {counted.learnt:,}; "
        f"longest {len(longest.input_ids)} tokens ({named(longest.example)}); "
        f"over {max_length} tokens: {counted.over_long}"
    )


def presets(known: "Sequence[Preset]") -> "Table":
    """One row a preset: its name, and for whom it is."""
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column("preset", no_wrap=True)
    table.add_column("for")
    for preset in known:
        table.add_row(preset.name, preset.why)
    return table


def forecast(made: "Forecast") -> "Table":
    """Memory by term, then rows, steps and time."""
    from rich.table import Table

    from train.plan import gib

    table = Table(box=None, show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, size in made.plan.need._asdict().items() if made.plan.need else ():
        table.add_row(name, gib(size))
    if made.plan.need:
        table.add_row("in all", gib(made.plan.need.total))
        table.add_row(f"free on {made.on.gpu}", gib(made.on.free))
    table.add_row("rows", f"{made.counts.rows:,}")
    table.add_row("tokens in all passes", f"{made.tokens:,}")
    table.add_row("steps", f"{made.steps:,}")
    time = (
        f"about {made.seconds / 60:,.1f} minutes" if made.seconds else "unknown before a first run"
    )
    table.add_row("time", time)
    return table


@contextmanager
def progress() -> "Iterator[Callable[[Event], None]]":
    """A bar with loss, speed and memory beside it, gone when done."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("getting ready", total=None)

        def hear(event: "Event") -> None:
            if isinstance(event, Begun):
                for reason in event.reasons:
                    console.print(reason, highlight=False, markup=False)
                for warning in event.warnings:
                    console.print(warning, style="yellow", highlight=False, markup=False)
                bar.update(task, description=f"{event.rows} rows, by {event.backend}")
            elif isinstance(event, Stepped):
                step = event.step
                bar.update(task, description=_doing(step), completed=step.step, total=event.of)

        yield hear


def found(made: "RunManifest") -> "Iterator[str]":
    """What a method measured of itself, a line each, where it says more than the loss."""
    for name, share in made.figures.items():
        if name.startswith("recall") and f"{name} before" in made.figures:
            yield f"{name} of withheld wordings: {made.figures[f'{name} before']:.0%} before, {share:.0%} now"
    for key, name in KEY.items():
        if key in made.figures:
            yield f"{name} at the end: {made.figures[key]:.3f}"


def after(made: "RunManifest") -> str:
    """What to do with the run."""
    if made.method == "embedder":
        return f'embedder = "runs/{made.name}" under [dedup], then `curate dedup`'
    if made.method == "reward":
        return f'reward_run = "{made.name}" under [train.rewards], then `train run --preset grpo`'
    return f"evaluate run {made.name}"


def _doing(step: Step) -> str:
    """`loss 1.204, lr 4.8e-03, 5,120 tokens/s, 6.7 GiB`."""
    speed = step.tokens / step.seconds if step.seconds else 0
    memory = f", {step.memory_gib:.1f} GiB" if step.memory_gib else ""
    said = [f"{name} {step.figures[key]:.3f}" for key, name in KEY.items() if key in step.figures]
    also = f", {said[0]}" if said else ""
    return f"loss {step.loss:.3f}{also}, lr {step.lr:.1e}, {speed:,.0f} tokens/s{memory}"


def _tokens(ids: list[int], tokenizer: "PreTrainedTokenizerBase") -> str:
    """Tokens with a bar between them; the middle of a very long span is left out."""
    words = [readable(str(tokenizer.decode([token]))) for token in ids]
    left_out = len(words) - LONGEST_SPAN
    if left_out > 0:
        half = LONGEST_SPAN // 2
        words[half:-half] = [f" … {left_out:,} more tokens … "]
    return "|".join(words)


def readable(token: str) -> str:
    """Line breaks as a sign; what could move the cursor as its code."""
    signs = token.replace("\n", "↵").replace("\t", "→")
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in signs)
