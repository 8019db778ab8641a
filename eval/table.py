"""Scores, findings and comparisons as small tables in the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.table import Table

from eval import panel_words, verdict
from eval.across import SetContrast
from eval.checks import refusal
from eval.checks.refusal import Stance
from eval.checks.suite import EXPECTED
from eval.comparison import SetScore
from eval.judge.card import Card
from eval.judge.judgement import VERDICTS
from eval.panel import Panel
from eval.report import Evaluation
from eval.suite_run import OUTCOMES, Outcome
from eval.wording import interval, percent, probability

ANSWERABLE: dict[Stance, str] = {"answered": "known", "refused": "unknown"}
"""What is said of a question by the stance of its expected answer."""


def scores(found: Evaluation) -> Table:
    return of_sets(found.sets)


def of_sets(sets: Sequence[SetScore]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("questions", no_wrap=True)
    table.add_column("model", no_wrap=True)
    for title in ("exactly right", "share", "95 % interval", "chrF"):
        table.add_column(title, justify="right", no_wrap=True)
    for score in sets:
        for place, arm in enumerate(score.arms.values()):
            table.add_row(
                "" if place else score.question_set.title.lower(),
                arm.arm,
                f"{arm.right} of {arm.total}",
                percent(arm.rate),
                interval(arm.interval),
                f"{arm.chrf:.1f}",
            )
    return table


def findings(found: Evaluation) -> Table:
    """Checks that found anything, with what they find in the expected answers beside."""
    arms = list(found.checks[0].flagged) if found.checks else []
    table = Table(box=None, pad_edge=False)
    table.add_column("finding", no_wrap=True)
    for arm in arms:
        title = f"{arm} (floor)" if arm == EXPECTED else arm
        table.add_column(title, justify="right", no_wrap=True)
    for each in found.checks:
        if each.anywhere:
            table.add_row(each.check, *(str(each.flagged[arm]) for arm in arms))
    return table


def refusals(found: Evaluation) -> Table | None:
    """Declining and answering, by whether there is an answer; None where nobody declines."""
    counts = {
        arm: refusal.table((r.item.expected, r.grades[arm].answer.text) for r in found.results)
        for arm in (found.results[0].grades if found.results else ())
    }
    if not any("refused" in pair for counted in counts.values() for pair in counted):
        return None
    asked = {expected for counted in counts.values() for expected, _ in counted}
    table = Table(box=None, pad_edge=False)
    table.add_column("declining", no_wrap=True)
    groups = [each for each in ANSWERABLE if each in asked]
    for expected in groups:
        for title in (f"{ANSWERABLE[expected]}: answers", "declines", "hedges"):
            table.add_column(title, justify="right", no_wrap=True)
    for arm, counted in counts.items():
        cells = (counted[expected, said] for expected in groups for said in refusal.STANCES)
        table.add_row(arm, *map(str, cells))
    return table


def contrasts(found: Sequence[SetContrast]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("questions", "verdict", "difference", "p", "fixed", "broken", "right", "wrong"):
        words = title in ("questions", "verdict")
        table.add_column(title, justify="left" if words else "right", no_wrap=True)
    for each in found:
        held = each.contrast
        counts = (held.fixed, held.broken, held.both_right, held.both_wrong)
        table.add_row(
            each.question_set.title.lower(),
            held.state,
            verdict.difference(held),
            probability(held.adjusted),
            *map(str, counts),
        )
    return table


def judged(card: Card) -> Table:
    """What the judge passes of each arm, and of the tuned one side by side with its rival."""
    table = Table(box=None, pad_edge=False)
    table.add_column("judged", no_wrap=True)
    for title in (*VERDICTS, "passes", "95 % interval"):
        table.add_column(title, justify="right", no_wrap=True)
    for arm in card.arms:
        cells = (str(arm.verdicts[each]) for each in VERDICTS)
        passed = arm.passed
        rates = (percent(passed.rate), interval(passed.interval)) if passed.total else ("", "")
        table.add_row(arm.arm, *cells, *rates)
    win = card.win_rate
    if card.pairs:
        cells = (str(card.preferred[each]) for each in VERDICTS)
        won = percent(win.raw) if win.pairs else ""
        around = interval(win.raw_interval) if win.raw_interval else ""
        table.add_row(f"tuned over {card.rival}", *cells, won, around)
    if win.controlled is not None:
        around = interval(win.controlled_interval) if win.controlled_interval else ""
        blank = ("" for _ in VERDICTS)
        table.add_row("  at equal length", *blank, percent(win.controlled), around)
    return table


def forgetting(panel: Panel) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("test", "base", "tuned", "difference", ""):
        words = title in ("test", "")
        table.add_column(title, justify="left" if words else "right", no_wrap=True)
    for each in panel_words.lines(panel):
        table.add_row(each.name, each.base, each.tuned, each.difference, each.state)
    return table


def suites(counts: Mapping[tuple[str, str], Counter[Outcome]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("suite", "model"):
        table.add_column(title, no_wrap=True)
    for title in ("pass", "fail", "unscored"):
        table.add_column(title, justify="right", no_wrap=True)
    for (suite, arm), found in counts.items():
        table.add_row(suite, arm, *(str(found[each]) for each in OUTCOMES))
    return table
