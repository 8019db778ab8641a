from collections.abc import Mapping
from pathlib import Path

import pytest

from curation.review import journal
from data import store
from data.workspace import Workspace
from eval import evaluation
from eval.humans import arena, draw, ranking, votes
from eval.humans.arena import Arena, Contestant
from eval.humans.votes import Comparison, Vote
from tests import make
from tests.curation.review.told import opinion
from tests.eval import canned

ITEMS = tuple(canned.item(f"Question {n}?", "Yes.") for n in range(60))


def compared(**said: str) -> Arena:
    """Contestants that say the same to everything, each its own words."""
    return Arena(
        tuple(
            Contestant(f"first/{name}", {item.id: text for item in ITEMS})
            for name, text in said.items()
        ),
        ITEMS,
    )


def judged(
    among: Arena, drawn: list[Comparison], quality: Mapping[str, float]
) -> dict[str, list[Vote]]:
    """One vote on each, by how good each text is; the same quality makes a tie."""
    good = {arena.text_id(text): value for text, value in quality.items()}
    better = {
        each.id: "good" if good[each.a] == good[each.b] else "ab"[good[each.b] > good[each.a]]
        for each in drawn
    }
    return {key: [Vote("ann", key, word)] for key, word in better.items()}


def test_the_same_answer_is_never_shown_and_counts_as_a_tie() -> None:
    same = Contestant("first/tuned", {item.id: " Maybe.\n" for item in ITEMS[:40]})
    other = {item.id: "No." for item in ITEMS[40:]}
    among = Arena(
        (Contestant("first/base", dict.fromkeys((i.id for i in ITEMS), "Maybe.")),
         Contestant("first/tuned", {**same.answers, **other})),
        ITEMS,
    )  # fmt: skip

    drawn = draw.draw(among, [], {}, 100, seed=1)
    found = ranking.rank(among, drawn, judged(among, drawn, {"No.": 1, "Maybe.": 0}), seed=1)

    assert {each.example for each in drawn} == {item.id for item in ITEMS[40:]}
    [tuned] = found.ranks
    assert (tuned.won, tuned.same, tuned.state) == (20, 40, "PREFERRED")
    assert tuned.standing is not None
    assert tuned.standing.probability == pytest.approx((20 + 40 / 2) / 60, abs=0.01)


def test_which_answer_is_shown_first_is_even_and_fixed() -> None:
    among = compared(base="No.", tuned="Yes.")

    drawn, again = (draw.draw(among, [], {}, 60, seed=1) for _ in range(2))

    ahead = sum(each.a == arena.text_id("Yes.") for each in drawn)
    assert 20 < ahead < 40
    assert drawn == again


def test_those_who_are_close_meet_more_often() -> None:
    among = compared(base="No.", weak="Hm.", close="Yes.", tuned="Yes!")
    drawn = draw.draw(among, [], {}, 60, seed=1)
    quality = {"No.": 0, "Hm.": 1, "Yes.": 2, "Yes!": 2}

    more = draw.draw(among, drawn, judged(among, drawn, quality), 40, seed=1)[60:]

    met = [each.pairs for each in more]
    assert met.count((("first/close", "first/tuned"),)) > 1.5 * len(met) / len(among.pairs)


def test_one_comparison_serves_all_who_gave_these_answers() -> None:
    among = compared(base="No.", prompted="No.", tuned="Yes.")

    drawn = draw.draw(among, [], {}, 10, seed=1)

    found = ranking.rank(among, drawn, judged(among, drawn, {"No.": 0, "Yes.": 1}), seed=1)
    assert len(drawn) == found.judged == 10
    shared = [each for each in drawn if len(each.pairs) == 2]
    assert len(shared) > 5


def test_where_people_disagree_the_mean_counts_and_agreement_is_told() -> None:
    among = compared(base="No.", tuned="Yes.")
    drawn = draw.draw(among, [], {}, 30, seed=1)
    said = judged(among, drawn, {"No.": 0, "Yes.": 1})
    for number, each in enumerate(drawn):
        other = said[each.id][0].better if number % 2 else "bad"
        said[each.id].append(Vote("bob", each.id, other))

    found = ranking.rank(among, drawn, said, seed=1)

    assert found.ranks[0].standing is not None
    assert found.ranks[0].standing.probability == pytest.approx(0.875, abs=0.03)
    assert (found.votes, found.annotators, found.both_bad) == (60, 2, 15)
    assert found.agreed.alpha is not None
    assert found.longer.rate == 1.0


@pytest.fixture
def asked(tmp_path: Path) -> Workspace:
    """Two models that differ on all probes, with a vote for the tuned one on each."""
    space = make.space(tmp_path)
    probes = [make.example(f"Question {n}?", "Yes.") for n in range(8)]
    canned.split(space, train=[make.example()], probes=probes)
    answer(space, "Yes.")
    among = arena.meet(space, [])
    drawn = draw.draw(among, [], {}, 8, seed=1)
    store.write_records(votes.comparisons_path(space), drawn)
    said = judged(among, drawn, {"No.": 0, "Yes.": 1})
    journal.write(
        votes.opinions_path(space),
        [
            opinion(key, queue="comparisons", values={"better": vote.better})
            for key, [vote] in said.items()
        ],
    )
    return space


def answer(space: Workspace, tuned: str) -> None:
    models = canned.models(lambda _: "No.", lambda _: tuned)
    evaluation.answer(space, space.runs / "first", models)


def test_what_people_said_is_shown_and_stands_while_the_answers_do(asked: Workspace) -> None:
    shown = make.run("evaluate humans show", cwd=asked.root)

    assert shown.code == 0, shown.output
    assert "8 of 8 comparisons answered, by 1 person in 8 votes" in shown.output
    assert "PREFERRED: first/tuned against first/base, better in 8" in shown.output

    answer(asked, "Perhaps.")
    said = votes.of(journal.read(votes.opinions_path(asked), journal.Opinion))
    [found] = [ranking.rank(arena.meet(asked, []), list(read(asked)), said, seed=1)]
    assert (found.judged, found.stale) == (0, 8)
    assert make.run("evaluate humans show", cwd=asked.root).code == 2


def read(space: Workspace) -> list[Comparison]:
    return list(store.read(votes.comparisons_path(space), Comparison))


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ("first/tund", "did you mean `first/tuned`?"),
        ("second", "No run `second`"),
        ("first --set seen-wording", "--set is one of unseen-wording, unseen-source"),
        ("first --set unseen-source", "no question of unseen-source"),
    ],
)
def test_what_cannot_be_compared_is_said(asked: Workspace, models: str, said: str) -> None:
    ran = make.run(f"evaluate humans push {models}", cwd=asked.root)

    assert ran.code == 2
    assert said in " ".join(ran.output.split())
