import pytest

from curation import cues, qa
from data.records import Drop, Example, Origin, Passage, Turn, content_id

ASKER, HELPER, OTHER = "User_01", "User_02", "User_03"
ASKED = "How do I turn off the nightly mail?"
ANSWER = "Open Settings, choose Mail and untick Nightly."
WRONG = "Just delete the mail rule on the server by hand."


def thread(*said: tuple[str, str] | tuple[str, str, str], orphan: bool = False) -> Passage:
    """A passage from speakers, their words and what else speaks for these."""
    turns = tuple(
        Turn(each[0], each[1], f"{number}.1", each[2:])
        for number, each in enumerate(said, start=1)
    )
    key = content_id(*(turn.text for turn in turns))
    return Passage(
        key,
        "thread",
        turns[0].text,
        Origin("slack", f"slack/help#{turns[0].at}"),
        family=key,
        side="train",
        turns=turns,
        signals=("orphan",) if orphan else (),
    )


def found(*said: tuple[str, str] | tuple[str, str, str]) -> Example:
    outcome = qa.example(thread(*said))
    assert isinstance(outcome, Example), outcome
    return outcome


def reason(passage: Passage) -> str:
    outcome = qa.example(passage)
    assert isinstance(outcome, Drop), outcome
    return outcome.reason


def test_an_faq_entry_is_a_pair_as_it_stands() -> None:
    origin = Origin("faq.md", "faq.md#L9")
    passage = Passage("a1", "faq", "Is it free?", origin, family="a1", side="dev", text="Yes.")

    made = qa.example(passage)

    assert isinstance(made, Example)
    assert (made.question, made.answer, made.family, made.side) == (
        "Is it free?",
        "Yes.",
        "a1",
        "dev",
    )
    assert made.origin == Origin("faq.md", "faq.md#L9", parents=("a1",))
    assert made.scores == {}


def test_a_section_of_a_page_is_no_question() -> None:
    origin = Origin("a.md", "a.md#L1")

    assert (
        reason(Passage("a", "page", "Setup", origin, "a", "train", text="Text"))
        == "not-a-question"
    )


def test_the_last_reply_before_the_thanks_is_the_answer() -> None:
    made = found(
        (ASKER, ASKED),
        (HELPER, "Which version are you on?"),
        (ASKER, "4.2 on Windows"),
        (HELPER, ANSWER),
        (ASKER, "that did it, thanks!"),
        (OTHER, "Glad it works, the same was very confusing for all of us here last week too."),
    )

    assert (made.question, made.answer, made.scores["confirmed"]) == (ASKED, ANSWER, 1.0)


def test_the_one_who_is_thanked_by_name_gave_the_answer() -> None:
    made = found(
        (ASKER, ASKED),
        (HELPER, ANSWER),
        (OTHER, "There is also a policy for it that your admin can set."),
        (ASKER, "worked right away, thanks User_02"),
    )

    assert made.answer == ANSWER


@pytest.mark.parametrize(
    "correction",
    [
        "Actually that menu is gone. Open Settings and untick Nightly.",
        "Please don't, it breaks the sync. Open Settings and untick Nightly.",
        "That's no longer true since 4.0: open Settings and untick Nightly.",
    ],
)
def test_a_correction_beats_the_answer_that_was_thanked_for(correction: str) -> None:
    made = found((ASKER, ASKED), (HELPER, WRONG), (ASKER, "thanks!"), (OTHER, correction))

    assert made.answer == correction
    assert made.scores["confirmed"] == 0.0


def test_an_answer_that_failed_is_none() -> None:
    assert (
        reason(thread((ASKER, ASKED), (HELPER, WRONG), (ASKER, "still the same"))) == "no-answer"
    )
    made = found((ASKER, ASKED), (HELPER, WRONG), (ASKER, "no luck"), (OTHER, ANSWER))
    assert made.answer == ANSWER


def test_what_is_taken_back_is_not_part_of_the_answer() -> None:
    made = found(
        (ASKER, ASKED),
        (HELPER, WRONG),
        (HELPER, "Scratch that, open Settings and untick Nightly."),
        (ASKER, "works"),
    )

    assert made.answer == "Scratch that, open Settings and untick Nightly."


def test_a_check_mark_names_the_answer_and_the_askers_own_counts_most() -> None:
    made = found(
        (ASKER, ASKED),
        (HELPER, ANSWER, "reaction:white_check_mark:asker"),
        (OTHER, "We have a much longer way to do it, with three scripts and a cron job."),
    )

    assert (made.answer, made.scores["confirmed"]) == (ANSWER, 1.0)


