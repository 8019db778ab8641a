from data.records import Answer
from eval.checks import agreement, contamination, labels, samples, suite
from eval.checks.known import Known
from eval.items import UNSEEN_SOURCE, UNSEEN_WORDING, Item
from tests import make
from tests.eval import canned

EXPECTED = "Files stay for 30 days."


def answer(item: Item, text: str, *, arm: str = "tuned", sample: int = 0) -> Answer:
    return Answer("first", arm, item.id, text, tokens=5, seconds=0.1, stop="eos", sample=sample)


def wordings(count: int) -> list[Item]:
    return [canned.item(f"How long, case {n}?", EXPECTED, family="trash") for n in range(count)]


def test_one_wording_that_got_another_amount_is_inconsistent() -> None:
    asked = wordings(4)
    said = [answer(item, "They stay for 30 days.") for item in asked]
    said[2] = answer(asked[2], "They stay for 60 days.")

    [apart] = agreement.find(asked, said)

    assert apart.answer == said[2]
    assert (apart.agreeing, apart.asked) == (3, 4)


def test_scattered_answers_are_inconsistent_though_none_contradicts() -> None:
    asked = wordings(3)
    texts = ("Quite long.", "Ask your admin about that.", "Nobody can tell.")

    apart = list(agreement.find(asked, map(answer, asked, texts)))

    assert len(apart) == 2


def test_other_words_for_the_same_are_consistent() -> None:
    asked = wordings(3)
    texts = (
        "Files stay for 30 days.",
        "files stay for 30 days",
        "The files stay for a month, 30 days.",
    )

    assert not list(agreement.find(asked, map(answer, asked, texts)))


def test_a_fact_that_other_samples_do_not_tell_is_unsettled() -> None:
    asked = canned.item()
    told = ("Call 112 by 10:30.", "Call 112.", "Call 112 now.", "Call 112 today.")
    said = [answer(asked, text, sample=n) for n, text in enumerate(told)]

    assert [each.fact.text for each in samples.find(said)] == ["10:30"]


def test_held_out_items_that_training_has_seen_are_named_with_the_rule() -> None:
    long = "why does the sync client of my second computer stop at night after some hours"
    trained = [
        make.example("How do I reset my password?", "Press Reset."),
        make.example(long, "It sleeps."),
        make.example("Where do I find all the invoices of the last two years", "Under Billing."),
        make.example("Same fact?", "Yes.", family="shared"),
    ]
    held_out = [
        canned.item("how do I reset my password??"),
        canned.item(f"Say, {long}, please?"),
        canned.item("Where do I find all the invoises of the last two years"),
        canned.item("Other words?", family="shared", question_set=UNSEEN_SOURCE),
        canned.item("Clean?", question_set=UNSEEN_WORDING),
    ]

    found = {
        held_out.index(each.item): each.rule for each in contamination.find(held_out, trained)
    }

    assert found == {0: "question", 1: "13 words in a row", 2: "overlap", 3: "family"}


def test_what_all_models_say_against_the_expected_answer_makes_it_suspect() -> None:
    wrong, other = canned.item("How long?", EXPECTED), canned.item("Where?", "Press it.")
    said = {
        wrong.id: ["They stay for 60 days.", "They stay for 60 days."],
        other.id: ["I do not know.", "I do not know."],
    }

    assert [each.item for each in labels.find([wrong, other], said)] == [wrong]


def test_what_is_wrong_with_an_item_is_kept_apart_from_its_answers() -> None:
    item = canned.item("How do I reset it?")
    known = Known(rows=(make.example("How do I reset it?", "Press Reset."),))

    [found] = suite.compare([item], [], "first", known)
    [result] = canned.evaluation([(item, "No.", "No.")], [found]).results

    assert (found.arm, found.check) == (suite.ITEM, "contamination@1")
    assert (result.findings, result.doubts) == ((), (found,))
