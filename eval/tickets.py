"""Tickets: which errors ask for new rows.

A ticket names passages of the train side and the probes that will tell, by their ids. No text of
what is held out enters it: of a slice's name only words stay that the training rows hold too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from data import store
from data import tickets as kept_tickets
from data.records import Acceptance, Passage, Ticket, content_id
from data.workspace import Workspace
from eval import (
    clusters,
    diagnosis,
    placebo,
    verdict,
)
from eval.arms import TUNED
from eval.comparison import Result
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
TEXT_HOLDS = "neutral-text"
"""A guard: neutral text is not read worse, where `evaluate forgetting` asked both runs."""

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
    passages = store.read_there(space.passages, Passage)
    kept = [each for each in kept_tickets.read(space) if each.state != "open"]
    tried = _tried(kept, found.trained.name)
    opened = open_for(found, (each for each in passages if each.id not in tried))
    known = {each.id for each in kept}
    return replace(found, tickets=(*kept, *(each for each in opened if each.id not in known)))


def _tried(tickets: Iterable[Ticket], run: str) -> set[str]:
    """Passages that earlier tickets got wordings from, without success or not measured yet."""
    earlier = (
        each for each in tickets if each.run != run and each.state != "paid" and not each.placebo
    )
    return {source for each in earlier for source in each.sources}


def open_for(found: Evaluation, passages: Iterable[Passage]) -> list[Ticket]:
    """What this run's errors ask for, what helps most first; nothing where training failed."""
    seen = of_set(found.results, SEEN_WORDING)
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
    return [*opened, *_placebo(found, opened, sources, len(served))]


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
    for result in of_set(found.results, UNSEEN_WORDING):
        if row := first_row.get(result.item.example.family):
            by_source[row.origin.source].append(result)
    wrong = {source: sum(map(_is_wrong, each)) for source, each in by_source.items()}
    for source in sorted(by_source, key=lambda each: (-wrong[each], each)):
        cause = _cause([each for each in by_source[source] if _is_wrong(each)], found)
        if wrong[source] and cause.wants_data:
            yield _Group(f"from {source}", cause, by_source[source])


def _cause(wrong: Sequence[Result], found: Evaluation) -> Diagnosis:
    """The diagnosis; where many rows teach a fact, whether it is known in their words only."""
    cause = diagnosis.diagnose(wrong, found.taught, forgot=found.forgot)
    seen, unseen = (of_set(found.results, each) for each in (SEEN_WORDING, UNSEEN_WORDING))
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
        accept=Acceptance("exact", TUNED, 0.0, (OTHERS_HOLD, TEXT_HOLDS)),
    )


def _placebo(
    found: Evaluation, opened: Sequence[Ticket], sources: Mapping[str, Sequence[str]], facts: int
) -> Iterator[Ticket]:
    """As many facts as the tickets ask for, by lot; nothing where too few are left."""
    run = found.trained.name
    asked = [
        each
        for each in of_set(found.results, UNSEEN_WORDING)
        if each.item.example.family in sources
    ]
    families = set(placebo.draw(asked, opened, facts, found.seed))
    if not families:
        return
    passages = tuple(passage for family in sorted(families) for passage in sources[family])
    probes = sorted(each.item.id for each in asked if each.item.example.family in families)
    yield Ticket(
        id=content_id("placebo", run, *passages, "probes", *probes),
        slice="facts drawn by lot",
        why="a placebo: what rows gain that aim at nothing",
        sources=passages,
        wanted=EACH * len(families),
        withheld=tuple(probes),
        run=run,
        action="write new wordings from the sources",
        styles=STYLES,
        placebo=True,
        accept=Acceptance("exact", TUNED, 0.0, ()),
    )


def of_set(results: Sequence[Result], question_set: QuestionSet) -> list[Result]:
    return [each for each in results if each.item.question_set == question_set]


def _rate(results: Sequence[Result]) -> float:
    return sum(not _is_wrong(each) for each in results) / len(results)


def _is_wrong(result: Result) -> bool:
    return not result.grades[TUNED].exact
