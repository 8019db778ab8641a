"""`evaluate humans push`: draw what to compare, write it down, then send it.

What was drawn is written before anything is sent, and what is there already is not sent again: a
push that was killed is completed by the next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from curation.review import journal, page, places, queue
from curation.review.journal import Opinion
from curation.review.page import Page
from curation.review.queue import Server
from data import store
from data.errors import BadInputError
from data.workspace import Workspace
from eval import statistics
from eval.humans import arena as arenas
from eval.humans import draw, votes
from eval.humans.arena import Arena
from eval.humans.votes import Comparison
from eval.items import Item, QuestionSet
from eval.wording import percent, plural


@dataclass(frozen=True)
class Pushed:
    """What was sent, and what is known of it."""

    arena: Arena
    drawn: Sequence[Comparison]
    """All that was ever drawn."""
    address: str
    sent: int
    waiting: int
    """Comparisons at the server that still want votes."""
    stale: int
    """Those whose answers were given anew, or are gone; nobody has to look at them."""


def run(
    space: Workspace, names: Sequence[str], number: int, question_set: QuestionSet | None
) -> Pushed:
    """Send what is to be compared; at most `number` wait for people at once."""
    settings = space.settings.review
    arena = _on(arenas.meet(space, names), question_set)
    known = journal.read(votes.comparisons_path(space), Comparison)
    said = votes.of(journal.read(votes.opinions_path(space), Opinion))
    with queue.signed_in(space) as server:
        server.refuse_unknown(settings.annotators)
        before = votes.waiting(known, said, settings)
        everybody = _everybody(space, arena, before)
        waiting = votes.standing(everybody, before)
        free = max(0, number - len(waiting))
        drawn = draw.draw(arena, known, said, free, space.settings.evaluate.seed)
        store.write_records(votes.comparisons_path(space), drawn)
        waiting += drawn[len(known) :]
        address, there = _open(space, server)
        pages = [_page(everybody, each) for each in waiting if each.id not in there]
        server.send("comparisons", pages)
    stale = len(before) + len(drawn) - len(known) - len(waiting)
    return Pushed(arena, drawn, address, len(pages), len(waiting), stale)


def account(done: Pushed) -> Iterator[str]:
    """What happened, a line at a time."""
    arena = done.arena
    names = [each.name for each in arena.contestants]
    title = arena.sets[0].title.lower()
    yield f"{title}: {plural(len(arena.items), 'question')}, {', '.join(names)}"
    for one, other in arena.pairs:
        same, drawn = same_answers(arena, (one, other)), _times(done, (one, other))
        yield (
            f"{names[other]} against {names[one]}: the same answer to "
            f"{plural(same, 'question')} (a tie nobody is asked about), {drawn} drawn to compare"
            f"{_power(drawn, same, len(arena.items))}"
        )
    yield f"comparisons: {done.sent} sent, {done.waiting} wait at {done.address}"
    if done.stale:
        yield (
            f"{done.stale} of earlier pushes are about answers that were given anew since, or are "
            "gone: nobody need answer them"
        )
    if not done.waiting:
        yield "nothing is left to ask: all that differs was compared"


def same_answers(arena: Arena, pair: tuple[int, int]) -> int:
    """On how many items two contestants said the same."""
    one, other = (arena.contestants[each].ids for each in pair)
    return sum(one[item.id] == other[item.id] for item in arena.items)


def _on(arena: Arena, question_set: QuestionSet | None) -> Arena:
    if not arena.sets:
        names = " and ".join(each.name for each in arena.contestants)
        raise BadInputError(f"{names} were asked no held-out question in common.")
    chosen = question_set or arena.sets[0]
    if chosen not in arena.sets:
        raise BadInputError(
            f"There is no question of {chosen.key} that all were asked; "
            f"there is {', '.join(each.key for each in arena.sets)}."
        )
    return arena.within(chosen)


def _open(space: Workspace, server: Server) -> tuple[str, frozenset[str]]:
    """Where the queue lies, and what it holds."""
    settings = space.settings.review
    before = places.known(places.read(space), "comparisons", settings)
    place = server.open("comparisons", before, people=settings.annotators)
    if before is None or before.dataset != place.dataset:
        places.note(space, "comparisons", place)
    return place.address, server.subjects(place)


def _everybody(space: Workspace, arena: Arena, waiting: Sequence[Comparison]) -> Arena:
    """The contestants, and those of whom earlier pushes still ask."""
    earlier = chain.from_iterable(chain.from_iterable(each.pairs for each in waiting))
    names = [each.name for each in arena.contestants]
    found = arenas.meet_again(space, (*names, *earlier))
    assert found is not None
    return found


def _page(everybody: Arena, shown: Comparison) -> Page:
    item = next(each for each in everybody.items if each.id == shown.example)
    texts = {each.ids[item.id]: each.answers[item.id] for each in everybody.contestants}
    return page.of_comparison(
        shown.id, _asked(item), (texts[shown.a], texts[shown.b]), item.expected
    )


def _asked(item: Item) -> str:
    """The question with what stood before it."""
    before = [f"{turn.role}: {turn.content}" for turn in item.context]
    return "\n\n".join((*before, item.example.question))


def _times(done: Pushed, pair: tuple[int, int]) -> int:
    named = done.arena.named(*pair)
    return sum(named in each.pairs for each in votes.standing(done.arena, done.drawn))


def _power(drawn: int, same: int, items: int) -> str:
    """From which win probability on so many comparisons would show a preference."""
    if not drawn:
        return ""
    differ = 1 - same / items
    gap = statistics.detectable(differ, round(drawn / differ))
    if gap >= 1:
        return ", too few to show a preference"
    return f", which would show a win probability from {percent(0.5 + gap / 2)} on"
