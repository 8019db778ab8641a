from curation import pairs
from data.records import Drop, Example
from tests.curation.test_qa import ANSWER, ASKED, ASKER, HELPER, OTHER, WRONG, thread

FURTHER = "How can I do the same for all my colleagues?"
BULK = "An admin can set it for everybody under Policies."


def examples(*said: tuple[str, str], multi_turn: bool = False) -> list[Example]:
    found = list(pairs.of(thread(*said), multi_turn=multi_turn))
    return [each for each in found if isinstance(each, Example)]


def test_a_further_question_after_the_thanks_has_its_own_pair() -> None:
    first, second = examples(
        (ASKER, ASKED),
        (HELPER, ANSWER),
        (ASKER, f"That worked, thanks! {FURTHER}"),
        (OTHER, BULK),
        (ASKER, "great, that helps"),
    )

    assert (first.question, first.answer) == (ASKED, ANSWER)
    assert (second.question, second.answer) == (FURTHER, BULK)
    assert second.origin.locator == "slack/help#3.1"
    assert second.signals == ("thanked", "follow-up")


def test_a_question_that_leans_on_the_first_is_no_pair_of_its_own() -> None:
    (only,) = examples(
        (ASKER, ASKED),
        (HELPER, ANSWER),
        (ASKER, "thanks! and is there a way to undo that?"),
        (OTHER, BULK),
    )

    assert only.answer == ANSWER


def test_a_resolved_thread_is_a_chat_of_several_turns_if_that_is_wanted() -> None:
    said = (
        (ASKER, ASKED),
        (HELPER, "Which version are you on, 4 or 5?"),
        (ASKER, "4.2 on Windows"),
        (HELPER, ANSWER),
        (ASKER, "that did it, thanks!"),
    )

    (pair,) = examples(*said)
    _, chat = examples(*said, multi_turn=True)

    assert [(each.role, each.content) for each in chat.messages] == [
        ("user", ASKED),
        ("assistant", "Which version are you on, 4 or 5?"),
        ("user", "4.2 on Windows"),
        ("assistant", ANSWER),
    ]
    assert chat.origin.locator == f"{pair.origin.locator}:thread"
    assert (chat.family, chat.side) == (pair.family, pair.side)


def test_a_chat_leaves_out_what_did_not_help_and_what_came_after_the_thanks() -> None:
    _, chat = examples(
        (ASKER, ASKED),
        (HELPER, "Which version are you on, 4 or 5?"),
        (ASKER, "4.2 on Windows"),
        (HELPER, WRONG),
        (ASKER, "no luck, the mail still comes every night"),
        (OTHER, ANSWER),
        (ASKER, "that did it, thanks!"),
        (HELPER, "Good to know, I will put it into the handbook for the next one."),
        multi_turn=True,
    )

    assert [each.content for each in chat.messages[2:]] == ["4.2 on Windows", ANSWER]


def test_a_passage_without_answer_stays_one_drop() -> None:
    assert [type(each) for each in pairs.of(thread((ASKER, ASKED)), multi_turn=True)] == [Drop]
