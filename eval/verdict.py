"""What the numbers say, in sentences that claim no more than the numbers do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.arms import BASE, TUNED
from eval.checks.suite import EXPECTED
from eval.comparison import CheckRate, SetScore
from eval.items import SEEN_WORDING, UNSEEN_SOURCE, UNSEEN_WORDING, QuestionSet
from eval.wording import HARD_SPACE, interval, percent, plural, points, probability, share

UNLIKELY = 0.05
REMEMBERS = 0.8
"""Share of seen questions from which training counts as having taken hold."""
MORE_DATA = ("synth run", "curate dedup", "curate review policy", "curate split", "train run")
ASK_AGAIN = ("evaluate run", "evaluate report")
GAP = 0.2
"""Share lost in unseen words from which more wordings are worth their cost."""


@dataclass(frozen=True)
class Headline:
    """A number for the first screen, and what it is."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Step:
    """What to do next, and why; no command where reading is the work."""

    why: str
    commands: tuple[str, ...] = ()
    link: str = ""
    """State of the explorer to open."""


def sentence(sets: Sequence[SetScore]) -> str:
    """The verdict on the set that tells most."""
    score = sets[0]
    base, tuned = score.arms[BASE], score.arms[TUNED]
    where = {
        UNSEEN_WORDING: "On wordings it never saw",
        UNSEEN_SOURCE: "On sources it never saw",
    }.get(score.question_set, "On questions it was trained on")
    what = "taught answers" if score.question_set == UNSEEN_WORDING else "expected answers"
    return (
        f"{where}, the tuned model gives {tuned.right} of {tuned.total} {what} exactly "
        f"({percent(tuned.rate)}, 95{HARD_SPACE}% interval {interval(tuned.interval)}); "
        f"the base gives {base.right}."
    )


def remarks(sets: Sequence[SetScore], base: str) -> list[str]:
    """What belongs beside the verdict, so that nobody reads too much into it."""
    found = {score.question_set: score for score in sets}
    said = [_change(sets[0])]
    if UNSEEN_WORDING not in found:
        said.append(
            "There are no probes, so whether taught facts are known in other words was not asked; "
            "what follows is about facts that the model was never taught."
        )
    elif SEEN_WORDING in found:
        said.append(_memory(found[SEEN_WORDING], found[UNSEEN_WORDING]))
    if base == "tiny":
        said.append(
            "The base is the tiny model that Gristmill builds on the spot. It knows nothing before "
            "training, so this run shows that the loop works, not what a real model would gain."
        )
    return said


def _change(score: SetScore) -> str:
    fixed, broken = score.outcomes["fixed"], score.outcomes["broken"]
    if not fixed and not broken:
        return "Training fixed none of these answers and broke none."
    counts = f"Training fixed {plural(fixed, 'answer')} and broke {broken}"
    chance = f"(McNemar mid-p {probability(score.chance)})"
    if score.chance >= UNLIKELY:
        return f"{counts}; so small a difference may be chance {chance}."
    direction = "better" if fixed > broken else "worse"
    return f"{counts}; that it is {direction} than the base is more than chance explains {chance}."


def _memory(seen: SetScore, unseen: SetScore) -> str:
    trained, other = seen.arms[TUNED], unseen.arms[TUNED]
    known = f"{trained.right} of {trained.total} questions in the very words it was trained on"
    if trained.rate < REMEMBERS:
        return f"The tuned model answers only {known}: training was too short, or failed."
    if trained.rate - other.rate >= GAP:
        return (
            f"The tuned model answers {known}: it remembers sentences better than it knows facts."
        )
    return f"The tuned model answers {known}, not much more than in other words."


def headlines(sets: Sequence[SetScore], checks: Sequence[CheckRate]) -> list[Headline]:
    """Five numbers for the first screen."""
    first = sets[0]
    base, tuned = first.arms[BASE], first.arms[TUNED]
    title = first.question_set.title.lower()
    return [
        Headline(
            f"exactly right, {title}",
            percent(tuned.rate),
            f"{interval(tuned.interval)}; base {percent(base.rate)}",
        ),
        Headline(
            "fixed, and broken",
            f"{first.outcomes['fixed']} : {first.outcomes['broken']}",
            f"of {first.total}, by training",
        ),
        Headline(
            f"likeness (chrF), {title}",
            f"{tuned.chrf:.0f}",
            f"of 100; base {base.chrf:.0f}, gain {points(first.gain, first.gain_interval)}",
        ),
        _memory_headline(sets),
        _worst_check(checks),
    ]


