"""The scores as a small table in the terminal."""

from rich.table import Table

from eval.report import Evaluation
from eval.wording import interval, percent


def scores(found: Evaluation) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("questions", no_wrap=True)
    table.add_column("model", no_wrap=True)
    for title in ("exactly right", "share", "95 % interval", "chrF"):
        table.add_column(title, justify="right", no_wrap=True)
    for score in found.sets:
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
