"""What the votes say: how likely each model is preferred, how far people agree, what biases them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from curation.review import agreement, journal
from curation.review.agreement import Alpha, Kappa
from curation.review.journal import Opinion
from data.workspace import Workspace
from eval import bradley_terry, statistics
from eval.bradley_terry import Meeting, Standing
from eval.contrast import UNLIKELY
from eval.humans import arena as arenas
from eval.humans import votes
from eval.humans.arena import Arena, Contestant
from eval.humans.votes import Comparison, Vote
from eval.items import QuestionSet
from eval.statistics import Rate

State = Literal["PREFERRED", "NOT PREFERRED", "NOT PROVEN"]


@dataclass(frozen=True)
class Rank:
    """One contestant against the one that all are held against."""

    name: str
    standing: Standing | None
    """None where no chain of comparisons leads from one to the other."""
    won: int
    """Of comparisons with the other one, by the majority of those who voted."""
    lost: int
    tied: int
    same: int
    """Items on which both gave the same answer."""
    chance: float
    """Sign-flip mid-p over facts of the direct comparisons, after Holm over all contestants."""
    needed: int | None
    """Comparisons that a difference as large as the one seen would take; None where there is none."""

    @property
    def state(self) -> State:
        if self.chance >= UNLIKELY or self.standing is None:
            return "NOT PROVEN"
        return "PREFERRED" if self.standing.probability > 0.5 else "NOT PREFERRED"

    @property
    def judged(self) -> int:
        return self.won + self.lost + self.tied


@dataclass(frozen=True)
class Ranking:
    """All of one question set."""

    question_set: QuestionSet
    items: int
    against: str
    """The contestant that all others are held against."""
    ranks: tuple[Rank, ...]
    """The others, the strongest first."""
    drawn: int
    judged: int
    """Comparisons of those drawn that somebody voted on."""
    votes: int
    annotators: int
    first: Rate
    """Of votes that decided, those for A: half of them, where the place on the screen does not count."""
    longer: Rate
    """Of votes that decided between two lengths, those for the longer answer."""
    both_bad: int
    """Votes that found neither answer good."""
    agreed: Alpha
    kappas: tuple[Kappa, ...]
    stale: int
    """Comparisons that were voted on, and whose answers were given anew since."""


def read(space: Workspace, names: Sequence[str] = ()) -> list[Ranking]:
    """The rankings by question set; of all that were ever compared, where none are named.

    Empty where nobody voted yet, or where the answers that were voted on are no more.
    """
    drawn = journal.read(votes.comparisons_path(space), Comparison)
    said = votes.of(journal.read(votes.opinions_path(space), Opinion))
    if not said:
        return []
    if names:
        arena: Arena | None = arenas.meet(space, names)
    else:
        arena = arenas.meet_again(space, _voted(drawn, said))
    if arena is None:
        return []
    seed = space.settings.evaluate.seed
    sets = (arena.within(each) for each in arena.sets)
    found = [rank(each, drawn, said, seed) for each in sets]
    return [each for each in found if each.judged]


def about(space: Workspace, run: str) -> list[Ranking]:
    """Those rankings in which an arm of this run stands."""
    return [
        each
        for each in read(space)
        if any(
            name.startswith(f"{run}/") for name in (each.against, *(r.name for r in each.ranks))
        )
    ]


def _voted(drawn: Iterable[Comparison], said: Mapping[str, Sequence[Vote]]) -> list[str]:
    """The names of all that were voted on."""
    pairs = (pair for each in drawn if each.id in said for pair in each.pairs)
    return sorted({name for pair in pairs for name in pair})


def rank(
    arena: Arena,
    drawn: Sequence[Comparison],
    said: Mapping[str, Sequence[Vote]],
    seed: int,
) -> Ranking:
    """What was said about the contestants of an arena, on its only question set."""
    here = votes.standing(arena, drawn)
    heard = {each.id: said[each.id] for each in here if each.id in said}
    met = list(votes.meetings(arena, here, said))
    cast = [vote for each in heard.values() for vote in each]
    scores = {key: {vote.annotator: vote.score for vote in told} for key, told in heard.items()}
    items = {item.id for item in arena.items}
    named = {each.name for each in arena.contestants}
    voted = [each for each in drawn if each.id in said and each.example in items]
    ours = [each for each in voted if any(named.issuperset(pair) for pair in each.pairs)]
    return Ranking(
        question_set=arena.sets[0],
        items=len(arena.items),
        against=arena.contestants[0].name,
        ranks=_ranks(arena, met, seed),
        drawn=len(here),
        judged=len(heard),
        votes=len(cast),
        annotators=len({vote.annotator for vote in cast}),
        first=_first(cast),
        longer=_longer(arena, here, heard),
        both_bad=sum(vote.better == "bad" for vote in cast),
        agreed=agreement.alpha("better", scores, _apart),
        kappas=tuple(agreement.kappas(scores)),
        stale=len(ours) - len(heard),
    )


def _ranks(arena: Arena, met: Sequence[Meeting], seed: int) -> tuple[Rank, ...]:
    """All but the first contestant, with Holm over them."""
    found = bradley_terry.standings(met, len(arena.contestants), seed=seed)
    direct = [
        [each for each in met if (each.one, each.other) == (0, number)]
        for number in range(1, len(arena.contestants))
    ]
    ranks = [
        _rank(who, standing, those, seed)
        for who, standing, those in zip(arena.contestants[1:], found[1:], direct, strict=True)
    ]
    adjusted = statistics.holm([each.chance for each in ranks])
    ranks = [replace(each, chance=p) for each, p in zip(ranks, adjusted, strict=True)]
    return tuple(sorted(ranks, key=lambda each: -_strength(each)))


def _strength(each: Rank) -> float:
    return each.standing.probability if each.standing else -1.0


def _rank(who: Contestant, standing: Standing | None, met: Sequence[Meeting], seed: int) -> Rank:
    scored = [(each.family, 1 - 2 * each.score) for each in met if each.score is not None]
    families, gains = [family for family, _ in scored], [gain for _, gain in scored]
    return Rank(
        name=who.name,
        standing=standing,
        won=sum(gain > 0 for gain in gains),
        lost=sum(gain < 0 for gain in gains),
        tied=gains.count(0.0),
        same=sum(each.same for each in met),
        chance=statistics.sign_flip(gains, families, seed=seed),
        needed=_needed(gains, families),
    )


def _needed(gains: Sequence[float], families: Sequence[str]) -> int | None:
    difference = sum(gains) / len(gains) if gains else 0.0
    if not difference:
        return None
    decided = sum(gain != 0 for gain in gains) / len(gains)
    return statistics.needed(decided, difference, statistics.design_effect(gains, families))


def _first(cast: Iterable[Vote]) -> Rate:
    told = Counter(vote.better for vote in cast)
    return Rate(told["a"], told["a"] + told["b"])


def _longer(
    arena: Arena, drawn: Iterable[Comparison], heard: Mapping[str, Sequence[Vote]]
) -> Rate:
    """Of votes that decide, between answers of different length."""
    lengths = {
        (item.id, who.ids[item.id]): len(who.answers[item.id])
        for item in arena.items
        for who in arena.contestants
    }
    count = total = 0
    for each in drawn:
        ahead = lengths[each.example, each.a] - lengths[each.example, each.b]
        decided = [vote.score > 0.5 for vote in heard.get(each.id, ()) if vote.score != 0.5]
        if ahead:
            total += len(decided)
            count += sum(is_a == (ahead > 0) for is_a in decided)
    return Rate(count, total)


def _apart(one: object, other: object) -> float:
    """How far two votes are apart: a tie lies half-way between A and B."""
    assert isinstance(one, float)
    assert isinstance(other, float)
    return (one - other) ** 2
