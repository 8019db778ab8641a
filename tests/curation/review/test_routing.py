from dataclasses import replace

import msgspec

from curation.conflicts import Claim, Conflict
from curation.review import routing
from curation.review.journal import Asked
from data.records import Example, Origin
from data.settings import ReviewSettings
from tests import make
from tests.curation.review.told import known

ANSWERS = (
    "Open the billing page and pick plan",
    "Ask your admin about webhook",
    "Run curl against endpoint",
    "Dusk falls; very quiet boxes jump at",
)


def row(number: int, **scores: float) -> Example:
    made = make.example(f"How do I change number {number}?", f"{ANSWERS[number % 4]} {number}.")
    return msgspec.structs.replace(made, scores=scores)


def thread(number: int) -> Example:
    return row(number, confirmed=0.0)


def settings(budget: int, *, audit: float = 0.0, gold: float = 0.0) -> ReviewSettings:
    return ReviewSettings(budget=budget, audit=audit, gold=gold)


def whys(asked: list[Asked]) -> list[str]:
    return [each.why for each in asked]


def card(number: int) -> Conflict:
    claims = [Claim(f"{number}{s}", f"f{number}{s}", "How much?", s, "faq.md#L1") for s in "ab"]
    return Conflict(f"card{number}", claims[0], claims[1], ("gb: 5 or 20",))


def test_the_most_urgent_comes_first_and_the_budget_cuts_the_rest() -> None:
    rows = [
        row(0),
        msgspec.structs.replace(row(1), side="test"),
        thread(2),
        row(3, grounding=0.1),
        row(4, judge_a=0.9, judge_b=0.2),
    ]
    told = replace(known(rows), cards=[card(1)])

    chosen = routing.choose(told, settings(10))
    few = routing.choose(told, settings(3))

    assert whys(chosen) == [
        "conflict",
        "judge-disagreement",
        "low-grounding",
        "unresolved-thread",
        "probe",
    ]
    assert whys(few) == whys(chosen)[:3]


def test_one_of_those_with_the_same_answer_is_asked_about_and_names_the_others() -> None:
    rows = [thread(0), thread(1), thread(2)]

    first, second = routing.choose(known(rows, near={0: [1], 1: [0]}), settings(10))

    assert first.members == (rows[1].id,)
    assert (second.subject, second.members) == (rows[2].id, ())


def test_an_answer_that_its_source_does_not_back_is_asked_about() -> None:
    passage = make.passage("How long?", "Backups are kept for thirty days in the vault.")
    invented = make.example("How long?", "Seven weeks upstairs, then deleted.", family=passage.id)
    backed = make.example("And?", "Backups are kept thirty days.", family=passage.id)

    [asked] = routing.choose(known([invented, backed], passages=[passage]), settings(10))

    assert (asked.subject, asked.why) == (invented.id, "low-grounding")


def test_what_waits_already_counts_against_the_budget_so_that_pushing_twice_asks_nothing() -> None:
    rows = [row(number) for number in range(30)] + [thread(30), thread(31)]
    told = known(rows)
    wanted = settings(10, audit=0.4, gold=0.2)

    asked = routing.choose(told, wanted)
    again = routing.choose(replace(told, asked=asked), wanted)
    subjects = frozenset(each.subject for each in asked)
    later = routing.choose(replace(told, asked=asked, complete=subjects), wanted)

    assert len(asked) <= 10
    assert again == []
    assert later
    assert not subjects & {each.subject for each in later}


def test_a_random_share_of_the_rest_is_drawn_and_the_same_one_each_time() -> None:
    told = known([row(number) for number in range(50)])

    drawn = routing.choose(told, settings(20, audit=0.5))

    assert whys(drawn) == ["audit"] * 10
    assert drawn == routing.choose(told, settings(20, audit=0.5))


def test_doubt_does_not_crowd_out_the_random_share() -> None:
    told = known([thread(number) for number in range(50)] + [row(n) for n in range(50, 90)])

    chosen = routing.choose(told, settings(10, audit=0.2))

    assert whys(chosen) == ["unresolved-thread"] * 8 + ["audit"] * 2


def test_records_with_a_known_verdict_look_like_any_other() -> None:
    rows = [row(number) for number in range(60)]

    chosen = routing.choose(known(rows), settings(40, audit=0.5, gold=0.1))

    gold = [each for each in chosen if each.gold]
    assert [each.gold for each in gold] == ["keep", "reject"] * 2
    assert {each.why for each in gold} == {"audit"}
    planted = [each.planted for each in gold if each.planted]
    questions = {each.question: each for each in rows}
    for made in planted:
        assert made.answer != questions[made.question].answer
        assert made.id not in {each.id for each in rows}


def test_a_decision_that_held_for_one_example_alone_leaves_the_others_to_be_asked() -> None:
    rows = [thread(0), thread(1)]
    asked = [Asked(rows[0].id, "examples", "unresolved-thread", members=(rows[1].id,))]
    told = replace(known(rows, near={0: [1], 1: [0]}), asked=asked)

    assert routing.choose(told, settings(10)) == []
    alone = replace(told, alone=frozenset({rows[0].id}))
    assert [each.subject for each in routing.choose(alone, settings(10))] == [rows[1].id]


def test_wordings_by_a_teacher_are_no_published_entries() -> None:
    origin = Origin("faq.md", "faq.md#L1", teacher="template")
    rows = [msgspec.structs.replace(row(number), origin=origin) for number in range(20)]

    assert routing.choose(known(rows), settings(10, gold=0.5)) == []
