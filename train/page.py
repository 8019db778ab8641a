"""What `train check` found, as one page that needs nothing else: no script, no font, no network."""

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, StrictUndefined

from train import chat, show
from train.chat import MASKED, Row
from train.checks import Check
from train.curated import named

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from train.session import Prepared

ROWS, TOKENS = 50, 4000
"""Rows on a page, and tokens of each."""


class Token(NamedTuple):
    text: str
    id: int
    learnt: bool


class Shown(NamedTuple):
    """One row as the page shows it."""

    name: str
    length: int
    tokens: list[Token]


def write(
    prepared: "Prepared", chosen: Sequence[Row], found: Sequence[Check], counted: str
) -> str:
    """The page: the table of checks, then the chosen rows and the first others."""
    others = [row for row in prepared.rows if row not in chosen]
    shown = [*chosen, *others[: max(0, ROWS - len(chosen))]]
    source = (files("train") / "templates" / "check.html.jinja").read_text(encoding="utf-8")
    template = Environment(undefined=StrictUndefined, autoescape=True).from_string(source)
    return template.render(
        base=prepared.base.name,
        checks=found,
        counted=counted,
        rows=[_shown(row, prepared.base.tokenizer) for row in shown],
        left_out=len(prepared.rows) - len(shown),
        template_text=str(prepared.base.tokenizer.chat_template),
        template_hash=chat.template_hash(prepared.base.tokenizer),
    )


def _shown(row: Row, tokenizer: "PreTrainedTokenizerBase") -> Shown:
    pairs = zip(row.input_ids[:TOKENS], row.labels, strict=False)
    tokens = [
        Token(show.readable(str(tokenizer.decode([token]))), token, label != MASKED)
        for token, label in pairs
    ]
    return Shown(named(row.example), len(row.input_ids), tokens)
