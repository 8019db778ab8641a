"""How a conflict card looks in a terminal."""

from rich.columns import Columns
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from curation.conflicts import Claim, Conflict


def render(card: Conflict) -> Group:
    """Both claims side by side, below them what differs."""
    head = Text.assemble(
        ("card ", "bold"), (card.id[:8], "bold cyan"), f"  {'; '.join(card.differs)}"
    )
    claims = [_claim("first", card.first), _claim("second", card.second)]
    return Group(head, Columns(claims, equal=True, expand=True))


def _claim(name: str, claim: Claim) -> Panel:
    body = Text.assemble((claim.question, "italic"), "\n\n", claim.answer)
    where = f"{claim.locator} {claim.date}".strip()
    return Panel(body, title=Text(name), subtitle=Text(where), title_align="left", width=60)