def _memory_headline(sets: Sequence[SetScore]) -> Headline:
    for other in (SEEN_WORDING, UNSEEN_SOURCE):
        for score in sets[1:]:
            if score.question_set == other:
                arm = score.arms[TUNED]
                note = f"{arm.right} of {arm.total}; {_note(other)}"
                return Headline(f"exactly right, {other.title.lower()}", percent(arm.rate), note)
    return Headline("questions asked", str(sets[0].total), f"{sets[0].families} families")


def _note(question_set: QuestionSet) -> str:
    return "memory only" if question_set == SEEN_WORDING else "it cannot know these"


def _worst_check(checks: Sequence[CheckRate]) -> Headline:
    """The check that stands highest above its own false alarms."""
    worst = max(checks, key=_excess, default=None)
    if worst is None or _excess(worst) <= 0:
        note = "no loops, cut-offs or typos beyond those in expected answers; not about right or wrong"
        return Headline("faults of form", "none", note)
    rates = {arm: percent(count / worst.total) for arm, count in worst.flagged.items()}
    note = f"most frequent fault of form; base {rates[BASE]}, false alarms {rates[EXPECTED]}"
    return Headline(f"{worst.check}, all questions", rates[TUNED], note)


def _excess(each: CheckRate) -> int:
    return each.flagged[TUNED] - each.flagged[EXPECTED]


def next_steps(sets: Sequence[SetScore], checks: Sequence[CheckRate]) -> list[Step]:
    """What would help most, worst trouble first."""
    found = {score.question_set: score for score in sets}
    steps = [*_training_steps(found), *_check_steps(checks), *_reading_steps(sets)]
    if not steps:
        why = "Nothing stands out. Read the answers least like the expected ones."
        steps.append(Step(why, link="sort=worst"))
    return [*steps, Step("After a change, ask the newest run and compare.", ASK_AGAIN)]


def _reading_steps(sets: Sequence[SetScore]) -> Iterator[Step]:
    missed = sets[0].outcomes["both-wrong"]
    if sets[0].question_set == UNSEEN_WORDING and missed:
        why = f"Read the {plural(missed, 'answer')} about taught facts that training left wrong."
        yield Step(why, link=f"set={UNSEEN_WORDING.key}&outcome=both-wrong")
    if broken := sum(score.outcomes["broken"] for score in sets):
        why = f"Read the {plural(broken, 'answer')} that training broke: what did it unlearn?"
        yield Step(why, link="outcome=broken")


def _training_steps(found: dict[QuestionSet, SetScore]) -> list[Step]:
    seen, unseen = found.get(SEEN_WORDING), found.get(UNSEEN_WORDING)
    if seen and seen.arms[TUNED].rate < REMEMBERS:
        arm = seen.arms[TUNED]
        why = (
            f"Train longer: it knows {share(arm.right, arm.total)} of its own questions. "
            "Raise num_train_epochs under [train.trainer] in gristmill.toml, then"
        )
        return [Step(why, ("train run",))]
    if seen and unseen and seen.arms[TUNED].rate - unseen.arms[TUNED].rate >= GAP:
        why = (
            "Teach each fact in more words. Raise rewordings under [synth] in gristmill.toml, "
            "then make the data again and train on it"
        )
        return [Step(why, MORE_DATA)]
    if unseen is None:
        why = "Withhold some wordings: raise probes under [split] in gristmill.toml, then"
        return [Step(why, ("curate split", "train run"))]
    return []


def _check_steps(checks: Sequence[CheckRate]) -> list[Step]:
    """Findings clearly above both the false alarms and the base."""
    return [
        Step(
            f"Look at “{each.check}”: {share(each.flagged[TUNED], each.total)} of the tuned answers "
            f"have it, {each.flagged[BASE]} of the base's.",
            link=f"check={each.check}",
        )
        for each in checks
        if each.flagged[TUNED] >= max(3, 2 * each.flagged[EXPECTED], 0.05 * each.total)
    ]