def test_without_any_sign_the_longest_reply_is_taken_and_not_confirmed() -> None:
    made = found((ASKER, ASKED), (OTHER, "Probably in the settings."), (HELPER, ANSWER))

    assert (made.answer, made.scores["confirmed"]) == (ANSWER, 0.0)


def test_several_messages_of_one_person_are_one_answer() -> None:
    made = found(
        (ASKER, ASKED),
        (HELPER, "@User_01 let me check"),
        (HELPER, "@User_01: Open Settings and choose Mail."),
        (HELPER, "Then:\n```\nnightly = off\n```"),
        (HELPER, "Hope that helps!"),
        (ASKER, "perfect"),
    )

    assert made.answer == "Open Settings and choose Mail.\n\nThen:\n```\nnightly = off\n```"


def test_the_question_is_the_burst_without_greeting_and_nudge() -> None:
    made = found(
        (ASKER, "hi all :wave:"),
        (ASKER, "the nightly mail drives me mad"),
        (ASKER, "how can I stop it?"),
        (ASKER, "anyone?"),
        (HELPER, ANSWER),
    )

    assert made.question == "the nightly mail drives me mad\nhow can I stop it?"


def test_what_the_asker_found_out_is_an_answer() -> None:
    solved = "Figured it out: the mail rule on the server had to be removed."

    made = found((ASKER, ASKED), (OTHER, "+1, same here"), (ASKER, solved))

    assert (made.answer, made.scores["confirmed"]) == (solved, 1.0)


@pytest.mark.parametrize(
    "reply",
    [
        "+1, same here",
        "any update?",
        "looking into it",
        "Which version are you on?",
        ":eyes:",
        "you're welcome!",
    ],
)
def test_a_reply_that_answers_nothing_is_no_answer(reply: str) -> None:
    assert reason(thread((ASKER, ASKED), (HELPER, reply))) == "no-answer"


@pytest.mark.parametrize(
    "reply", ["please ask in #billing", "Wrong channel, sorry", "Open a ticket"]
)
def test_a_thread_that_only_says_where_else_to_ask_is_told_apart(reply: str) -> None:
    assert reason(thread((ASKER, ASKED), (HELPER, reply))) == "redirected"


@pytest.mark.parametrize(
    ("thanks", "confirms"),
    [
        ("that did the trick", True),
        ("you\u2019re the best, all set", True),
        ("gotcha, makes sense now", True),
        ("Merci!", True),
        ("thanks but it doesn\u2019t seem to help", False),
        ("no dice", False),
        ("unfortunately not", False),
        ("will give it a go", False),
        ("is it fixed in 4.2?", False),
    ],
)
def test_thanks_and_complaints_are_told_apart(thanks: str, confirms: bool) -> None:  # noqa: FBT001
    made = thread((ASKER, ASKED), (HELPER, ANSWER), (ASKER, thanks))
    found = qa.answer(made.turns)

    assert bool(found and found.confirmed) is confirms


def test_confidence_follows_what_speaks_for_the_answer() -> None:
    checked = found((ASKER, ASKED), (HELPER, ANSWER, "reaction:white_check_mark:asker"))
    thanked = found((ASKER, ASKED), (HELPER, ANSWER), (ASKER, "perfect, thanks"))
    guessed = found((ASKER, ASKED), (HELPER, ANSWER), (OTHER, "Mail, I think, or somewhere near."))

    assert [each.signals for each in (checked, thanked, guessed)] == [
        ("checked-by-asker",),
        ("thanked",),
        ("longest",),
    ]
    order = [each.scores["confidence"] for each in (checked, thanked, guessed)]
    assert order == sorted(order, reverse=True)
    assert all(0 < each <= 1 for each in order)


def test_chatter_announcements_and_orphans_leave_with_their_reason() -> None:
    assert reason(thread((ASKER, "happy new year everybody"))) == "not-a-question"
    assert reason(thread((ASKER, "Office hours at 11."), (OTHER, "see you"))) == "not-a-question"
    assert reason(thread((ASKER, "worked for me"), orphan=True)) == "orphan-thread"
    assert reason(thread((ASKER, ASKED))) == "no-answer"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("where is the log", True),
        ("Export fails with FB-107 since the update", True),
        ("I'm trying to move my folder", True),
        ("see https://x.io/?q=1", False),
        ("lunch at noon", False),
    ],
)
def test_questions_are_told_by_their_words(text: str, asks: bool) -> None:  # noqa: FBT001
    assert cues.asks(text) is asks
