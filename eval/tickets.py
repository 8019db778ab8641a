"""Tickets: which errors ask for new rows, and whether the rows that came have paid.

A ticket names passages of the train side and the probes that will tell, by their ids. No text of
what is held out enters it: of a slice's name only words stay that the training rows hold too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from data import store, terminal
from data import tickets as kept_tickets
from data.records import Acceptance, Answer, Example, Measured, Passage, Ticket, content_id
from data.workspace import Workspace
from eval import clusters, comparison, contrast, diagnosis, evaluation, verdict
from eval.arms import TUNED
from eval.comparison import Result
from eval.contrast import Contrast
from eval.diagnosis import Diagnosis
from eval.items import SEEN_WORDING, UNSEEN_WORDING, QuestionSet
from eval.report import Evaluation

MOST = 5
EACH = 4
"""Wordings wanted for each fact: as many again as a fact counts as hardly taught below."""
LEAST = 40
SHARE = 0.25
"""Of the training rows, the most that one round may add; `LEAST` where that is less."""
STYLES = (
    "key words as in a search box",
    "a hurried message",
    "a situation that is told first",
    "a polite request",
)
OTHERS_HOLD = "other-probes"
"""A guard: the probes of other facts are not answered worse."""

_ABOUT_NOTHING = re.compile(r"\babout (?!“)")
_QUOTED = re.compile(r"“([^”]*)”(?:, )?")


@dataclass(frozen=True)
class _Group:
    """Questions that are answered wrong for one reason, and how they are called."""

    name: str
    cause: Diagnosis
    results: Sequence[Result]
    """The right ones too."""


def told(space: Workspace, found: Evaluation) -> Evaluation:
    """With the tickets: those that were filled, and in place of open ones those of this run."""
    passages = store.read(space.passages, Passage) if space.passages.exists() else ()
    kept = [each for each in kept_tickets.read(space) if each.state != "open"]
    tried = _tried(kept, found.trained.name)
    opened = open_for(found, (each for each in passages if each.id not in tried))
    known = {each.id for each in kept}
    return replace(found, tickets=(*kept, *(each for each in opened if each.id not in known)))


def _tried(tickets: Iterable[Ticket], run: str) -> set[str]:
    """Passages that earlier tickets got wordings from, without success or not measured yet."""
    earlier = (each for each in tickets if each.run != run and each.state != "paid")
    return {source for each in earlier for source in each.sources}


def open_for(found: Evaluation, passages: Iterable[Passage]) -> list[Ticket]:
    """What this run's errors ask for, what helps most first; nothing where training failed."""
    seen = _of_set(found.results, SEEN_WORDING)
    if seen and _rate(seen) < verdict.REMEMBERS:
        return []
    sources = _by_family(passages)
    facts_left = max(LEAST, int(SHARE * len(found.trained_on))) // EACH
    served: set[str] = set()
    opened: list[Ticket] = []
    for group in _groups(found):
        families = [each for each in _wrong_families(group, sources) if each not in served]
        chosen = families[:facts_left]
        if not chosen or len(opened) == MOST:
            continue
        opened.append(_ticket(found.trained.name, group, chosen, sources))
        served.update(chosen)
        facts_left -= len(chosen)
    return opened


def _groups(found: Evaluation) -> Iterator[_Group]:
    """The slices that want data; of too few questions to search, those of one source."""
    if found.search.candidates or found.search.found:
        for each, cause in found.slices:
            if cause.wants_data:
                inside = [found.results[place] for place in each.items]
                yield _Group(_without_probes(each.name, inside, found), cause, inside)
        return
    by_source: defaultdict[str, list[Result]] = defaultdict(list)
    first_row = {row.family: row for row in reversed(found.trained_on)}
    for result in _of_set(found.results, UNSEEN_WORDING):
        if row := first_row.get(result.item.example.family):
            by_source[row.origin.source].append(result)
    wrong = {source: sum(map(_is_wrong, each)) for source, each in by_source.items()}
    for source in sorted(by_source, key=lambda each: (-wrong[each], each)):
        cause = _cause([each for each in by_source[source] if _is_wrong(each)], found)
        if wrong[source] and cause.wants_data:
            yield _Group(f"from {source}", cause, by_source[source])


def _cause(wrong: Sequence[Result], found: Evaluation) -> Diagnosis:
    """The diagnosis; where many rows teach a fact, whether it is known in their words only."""
    cause = diagnosis.diagnose(wrong, found.taught)
    seen, unseen = (_of_set(found.results, each) for each in (SEEN_WORDING, UNSEEN_WORDING))
    if cause == diagnosis.NOT_TAKEN_UP and seen and _rate(seen) - _rate(unseen) >= verdict.GAP:
        return diagnosis.BY_HEART
    return cause


def _without_probes(name: str, inside: Sequence[Result], found: Evaluation) -> str:
    """The name of a slice without those words of its probes that no row of its facts holds."""
    families = {each.item.example.family for each in inside}
    rows = (row for row in found.trained_on if row.family in families)
    taught = {word for row in rows for word in clusters.telling(f"{row.question} {row.answer}")}
    kept = _QUOTED.sub(lambda match: match[0] if match[1] in taught else "", name)
    parts = (part.strip() for part in _ABOUT_NOTHING.sub("", kept).split(","))
    return ", ".join(part for part in parts if part) or "a slice of probes"


