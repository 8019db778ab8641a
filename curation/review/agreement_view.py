"""Agreement as tables in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curation.review.agreement import Agreement, Annotator

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

READING = "alpha: 1 is perfect, 0 is chance; below .67 do not rely on it, from .80 on you may"


def render(found: Agreement) -> Iterator["RenderableType"]:
    """The tables, one below the other."""
    yield _questions(found)
    yield READING
    if found.pairs:
        yield _pairs(found)
    yield _annotators(found)
    yield from _confusions(found)
    yield from _saturation(found)


def _questions(found: Agreement) -> "Table":
    table = _table("question", "alpha", "95 % interval", "records", "opinions")
    for each in found.questions:
        between = "" if each.low is None else f"{each.low:.2f} to {each.high:.2f}"
        table.add_row(
            each.question, _figure(each.alpha), between, str(each.records), str(each.opinions)
        )
    return table


def _pairs(found: Agreement) -> "Table":
    table = _table("two annotators", "kappa", "records")
    for each in found.pairs:
        table.add_row(f"{each.one}, {each.other}", _figure(each.kappa), str(each.records))
    return table


def _annotators(found: Agreement) -> "Table":
    table = _table(
        "annotator", "opinions", "known right", "seconds", "agrees: early", "late", "pace: early",
        "late",
    )  # fmt: skip
    for each in found.annotators:
        table.add_row(each.name, str(each.opinions), _gold(each), *_course(each))
    return table


def _gold(each: Annotator) -> str:
    return f"{each.gold_right} of {each.gold_seen}" if each.gold_seen else "-"


def _course(each: Annotator) -> Iterator[str]:
    yield _seconds(each.seconds)
    for share in each.with_others:
        yield "-" if share is None else f"{share:.0%}"
    for seconds in each.pace:
        yield _seconds(seconds)


def _confusions(found: Agreement) -> Iterator[str]:
    for each in found.annotators:
        for cell in each.confusion:
            if cell.known != cell.said:
                who = "is known" if cell.against == "gold" else "was the adjudicator's word"
                yield f"{each.name} said {cell.said} where {cell.known} {who}: {cell.count}"
        if each.untouched:
            yield f"{each.name} left {each.untouched} verdicts as a program had filled them in"


def _saturation(found: Agreement) -> Iterator[str]:
    if found.saturation:
        course = ", ".join(f"{each.not_right} of {each.decided}" for each in found.saturation)
        yield f"not right as they stood, as the work went on: {course}"
        yield f"{found.since_new_reason} responses since the last new kind of reason"


def _table(*headings: str) -> "Table":
    from rich.table import Table

    return Table(*headings, box=None, pad_edge=False)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
