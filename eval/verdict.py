"""What the numbers say, in sentences that claim no more than the numbers do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.records import Ticket
from eval.arms import BASE, TUNED
from eval.checks.suite import EXPECTED
from eval.comparison import CheckRate, SetScore
from eval.contrast import Contrast
from eval.items import SEEN_WORDING, UNSEEN_SOURCE, UNSEEN_WORDING, QuestionSet
from eval.statistics import Interval
from eval.wording import HARD_SPACE, interval, percent, plural, points, probability, share

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
    said = [*map(proof, sets[0].contrasts[:1])]
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


def proof(contrast: Contrast) -> str:
    """Whether the difference is more than chance, and what it would take to see a smaller one."""
    rivals = (
        "the base" if contrast.against == BASE else f"{contrast.against}, the best untuned arm"
    )
    gap = difference(contrast)
    if contrast.state == "NOT PROVEN":
        return (
            f"{contrast.state} against {rivals}: {gap}, which may be chance "
            f"(p {probability(contrast.adjusted)}). {_power(contrast)}"
        )
    return (
        f"{contrast.state} against {rivals}: {gap}, more than chance explains "
        f"(p {probability(contrast.adjusted)}). Of {contrast.total} answers {contrast.fixed} were "
        f"fixed and {contrast.broken} broken."
    )


def difference(contrast: Contrast) -> str:
    """`+12 points (4 to 20)`: of a share in percent, or of chrF."""
    around = contrast.interval
    scaled = Interval(100 * around.low, 100 * around.high) if around else None
    unit = "points" if contrast.metric == "exact" else "of chrF"
    return _signed(100 * contrast.difference, scaled, unit)


def _signed(value: float, around: Interval | None, unit: str) -> str:
    amount, _, reach = points(value, around).partition(" ")
    return f"{'+' if value > 0 else ''}{amount} {unit} {reach}".rstrip()


def order(ticket: Ticket) -> str:
    """What a ticket asks for, and what must not become worse meanwhile."""
    guards = ", ".join(ticket.accept.guards) if ticket.accept else ""
    return (
        f"ticket {ticket.id} ({ticket.slice}): {plural(ticket.wanted, 'wording')} from "
        f"{plural(len(ticket.sources), 'passage')}; guards: {guards or 'none'}"
    )


def gain(ticket: Ticket) -> str:
    """`+40.0 points (20.0 to 60.0)`: of right answers to the probes of a measured ticket."""
    if ticket.measured is None:
        return "not measured"
    around = ticket.measured.interval
    scaled = Interval(100 * around[0], 100 * around[1]) if around else None
    return _signed(100 * ticket.measured.gain, scaled, "points")


def beyond(ticket: Ticket) -> str:
    """`placebo +5.0 points, beyond it +35.0 points (10.0 to 60.0)`; nothing without one."""
    told = ticket.measured
    if told is None or told.placebo is None or told.beyond is None:
        return ""
    around = Interval(100 * told.beyond[0], 100 * told.beyond[1])
    more = _signed(100 * (told.gain - told.placebo), around, "points")
    return f"placebo {_signed(100 * told.placebo, None, 'points')}, beyond it {more}"


def _power(contrast: Contrast) -> str:
    if contrast.interval is None:
        return "All questions are about one fact, which says nothing about others."
    seen = (
        f"{plural(contrast.total, 'question')} about {plural(contrast.families, 'fact')} would "
        f"show a difference from {100 * contrast.detectable:.0f} points on"
    )
    if not contrast.needed:
        return f"{seen}."
    return f"{seen}; one as small as this takes about {contrast.needed:,}."


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


def next_steps(
    sets: Sequence[SetScore], checks: Sequence[CheckRate], tickets: Sequence[Ticket] = ()
) -> list[Step]:
    """What would help most, worst trouble first; `tickets` are the open ones."""
    found = {score.question_set: score for score in sets}
    training = [_ticket_step(tickets)] if tickets else _training_steps(found)
    steps = [*training, *_check_steps(checks), *_reading_steps(sets)]
    if not steps:
        why = "Nothing stands out. Read the answers least like the expected ones."
        steps.append(Step(why, link="sort=worst"))
    return [*steps, Step("After a change, ask the newest run and compare.", ASK_AGAIN)]


def _ticket_step(tickets: Sequence[Ticket]) -> Step:
    rows = plural(sum(each.wanted for each in tickets), "new wording")
    ask = plural(len(tickets), "ticket asks", "tickets ask")
    why = (
        f"Write what is missing: {ask} for {rows} of facts that it gets wrong, then train on them"
    )
    return Step(why, ("synth run --tickets",), link="tickets")


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
