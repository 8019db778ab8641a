import pytest

from data.records import Finding
from eval.arms import TUNED
from eval.checks import length, suite
from eval.checks.flag import Check, Said
from eval.checks.misspelling import Vocabulary, misspelling, sources
from eval.checks.repetition import REPETITION
from eval.items import UNSEEN_WORDING, Item
from tests import make
from tests.eval import canned

TABLE = """The plans:

| Plan | Seats | Storage |
|------|-------|---------|
| Free | one seat only | ten gigabytes each |
| Team | one seat only | ten gigabytes each |
| Firm | one seat only | ten gigabytes each |
| Club | one seat only | ten gigabytes each |
| More | one seat only | ten gigabytes each |
"""


@pytest.fixture(scope="module")
def spelling() -> Check:
    taught = make.passage("What is Snyc?", "Snyc mirrors the wharfs of Ferrybox every evening.")
    return misspelling(Vocabulary(sources([taught], [])), "en")


def flagged(check: Check, text: str) -> list[str]:
    """The parts of a text that a check points at."""
    return [text[slice(*flag.span)] for flag in check.find(Said(text, canned.item()))]


def test_an_empty_answer_is_found_and_a_short_one_is_not() -> None:
    assert flagged(length.EMPTY, " \n") == [" \n"]
    assert flagged(length.EMPTY, "Yes.") == []


def test_too_long_needs_both_limits_passed() -> None:
    assert flagged(length.TOO_LONG, "word " * 47) == []
    assert len(flagged(length.TOO_LONG, "word " * 49)) == 1


def test_a_cut_off_answer_is_told_apart_from_a_long_one() -> None:
    said = Said("Open Settings and", canned.item(), stop="length")

    assert len(list(length.TRUNCATED.find(said))) == 1
    assert list(length.TOO_LONG.find(said)) == []


def test_a_loop_is_found_where_it_stands() -> None:
    loop = "press Reset and wait " * 7
    text = f"Open Settings, then {loop}until it is done."

    [found] = flagged(REPETITION, text)

    assert loop.strip() in found
    assert "Settings" not in found


def test_a_loop_that_has_just_begun_at_the_end_is_found() -> None:
    assert (
        len(flagged(REPETITION, "Open it. " + "Then press the Reset button and wait. " * 3)) == 1
    )


def test_the_same_sentence_four_times_is_found_though_others_stand_between() -> None:
    text = " ".join(
        f"Please open the Security page and wait. Step {n}." for n in ("a b", "c", "d", "e")
    )

    assert len(flagged(REPETITION, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "```\n" + "x = x + 1 ; " * 20 + "\n```",
        "Open Settings. Open Security. Open Reset. Open the mail. Press the link.",
        "No, no, no, no, no.",
        "",
    ],
)
def test_tables_code_and_lists_are_no_loops(text: str) -> None:
    assert flagged(REPETITION, text) == []


def test_a_typo_is_found_with_the_word_that_was_meant(spelling: Check) -> None:
    text = "You will recieve a mail."

    [flag] = spelling.find(Said(text, canned.item()))

    assert text[slice(*flag.span)] == "recieve"
    assert "receive" in flag.evidence


@pytest.mark.parametrize(
    "text",
    [
        "The wharfs are mirrored by snyc.",
        "Set `recieve` in acount.conf or at https://recieve.example/acount.",
        "Recieve is capitalised, so it may be a name.",
        "A frobnicator has no common neighbour.",
        "Organise colours at the centre, favourites authorised by backend admins.",
        "Teh",
    ],
)
def test_words_of_the_source_names_and_code_are_no_typos(spelling: Check, text: str) -> None:
    assert flagged(spelling, text) == []


def test_the_words_of_question_and_expected_answer_are_known(spelling: Check) -> None:
    taught = canned.item("Why does recieve fail?", "Because acount is wrong.")

    assert list(spelling.find(Said("Both recieve and acount fail.", taught))) == []


def test_an_expected_answer_does_not_vouch_for_its_own_words() -> None:
    row = make.example("Will I hear of it?", "You will recieve a mail.")
    check = misspelling(Vocabulary(sources([], [row])), "en")

    floor = suite.run([check], [Item(row, UNSEEN_WORDING)], [], "first")

    assert [finding.arm for finding in floor] == [suite.EXPECTED]


def test_every_finding_names_its_check_with_the_version() -> None:
    asked = canned.item()
    answers = [
        result.grades[TUNED].answer for result in canned.evaluation([(asked, "", "")]).results
    ]

    [finding] = suite.run([length.EMPTY], [asked], answers, "first")

    assert finding == Finding(
        "first", TUNED, asked.id, "empty@1", "error", (0, 0), "nothing was said"
    )