def _by_family(passages: Iterable[Passage]) -> Mapping[str, Sequence[str]]:
    """Ids of the passages of the train side."""
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for each in passages:
        if each.side == "train":
            sources[each.family].append(each.id)
    return sources


def _wrong_families(group: _Group, sources: Mapping[str, Sequence[str]]) -> list[str]:
    """Facts that are answered wrong and can be written about, the most often wrong first."""
    wrong: defaultdict[str, int] = defaultdict(int)
    for each in group.results:
        if _is_wrong(each) and each.item.example.family in sources:
            wrong[each.item.example.family] += 1
    return sorted(wrong, key=lambda family: (-wrong[family], family))


def _ticket(
    run: str, group: _Group, families: Sequence[str], sources: Mapping[str, Sequence[str]]
) -> Ticket:
    asked = [each for each in group.results if each.item.question_set == UNSEEN_WORDING]
    put_off = {each.item.example.family for each in asked if _is_wrong(each)} - set(families)
    # The right ones too: of wrong ones alone, chance makes some right in the next run.
    probes = sorted(each.item.id for each in asked if each.item.example.family not in put_off)
    passages = tuple(passage for family in families for passage in sources[family])
    wrong = sum(map(_is_wrong, group.results))
    return Ticket(
        id=content_id("ticket", run, group.name, *passages, "probes", *probes),
        slice=group.name,
        why=f"{wrong} of {len(group.results)} answers are wrong: {group.cause.name}",
        sources=passages,
        wanted=EACH * len(families),
        withheld=tuple(probes),
        run=run,
        diagnosis=group.cause.name,
        action="write new wordings from the sources",
        styles=STYLES,
        accept=Acceptance("exact", TUNED, 0.0, (OTHERS_HOLD,)),
    )


def measure(space: Workspace, run: Path) -> list[Ticket]:
    """Hold this run against those that opened the tickets it was trained for; write what came out.

    Returns the tickets that were measured by it.
    """
    tickets = kept_tickets.read(space)
    rows = store.read_stage(space.split / SEEN_WORDING.file, Example, made_by="curate split")
    learnt = {row.origin.ticket for row in rows}
    due = {each.id for each in tickets if each.id in learnt and _is_due(each, run.name)}
    if not due:
        return []
    answered = evaluation.read_answers(space, run)
    results = comparison.grade(answered.items, answered.answers, ())
    asked = _of_set(results, UNSEEN_WORDING)
    seed = answered.settings.seed
    now = [_measured(space, each, asked, seed) if each.id in due else each for each in tickets]
    kept_tickets.write(space, now)
    return [each for each in now if each.measured and each.measured.run == run.name]


def _is_due(ticket: Ticket, run: str) -> bool:
    """Whether a ticket waits for this run, or was measured by it and may be again."""
    if ticket.state == "open" or ticket.accept is None:
        return False
    return ticket.run != run and (ticket.measured is None or ticket.measured.run == run)


def _measured(space: Workspace, ticket: Ticket, asked: Sequence[Result], seed: int) -> Ticket:
    before = _earlier(space, ticket)
    common = [each for each in asked if each.item.id in before]
    withheld = [each for each in common if each.item.id in ticket.withheld]
    others = [each for each in common if each.item.id not in ticket.withheld]
    if not withheld or ticket.accept is None:
        terminal.warn(
            f"Ticket {ticket.id} cannot be measured: none of its probes was answered by run "
            f"{ticket.run} and by this one too."
        )
        return ticket
    held = _against(withheld, before, ticket.run, seed)
    guards = _against(others, before, ticket.run, seed) if others else None
    broken = (OTHERS_HOLD,) if guards and guards.state == "REGRESSED" else ()
    outcome = Measured(
        run=withheld[0].grades[TUNED].answer.run,
        asked=len(withheld),
        before=held.both_right + held.broken,
        after=held.both_right + held.fixed,
        gain=held.difference,
        interval=(held.interval.low, held.interval.high) if held.interval else None,
        broken=broken,
    )
    proven = held.interval is not None and held.interval.low > ticket.accept.threshold
    has_paid = proven and held.state == "IMPROVED" and not broken
    return msgspec.structs.replace(
        ticket, measured=outcome, state="paid" if has_paid else "not paid"
    )


def _earlier(space: Workspace, ticket: Ticket) -> dict[str, Answer]:
    """What the run that opened the ticket said; of another split, but ids are of equal items."""
    path = evaluation.answers_path(space.runs / ticket.run)
    answers = store.read(path, Answer) if path.exists() else ()
    return {each.example: each for each in answers if each.arm == TUNED and each.sample == 0}


def _against(
    asked: Sequence[Result], before: Mapping[str, Answer], earlier: str, seed: int
) -> Contrast:
    run = asked[0].grades[TUNED].answer.run
    graded = {
        earlier: [comparison.grade_one(each.item, before[each.item.id]) for each in asked],
        run: [each.grades[TUNED] for each in asked],
    }
    families = [each.item.example.family for each in asked]
    [held] = contrast.against_all(graded, families, run, "exact", seed=seed)
    return held


def _of_set(results: Sequence[Result], question_set: QuestionSet) -> list[Result]:
    return [each for each in results if each.item.question_set == question_set]


def _rate(results: Sequence[Result]) -> float:
    return sum(not _is_wrong(each) for each in results) / len(results)


def _is_wrong(result: Result) -> bool:
    return not result.grades[TUNED].exact
