"""Codes in the terminal, and the sentences that the report shares."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curation.review.agreement import Alpha
from eval.coding.codings import Imported
from eval.coding.counts import QUIET, SETTLED, Coded
from eval.wording import MINUS, interval, percent, plural, share

if TYPE_CHECKING:
    from rich.table import Table

NO_CATEGORY = "no category yet"


def account(done: Imported) -> Iterator[str]:
    """What became of the lines."""
    total = done.new + done.changed + done.same + done.older
    told = [f"{done.new} new", f"{done.changed} changed", f"{done.same} known"]
    if done.older:
        told.append(f"{done.older} older than what is known and left out")
    yield f"codes: {total} coded, {done.blank} not coded yet; {', '.join(told)}"
    if done.added:
        yield f"codes.toml: {plural(len(done.added), 'label')} added: {', '.join(done.added)}"


def table(found: Coded) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    made = Table(box=None, pad_edge=False)
    for title in ("category", "code"):
        made.add_column(title, no_wrap=True)
    for title in ("errors", "share", "95 % interval", "alpha"):
        made.add_column(title, justify="right", no_wrap=True)
    for category, codes in found.categories:
        for place, each in enumerate(codes):
            made.add_row(
                "" if place else escape(category or NO_CATEGORY),
                escape(each.name),
                str(len(each.examples)),
                percent(each.rate),
                interval(each.interval),
                alpha(each.agreed),
            )
    return made


def sentences(found: Coded) -> Iterator[str]:
    """How much was coded, whether more would show more, how far coders agree, what is to be done."""
    yield (
        f"{share(found.coded, found.errors)} errors coded, "
        f"by {plural(len(found.coders), 'coder')}: {', '.join(found.coders)}; "
        f"{plural(len(found.codes), 'code')} in use, codes.toml version {found.version}"
    )
    if found.unseen is not None:
        yield saturation(found, found.unseen)
    yield agreement(found)
    yield from remarks(found)


def saturation(found: Coded, unseen: float) -> str:
    """Whether the next error would show something new."""
    advice = f"read on until it is below {percent(SETTLED)} and {QUIET} in a row bring no new code"
    if found.is_settled:
        advice = "reading more of these errors teaches little"
    elif found.coded == found.errors:
        advice = "all are coded"
    return (
        f"the next error shows something not seen yet with a probability of about {percent(unseen)} "
        f"(Good and Turing: {found.alone} of {plural(found.coded, 'error')} have a code that no other "
        f"has; {plural(found.single, 'code')} seen once); {plural(found.since_new, 'error')} since "
        f"the last new code: {advice}"
    )


def agreement(found: Coded) -> str:
    """How far two coders call the same error the same."""
    if found.agreed.alpha is None:
        return (
            f"{plural(found.agreed.records, 'error')} coded by two people: too few, or too much alike, "
            "to tell how far coders agree; let two code the same twenty"
        )
    pairs = ", ".join(
        f"{each.one} and {each.other} {figure(each.kappa)}"
        for each in found.kappas
        if each.kappa is not None
    )
    around = f" ({figure(found.agreed.low)} to {figure(found.agreed.high)})"
    return (
        f"coders agree to alpha {alpha(found.agreed)}{around} on {found.agreed.records} errors, "
        "sets of codes compared by what they share" + (f"; kappa of {pairs}" if pairs else "")
    )


def remarks(found: Coded) -> Iterator[str]:
    """What is left to do."""
    if found.again:
        yield (
            f"{plural(found.again, 'error')} with a label that codes.toml no longer has, or that meant "
            "something else when it was given: code them again"
        )
    if found.notes:
        yield f"{plural(found.notes, 'error')} with a note and no code yet"
    if found.right:
        yield (
            f"{plural(found.right, 'answer')} that the score calls right coded too: "
            "does it call right what is wrong?"
        )
    if found.bare:
        yield (
            f"{plural(found.bare, 'code')} without a category or a meaning: write `parent` and "
            "`definition` into codes.toml, and raise its version"
        )


def alpha(found: Alpha) -> str:
    return figure(found.alpha)


def figure(value: float | None) -> str:
    """Empty where it is not known."""
    return "" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", MINUS)
