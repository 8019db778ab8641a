"""What the numbers say, in sentences that claim no more than the numbers do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.records import Ticket
from eval.arms import BASE, MEANINGS, TUNED
from eval.checks.suite import EXPECTED
from eval.comparison import CheckRate, SetScore
from eval.contrast import Contrast, Metric
from eval.items import SEEN_WORDING, UNSEEN_SOURCE, UNSEEN_WORDING, QuestionSet
from eval.statistics import Interval
from eval.wording import HARD_SPACE, interval, percent, plural, points, probability, share
from train.runs import Trained

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


def state(sets: Sequence[SetScore]) -> str:
    """IMPROVED, REGRESSED or NOT PROVEN, against the best of the other arms."""
    return sets[0].contrasts[0].state if sets[0].contrasts else ""


def _rival(score: SetScore) -> str:
    """The best of the other arms."""
    return score.contrasts[0].against if score.contrasts else BASE


def _called(rival: str) -> str:
    if rival == BASE:
        return "the base"
    return f"the best other arm ({rival})" if rival in MEANINGS else rival


def sentence(sets: Sequence[SetScore]) -> str:
    """The verdict on the set that tells most."""
    score = sets[0]
    rival, tuned = _rival(score), score.arms[TUNED]
    where = {
        UNSEEN_WORDING: "On wordings it never saw",
        UNSEEN_SOURCE: "On sources it never saw",
    }.get(score.question_set, "On questions it was trained on")
    what = "taught answers" if score.question_set == UNSEEN_WORDING else "expected answers"
    return (
        f"{where}, the tuned model gives {tuned.right} of {tuned.total} {what} exactly "
        f"({percent(tuned.rate)}, 95{HARD_SPACE}% interval {interval(tuned.interval)}); "
        f"{_called(rival)} gives {score.arms[rival].right}."
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
    rival = _called(contrast.against)
    gap = difference(contrast)
    if contrast.state == "NOT PROVEN":
        return (
            f"{contrast.state} against {rival}: {gap}, which may be chance "
            f"(p {probability(contrast.adjusted)}). {_power(contrast)}"
        )
    return (
        f"{contrast.state} against {rival}: {gap}, more than chance explains "
        f"(p {probability(contrast.adjusted)}). Of {contrast.total} answers {contrast.fixed} were "
        f"fixed and {contrast.broken} broken."
    )


def difference(contrast: Contrast) -> str:
    """`+12 points (4 to 20)`: of a share in percent, or of chrF."""
    return _signed(contrast.difference, contrast.interval, unit(contrast.metric))


def bare_difference(contrast: Contrast) -> str:
    """`+12 (4 to 20)`, for a column whose head names the unit."""
    return _signed(contrast.difference, contrast.interval)


def unit(metric: Metric) -> str:
    return "points" if metric == "exact" else "of chrF"


def _signed(share: float, around: Interval | None, *unit: str) -> str:
    scaled = Interval(100 * around.low, 100 * around.high) if around else None
    amount, *reach = points(100 * share, scaled).split(" ", 1)
    return " ".join((f"{'+' if share > 0 else ''}{amount}", *unit, *reach))


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
    return _signed(ticket.measured.gain, Interval(*around) if around else None, "points")


def beyond(ticket: Ticket) -> str:
    """`placebo +5.0 points, beyond it +35.0 points (10.0 to 60.0)`; nothing without one."""
    told = ticket.measured
    if told is None or told.placebo is None or told.beyond is None:
        return ""
    more = _signed(told.gain - told.placebo, Interval(*told.beyond), "points")
    return f"placebo {_signed(told.placebo, None, 'points')}, beyond it {more}"


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
    rival, tuned = first.arms[_rival(first)], first.arms[TUNED]
    title = first.question_set.title.lower()
    return [
        Headline(
            f"exactly right, {title}",
            percent(tuned.rate),
            f"{interval(tuned.interval)}; {rival.arm} {percent(rival.rate)}",
        ),
        Headline(
            "fixed, and broken",
            f"{first.outcomes['fixed']} : {first.outcomes['broken']}",
            f"of {first.total}, against the base",
        ),
        Headline(
            f"likeness (chrF), {title}",
            f"{tuned.chrf:.0f}",
            f"of 100; gain over the base {points(first.gain, first.gain_interval)}",
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
        note = (
            "no rule finds more in tuned than in expected answers; being wrong is not counted here"
        )
        return Headline("findings above the floor", "0", note)
    rates = {arm: percent(count / worst.total) for arm, count in worst.flagged.items()}
    note = f"of tuned answers; base {rates[BASE]}, expected {rates[EXPECTED]} (false alarms)"
    return Headline(f"foremost finding: {worst.check}", rates[TUNED], note)


def _excess(each: CheckRate) -> int:
    return each.flagged[TUNED] - each.flagged[EXPECTED]


def next_steps(
    sets: Sequence[SetScore],
    checks: Sequence[CheckRate],
    tickets: Sequence[Ticket] = (),
    forgot: Trained | None = None,
) -> list[Step]:
    """What would help most, worst trouble first; `tickets` are the open ones.

    `forgot` says what was trained where that lost some of what the base could.
    """
    found = {score.question_set: score for score in sets}
    training = [_ticket_step(tickets)] if tickets else _training_steps(found)
    keeping = [_keeping_step(forgot)] if forgot else []
    steps = [*training, *keeping, *_check_steps(checks), *_reading_steps(sets)]
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


def _keeping_step(trained: Trained) -> Step:
    """An adapter learns less and forgets less: https://arxiv.org/abs/2405.09673."""
    remedy = {
        "model": "train an adapter in place of every weight (`full_finetuning = false`)",
        "adapter": "train with fewer epochs or a lower learning rate (`[train.trainer]`)",
    }[trained]
    why = f"Keep what its base could, of which it has forgotten some: {remedy}, and measure again."
    return Step(why, ("train run", "evaluate forgetting"), link="forgetting")


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
