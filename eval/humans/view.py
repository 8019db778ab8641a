"""Rankings in the terminal, and the sentences that the report shares."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from eval.humans.ranking import Rank, Ranking
from eval.statistics import Interval, Rate
from eval.wording import HARD_SPACE, MINUS, interval, percent, plural, probability

if TYPE_CHECKING:
    from rich.table import Table


def table(found: Ranking) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("model", no_wrap=True)
    for title in ("wins against it", "95 % interval", "Elo", "better", "equal", "worse", "same"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_row(escape(found.against))
    for each in found.ranks:
        counts = (each.won, each.tied, each.lost, each.same)
        standing = each.standing
        figures = (
            (percent(standing.probability), reach(standing.interval), elo(each))
            if standing
            else ("", "", "")
        )
        table.add_row(escape(each.name), *figures, *map(str, counts))
    return table


def sentences(found: Ranking) -> Iterator[str]:
    """What was asked, what it says of each model, what to think of the votes."""
    yield asked(found)
    yield from (sentence(found, each) for each in found.ranks)
    yield from votes(found)


def asked(found: Ranking) -> str:
    """`unseen wording, 120 questions: 87 of 100 comparisons answered, by 2 people in 90 votes`."""
    return (
        f"{found.question_set.title.lower()}, {plural(found.items, 'question')}: "
        f"{found.judged} of {plural(found.drawn, 'comparison')} answered, "
        f"by {plural(found.annotators, 'person', 'people')} in {plural(found.votes, 'vote')}"
    )


def sentence(found: Ranking, each: Rank) -> str:
    """Whether people prefer one to the other, or what it would take to know."""
    told = f"{each.state}: {each.name} against {found.against}"
    if each.standing is None:
        return f"{told}, nobody has compared them yet, nor both with a third one."
    told += f", {_counts(each)} (p {probability(each.chance)})."
    if each.state != "NOT PROVEN" or not each.needed or each.needed <= each.judged:
        return told
    return f"{told} A difference as small as this takes about {each.needed:,} comparisons."


def _counts(each: Rank) -> str:
    if not each.judged:
        return "never compared with one another"
    return f"better in {each.won}, equal in {each.tied}, worse in {each.lost} of {each.judged}"


def votes(found: Ranking) -> Iterator[str]:
    """What may bias the votes, and how far people agree."""
    yield f"A, the upper one, got {share(found.first)}; the longer one {share(found.longer)}"
    if found.both_bad:
        yield f"in {plural(found.both_bad, 'vote')} of {found.votes} both answers were bad"
    if found.stale:
        yield (
            f"{plural(found.stale, 'comparison')} left out: the answers were given anew since; "
            "`evaluate humans push` asks about the new ones"
        )
    yield agreement(found)


def agreement(found: Ranking) -> str:
    """How far two people agree about the same answers."""
    if found.agreed.alpha is None or found.agreed.low is None or found.agreed.high is None:
        return (
            f"{plural(found.agreed.records, 'comparison')} answered by two people or more: too few, "
            "or too much alike, to tell how far people agree; raise `min_submitted_pairs` under "
            "[review] before the first push"
        )
    pairs = ", ".join(
        f"{each.one} and {each.other} {_kappa(each.kappa)}"
        for each in found.kappas
        if each.kappa is not None
    )
    return (
        f"people agree to alpha {_kappa(found.agreed.alpha)} ({_kappa(found.agreed.low)} to "
        f"{_kappa(found.agreed.high)}) on {found.agreed.records} comparisons"
        + (f"; kappa of {pairs}" if pairs else "")
    )


def share(found: Rate) -> str:
    """`28 of 50 votes (56 %, 42 to 69 %)`, of votes that decide."""
    if not found.total:
        return "no vote that decides"
    return (
        f"{found.count} of {plural(found.total, 'vote')} "
        f"({percent(found.rate)}, {interval(found.interval)})"
    )


def elo(each: Rank) -> str:
    """`+104 (+35 to +178)`."""
    if each.standing is None:
        return ""
    around = each.standing.elo_interval
    reach = f" ({_points(around.low)} to {_points(around.high)})" if around else ""
    return f"{_points(each.standing.elo)}{reach}"


def reach(around: Interval | None) -> str:
    return interval(around) if around else f"one{HARD_SPACE}fact"


def _points(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{value:+.0f}".replace("-", MINUS)


def _kappa(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", MINUS)
