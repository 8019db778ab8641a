"""Forgetting in words: a line for each test, and what belongs beside the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass

from eval.panel import UNDECIDED, BenchmarkLoss, Panel, State, TextLoss
from eval.statistics import Interval
from eval.wording import HARD_SPACE, percent, points, probability, share


@dataclass(frozen=True)
class Line:
    """One test, ready to be read."""

    name: str
    measure: str
    base: str
    tuned: str
    difference: str
    """With its interval."""
    state: State
    note: str


def lines(panel: Panel) -> list[Line]:
    return [_of_text(panel.text), *map(_of_benchmark, panel.benchmarks)]


def remarks(panel: Panel | None) -> list[str]:
    """What is to be said beside the verdict: only what was forgotten."""
    lost = [each for each in lines(panel) if each.state == "forgot"] if panel else []
    return [
        f"It has forgotten some of what its base knew. {each.name}: {each.base} before, "
        f"{each.tuned} after, {each.difference}."
        for each in lost
    ]


def verdict(panel: Panel) -> Iterator[str]:
    """One sentence for each test."""
    for each in lines(panel):
        yield f"{each.name}: {each.state.upper()}. {each.note}"


def _of_text(text: TextLoss) -> Line:
    around = Interval(100 * text.interval.low / text.base, 100 * text.interval.high / text.base)
    change = 100 * text.difference / text.base
    return Line(
        "Neutral text",
        f"bits per character, {text.passages} passages",
        f"{text.base:.2f}",
        f"{text.tuned:.2f}",
        _signed(change, around, f"{HARD_SPACE}%"),
        text.state,
        _note_of_text(text),
    )


def _note_of_text(text: TextLoss) -> str:
    if text.state == "tells nothing":
        return (
            f"Its base takes {text.base:.2f} bits per character; to know how frequent each letter "
            f"is leaves {text.letters:.2f}. It cannot read this text, so it cannot forget it."
        )
    from_on = f"{100 * text.detectable / text.base:.1f}{HARD_SPACE}%"
    said = {
        "forgot": "It reads what training was not about worse than its base does.",
        "gained": "It reads what training was not about better than its base does.",
        "unchanged": "It reads what training was not about as its base does, give or take 2 %.",
        "not proven": "The difference may be chance.",
    }[text.state]
    return f"{said} So many passages would show a difference from {from_on} on."


def _of_benchmark(loss: BenchmarkLoss) -> Line:
    held = loss.contrast
    around = held.interval
    scaled = Interval(100 * around.low, 100 * around.high) if around else None
    return Line(
        loss.benchmark.title,
        f"{held.total} questions, zero-shot, {loss.benchmark.metric}",
        percent(held.other),
        percent(held.score),
        _signed(100 * held.difference, scaled, " points"),
        loss.state,
        _note_of_benchmark(loss),
    )


def _note_of_benchmark(loss: BenchmarkLoss) -> str:
    held = loss.contrast
    if loss.undecided > UNDECIDED:
        return "All options are equally likely to it: the model is asked wrongly, or broken."
    if loss.state == "tells nothing":
        known = share(held.both_right + held.broken, held.total)
        return (
            f"Its base is right in {known}, and a guess in {percent(loss.guessed)}: at chance "
            f"(p {probability(loss.chance)}), so this tells nothing about forgetting."
        )
    from_on = f"{100 * held.detectable:.0f} points"
    counts = f"{held.fixed} fixed, {held.broken} broken (p {probability(held.adjusted)})"
    said = {
        "forgot": "It knows less than its base.",
        "gained": "It knows more than its base.",
        "unchanged": "It knows as much as its base, give or take 2 points.",
        "not proven": "The difference may be chance.",
    }[loss.state]
    return f"{said} {counts}. So many questions would show a difference from {from_on} on."


def _signed(value: float, around: Interval | None, unit: str) -> str:
    amount, _, reach = points(value, around).partition(" ")
    return f"{'+' if value > 0 else ''}{amount}{unit} {reach}".rstrip()
