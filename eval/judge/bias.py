"""What may sway a judge: the place, the length, itself, and not looking at all."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from data.settings import JudgeSettings
from data.workspace import Workspace
from eval.judge.judgement import Judgement, Verdict
from eval.statistics import Rate
from train import runs

CORRELATES = 10
"""Pairs from which a correlation with length is told."""
Longer = Callable[[Judgement], float]
"""Of a pair, how much longer the arm's answer is than the other's."""


def flips(pairs: Sequence[Judgement]) -> Rate:
    """Of pairs read in both orders, those where the orders differ."""
    read = [each.orders for each in pairs if each.orders and "unscored" not in each.orders]
    return Rate(sum(len(set(orders)) == 2 for orders in read), len(read))


def first_chosen(pairs: Sequence[Judgement]) -> Rate:
    """Of all choices between two, how often it was the one shown first."""
    places = [
        side == shown_first
        for each in pairs
        for side, shown_first in zip(each.orders, ("arm", "other"), strict=False)
        if side in ("arm", "other")
    ]
    return Rate(sum(places), len(places))


def longer_chosen(pairs: Sequence[Judgement], longer: Longer) -> Rate:
    """Of pairs with a winner and unequal length, how often it was the longer one."""
    chosen = [
        (longer(each) > 0) == (each.verdict == "pass")
        for each in pairs
        if each.verdict in ("pass", "fail") and longer(each)
    ]
    return Rate(sum(chosen), len(chosen))


def length_correlation(pairs: Sequence[Judgement], longer: Longer) -> float | None:
    """Spearman's, of the difference in length with who was preferred; None where one is constant."""
    scored = [each for each in pairs if each.verdict != "unscored"]
    won = {"pass": 1, "tie": 0, "fail": -1}
    wins, lengths = [won[each.verdict] for each in scored], [longer(each) for each in scored]
    if len(scored) < CORRELATES or len(set(wins)) == 1 or len(set(lengths)) == 1:
        return None
    from scipy.stats import spearmanr  # Slow to load, and wanted only here.

    return float(spearmanr(lengths, wins).statistic)


def control(judgements: Sequence[Judgement], arm: str, verdict: Verdict) -> Rate:
    """Of the known answers of one kind, how many got this verdict."""
    told = [each.verdict for each in judgements if (each.part, each.arm) == ("control", arm)]
    return Rate(told.count(verdict), told.count("pass") + told.count("fail"))


def kin(space: Workspace, run: Path, judge: JudgeSettings) -> Iterator[str]:
    """Models tend to prefer their own words, and what was made of them."""
    settings = space.settings
    for model in settings.evaluate.models:
        if model.partition("#")[2] == judge.model:
            yield f"it is the arm {model}"
    if runs.read_manifest(run).base.rpartition("/")[2] == judge.model.rpartition("/")[2]:
        yield "it is the base that was tuned"
    if settings.teacher.kind == "openai" and settings.teacher.model == judge.model:
        yield "it is the teacher that worded the training questions"
