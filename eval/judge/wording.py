"""What the judge's card says, in sentences; the report and the terminal say the same."""

from eval.judge import bias
from eval.judge.calibration import GOOD_KAPPA, LABELS
from eval.judge.card import Card
from eval.judge.judgement import ANOTHER, EXPECTED
from eval.statistics import Rate
from eval.wording import share

Bias = tuple[str, Rate, str]
"""What may sway a judge, how often it was seen, and how to read that."""


def doubt(card: Card) -> str:
    """Why its verdicts are advice."""
    held = card.calibrated
    if held is None:
        return "nobody has labelled answers of models to hold it against"
    if held.total < LABELS:
        return f"{held.total} labels of people are too few, {LABELS} are needed"
    if held.kappa is None or held.kappa < GOOD_KAPPA:
        told = "unknown" if held.kappa is None else f"{held.kappa:.2f}"
        return f"its agreement with people is too low (kappa {told}, wanted {GOOD_KAPPA})"
    return "it may miss more than a fifth of what people fail, or of what they pass"


def biases(card: Card) -> list[Bias]:
    """What was measured of it; what was never seen is left out."""
    found = [
        (
            "The order decided",
            bias.flips(card.pairs),
            "Pairs whose two orders got different verdicts; they count as ties.",
        ),
        (
            "The first one was chosen",
            bias.first_chosen(card.pairs),
            "Half where the place does not matter.",
        ),
        (
            "The longer one was chosen",
            bias.longer_chosen(card.pairs, card.longer),
            "Half where length does not matter, unless longer answers are better here.",
        ),
        (
            "Expected answers that fail",
            bias.control(card.judgements, EXPECTED, "fail"),
            "Given for grading, unmarked: false alarms, or expected answers that are wrong.",
        ),
        (
            "Answers to other questions that pass",
            bias.control(card.judgements, ANOTHER, "pass"),
            "Given for grading, unmarked: it does not look at what it grades.",
        ),
    ]
    return [each for each in found if each[1].total]


def remark(card: Card) -> str:
    """What belongs on the first screen."""
    rates = " and ".join(
        f"{share(arm.passed.count, arm.passed.total)} of {arm.arm}" for arm in card.arms
    )
    unscored = sum(arm.verdicts["unscored"] for arm in card.arms)
    trust = "which agrees with people," if card.trusted else "advice only,"
    return f"The judge {card.judge.model}, {trust} passes {rates}; {unscored} are unscored."


def summary(card: Card) -> list[str]:
    """The card in lines for the terminal."""
    trust = "it agrees with people" if card.trusted else f"advice only: {doubt(card)}"
    lines = [f"judge {card.judge.model}, rubric {card.stamp}: {trust}"]
    for each in card.measures:
        held = each.calibration
        kappa = "none" if held.kappa is None else f"{held.kappa:.2f}"
        lines.append(
            f"people's labels of {each.source}: {held.total}, kappa {kappa}, of its fails "
            f"{held.both_fail} of {held.both_fail + held.false_alarms} are people's, of people's "
            f"fails it finds {held.both_fail} of {held.fails}"
        )
    if card.win_rate.pairs:
        where = "" if card.win_rate.controlled is None else " at equal length"
        lines.append(f"side by side with {card.rival}{where}: {card.win_rate.state}")
    lines += [f"{label.lower()}: {rate.count} of {rate.total}" for label, rate, _ in biases(card)]
    lines += [f"mind that {each}" for each in card.kin]
    if card.faults:
        told = ", ".join(f"{fault} {count}" for fault, count in card.faults.items())
        lines.append(f"unscored: {told}")
    spent = card.spent
    lines.append(
        f"cost, all rounds: {spent.calls:,} replies, {spent.prompt_tokens:,} tokens read and "
        f"{spent.completion_tokens:,} written"
    )
    return lines
