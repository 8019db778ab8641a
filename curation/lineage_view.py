"""How a lineage looks in a terminal."""

from collections import Counter

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

from curation.lineage import Lineage, Station
from data.records import Answer, Drop, Example, Finding, Passage
from data.workspace import Workspace


def render(lineage: Lineage, space: Workspace) -> Group:
    """The record, above it what it came from, below it what it turned into."""
    record = lineage.record
    above = Tree(Text("came from", style="bold"))
    for ancestor in lineage.ancestors:
        above.add(_line(ancestor))
    below = Tree(Text("turned into", style="bold"))
    for descendant in lineage.descendants:
        below.add(_line(descendant))
    met = Tree(Text("stands in", style="bold"))
    for shown, times in Counter(_station(each, space) for each in lineage.stations).items():
        met.add(Text(f"{shown} ({times} times)" if times > 1 else shown))
    title = Text(f"{type(record).__name__} {record.id}")
    panel = Panel(_body(record), title=title, title_align="left")
    parts: list[RenderableType] = [panel, _facts(record)]
    parts += [tree for tree in (above, below, met) if tree.children]
    return Group(*parts)


def _body(record: Passage | Example) -> Text:
    if isinstance(record, Example):
        shown = "\n".join(f"{turn.role}: {turn.content}" for turn in record.messages)
        return Text(shown or record.text)
    turns = "\n".join(f"{turn.speaker}: {turn.text}" for turn in record.turns)
    return Text(f"{record.title}\n\n{record.text or turns}")


def _facts(record: Passage | Example) -> Text:
    origin = record.origin
    facts = [f"found at {origin.locator}", f"family {record.family}", f"side {record.side}"]
    if origin.recipe:
        facts.append(f"recipe {origin.recipe}")
    if origin.teacher:
        facts.append(f"teacher {origin.teacher}")
    if isinstance(record, Example):
        facts += [f"{review.verdict} by {review.annotator}" for review in record.reviews]
    return Text(" · ".join(facts), style="dim")


def _line(record: Passage | Example) -> Text:
    what = record.question if isinstance(record, Example) else record.title
    made = f"by {record.origin.teacher}" if record.origin.teacher else record.origin.locator
    return Text.assemble(
        (record.id, "cyan"), f"  {_short(what)}  ", (f"{type(record).__name__}, {made}", "dim")
    )


def _station(station: Station, space: Workspace) -> str:
    where = station.path.relative_to(space.root)
    record = station.record
    if isinstance(record, Drop):
        return f"{where}: dropped, {record.reason}. {record.evidence}"
    if isinstance(record, Answer):
        return f"{where}: {record.arm} answered “{_short(record.text)}”"
    if isinstance(record, Finding):
        return f"{where}: {record.check} in {record.arm}: {_short(record.evidence)}"
    return str(where)


def _short(text: str, width: int = 90) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= width else plain[: width - 1] + "…"
