import pytest

from eval.checks import facts, grounding
from eval.checks.flag import Said
from eval.checks.grounding import Rarity
from tests.eval import canned

SOURCE = (
    "Deleted files stay for 30 days, on Team Plan for 90. A file may have 5 GB; 1,200 files fit. "
    "Error FB-107 is explained at https://help.ferrybox.example/fb-107, or ask Ann Lee at 10:30. "
    "The trash is emptied after a week. Four seats cost 20 euros."
)


def ungrounded(text: str, *, source: str = SOURCE, language: str = "en") -> list[str]:
    said = Said(text, canned.item("How long, by 2027?", "Long."), source=(source,))
    return [text[slice(*flag.span)] for flag in grounding.hard_facts(language).find(said)]


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("They stay for 45 days.", ["45 days"]),
        ("A file may have 50 GB.", ["50 GB"]),
        ("Error FB-108 means that.", ["FB-108"]),
        ("See https://help.ferrybox.example/fb-999.", ["https://help.ferrybox.example/fb-999"]),
        ("Write to help@ferrybox.example.", ["help@ferrybox.example"]),
        ("Call at 11:30 and ask for Bob Stone.", ["11:30", "Bob Stone"]),
        ("Choose Enterprise Plan.", ["Enterprise Plan"]),
        ("It takes 5 MB.", ["5 MB"]),
    ],
)
def test_a_fact_that_no_source_has_is_found_where_it_stands(
    text: str, invented: list[str]
) -> None:
    assert ungrounded(text) == invented


@pytest.mark.parametrize(
    "text",
    [
        "They stay for 30 days; with Team Plan it is 90.",
        "That is 60 days more.",
        "A file may have 5,000 MB, 1200 files fit.",
        "After 7 days the trash is empty, by 2027.",
        "One seat costs 5 euros.",
        "1. Open the trash.\n2. Read fb-107.\n3) Ask Lee.",
        "I think that Deleted Files show it.",
        "",
    ],
)
def test_what_follows_from_the_source_is_grounded(text: str) -> None:
    assert ungrounded(text) == []


def test_without_a_source_nothing_is_claimed() -> None:
    said = Said("They stay for 45 days.", canned.item())

    assert list(grounding.hard_facts("en").find(said)) == []


def test_capitals_are_no_names_in_german() -> None:
    assert ungrounded("Das sagt der Hersteller.", language="de") == []


def test_a_sentence_out_of_nowhere_is_found_and_a_paraphrase_is_not() -> None:
    source = "Deleted files stay in the trash for thirty days before they vanish."
    check = grounding.claims(Rarity([source, "Invoices are sent by mail.", "Other things."]))
    invented = "Penguins migrate across frozen oceans during winter."
    text = f"Files that were deleted stay in the trash thirty days. {invented}"

    [flag] = check.find(Said(text, canned.item(expected="Yes."), source=(source,)))

    assert text[slice(*flag.span)].strip() == invented


def test_amounts_are_read_in_digits_words_and_money() -> None:
    read = {(a.value, a.dimension) for a in facts.amounts("an hour, $1,200.50, 2.5 million, 3 TB")}

    assert read == {(3600.0, "time"), (1200.5, "dollar"), (2.5e6, ""), (3e12, "bytes")}
