"""What an export was compared with, and how it came out: kept beside it, and printed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.records import Record

if TYPE_CHECKING:
    from rich.table import Table


class Claim(Record, frozen=True):
    """One thing that must be so of an export, and what was found."""

    claim: str
    measured: str
    """What was found; where the claim was not looked at, why not."""
    bound: str = ""
    """What it must keep to; empty where the figure is only reported."""
    holds: bool | None = True
    """None where it was not looked at."""

    @property
    def verdict(self) -> str:
        if self.holds is None:
            return "not run"
        if not self.holds:
            return "FAILS"
        return "holds" if self.bound else "reported"


def not_run(claim: str, why: str) -> Claim:
    return Claim(claim, why, holds=None)


class Proof(Record, frozen=True):
    """`proof.json`."""

    run: str
    kind: str
    made: str
    """UTC, ISO 8601."""
    base_hash: str
    probes: int
    """Texts that were compared."""
    claims: tuple[Claim, ...]
    files: dict[str, str]
    """Their SHA-256, by name."""
    versions: dict[str, str]

    @property
    def failed(self) -> list[Claim]:
        return [claim for claim in self.claims if claim.holds is False]


def markdown(claims: Sequence[Claim]) -> str:
    """The claims as a table."""
    lines = ["| claim | measured | bound | |", "|---|---|---|---|"]
    for each in claims:
        cells = (each.claim, each.measured, each.bound, each.verdict)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def table(claims: Sequence[Claim]) -> "Table":
    """The claims for the terminal."""
    from rich.table import Table
    from rich.text import Text

    colours = {"holds": "green", "reported": "cyan", "not run": "yellow", "FAILS": "red"}
    made = Table(box=None, header_style="bold")
    for name in ("claim", "measured", "bound", ""):
        made.add_column(name)
    for each in claims:
        verdict = Text(each.verdict, style=colours[each.verdict])
        made.add_row(Text(each.claim), Text(each.measured), Text(each.bound), verdict)
    return made
