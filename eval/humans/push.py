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
from eval.humans.arena import Arena, text_id
from eval.humans.votes import Comparison
from eval.items import Item, QuestionSet
from eval.wording import percent, plural

NUMBER = 100
"""Comparisons that wait for people at once."""


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
    lost: int
    """Those that cannot be sent again, for the answers are no more."""


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
        free = max(0, number - len(votes.waiting(known, said, settings)))
        drawn = draw.draw(arena, known, said, free, space.settings.evaluate.seed)
        store.write_records(votes.comparisons_path(space), drawn)
        waiting = votes.waiting(drawn, said, settings)
        address, there = _open(space, server)
        absent = [each for each in waiting if each.id not in there]
        pages = list(_pages(space, arena, absent))
        server.send("comparisons", pages)
    lost = len(absent) - len(pages)
    return Pushed(arena, drawn, address, len(pages), len(waiting) - lost, lost)


def account(done: Pushed) -> Iterator[str]:
    """What happened, a line at a time."""
    arena = done.arena
    names = [each.name for each in arena.contestants]
    title = arena.sets[0].title.lower()
    yield f"{title}: {plural(len(arena.items), 'question')}, {', '.join(names)}"
    for one, other in arena.pairs:
        same, drawn = same_answers(arena, (one, other)), _times(done, names[one], names[other])
        yield (
            f"{names[other]} against {names[one]}: the same answer to "
            f"{plural(same, 'question')} (a tie nobody is asked about), {drawn} drawn to compare"
            f"{_power(drawn, same, len(arena.items))}"
        )
    yield f"comparisons: {done.sent} sent, {done.waiting} wait at {done.address}"
    if done.lost:
        yield f"{done.lost} drawn earlier are left out: their answers were given anew, or are gone"


def same_answers(arena: Arena, pair: tuple[int, int]) -> int:
    """On how many items two contestants said the same."""
    one, other = (arena.contestants[each].answers for each in pair)
    return sum(text_id(one[item.id]) == text_id(other[item.id]) for item in arena.items)


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


def _pages(space: Workspace, arena: Arena, absent: Sequence[Comparison]) -> Iterator[Page]:
    """What is shown of each; nothing of one whose answers are no more."""
    names = chain.from_iterable(chain.from_iterable(each.pairs for each in absent))
    earlier = arenas.meet_again(space, names)
    items: dict[str, Item] = {}
    texts: dict[tuple[str, str], str] = {}
    for each in (earlier, arena) if earlier else (arena,):
        items |= {item.id: item for item in each.items}
        for who in each.contestants:
            texts |= {(key, text_id(text)): text for key, text in who.answers.items()}
    for shown in absent:
        a, b = (texts.get((shown.example, side)) for side in (shown.a, shown.b))
        if a is not None and b is not None and shown.example in items:
            item = items[shown.example]
            yield page.of_comparison(shown.id, _asked(item), (a, b), item.expected)


def _asked(item: Item) -> str:
    """The question with what stood before it."""
    before = [f"{turn.role}: {turn.content}" for turn in item.context]
    return "\n\n".join((*before, item.example.question))


def _times(done: Pushed, one: str, other: str) -> int:
    items = {item.id for item in done.arena.items}
    pair = votes.pair_of(one, other)
    return sum(pair in each.pairs for each in done.drawn if each.example in items)


def _power(drawn: int, same: int, items: int) -> str:
    """From which win probability on so many comparisons would show a preference."""
    if not drawn:
        return ""
    differ = 1 - same / items
    gap = statistics.detectable(differ, round(drawn / differ))
    if gap >= 1:
        return ", too few to show a preference"
    return f", which would show a win probability from {percent(0.5 + gap / 2)} on"
