"""What people see in the terminal: rows with their mask, and the progress of a run."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from train import chat
from train.chat import Row
from train.checks import Counts
from train.curated import named
from train.runs import Step

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def rows(shown: Sequence[Row], tokenizer: "PreTrainedTokenizerBase") -> None:
    """Each row token by token: green is learnt, dim is only read."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for row in shown:
        console.print(Text(f"{named(row.example)}, {len(row.input_ids)} tokens", style="bold"))
        for span in chat.spans(row):
            tokens = "|".join(_readable(str(tokenizer.decode([token]))) for token in span.tokens)
            label, style = ("learnt", "green") if span.learnt else ("masked", "dim")
            console.print(Text(f"  {label}  {tokens}", style=style), soft_wrap=True)
        console.print()


def counts(counted: Counts, max_length: int) -> str:
    """`rows 512, tokens 43,627, of them learnt 28,101; longest 163 tokens (row …)`."""
    longest = counted.longest
    return (
        f"rows {counted.rows:,}, tokens {counted.tokens:,}, of them learnt {counted.learnt:,}; "
        f"longest {len(longest.input_ids)} tokens ({named(longest.example)}); "
        f"over {max_length} tokens: {counted.over_long}"
    )


@contextmanager
def progress() -> Iterator[Callable[[Step, int], None]]:
    """A bar with the loss beside it, gone when done."""
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

        def on_step(step: Step, of: int) -> None:
            bar.update(task, description=f"loss {step.loss:.3f}", completed=step.step, total=of)

        yield on_step


def _readable(token: str) -> str:
    """Line breaks as a sign; what could move the cursor as its code."""
    signs = token.replace("\n", "↵").replace("\t", "→")
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in signs)
