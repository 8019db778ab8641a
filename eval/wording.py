"""Numbers as the report and the terminal write them."""

from datetime import datetime

from eval.statistics import Interval

HARD_SPACE = "\u00a0"
MINUS = "\u2212"


def percent(rate: float) -> str:
    """`44 %`; `<1 %` and `>99 %` where rounding would claim none or all."""
    whole = round(100 * rate)
    if whole == 0 and rate > 0:
        return f"<1{HARD_SPACE}%"
    if whole == 100 and rate < 1:
        return f">99{HARD_SPACE}%"
    return f"{whole}{HARD_SPACE}%"


def share(count: int, total: int) -> str:
    """`3 of 110 (3 %)`."""
    return f"{count} of {total} ({percent(count / total)})" if total else "none asked"


def interval(rates: Interval) -> str:
    """`33 to 56 %`."""
    return f"{100 * rates.low:.0f} to {100 * rates.high:.0f}{HARD_SPACE}%"


def points(value: float, around: Interval | None) -> str:
    """`62.1 (55.0 to 68.9)`."""
    text = f"{value:.1f}" + (f" ({around.low:.1f} to {around.high:.1f})" if around else "")
    return text.replace("-", MINUS)


def probability(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 answer`, `2 answers`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def day(moment: str) -> str:
    """`20 November 2026`, of an ISO 8601 time."""
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%B %Y}"


def sentence(line: str) -> str:
    """A line of the terminal as the page has it: a sentence, commands without their marks."""
    text = line.replace("`", "").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
