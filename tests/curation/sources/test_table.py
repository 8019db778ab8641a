import csv

import pytest

from curation.sources import files, table
from curation.sources.units import Notes, Unit
from data.errors import BadInputError
from data.records import Drop


def read(content: str | bytes) -> list[tuple[str, str, str]]:
    """Locator, question, answer; of a drop locator, reason, evidence."""
    text = content if isinstance(content, str) else files.decode(content, "faq.csv")
    found = table.read(text, "faq.csv", Notes())
    return [_row(each) for each in found]


def _row(found: Unit | Drop) -> tuple[str, str, str]:
    if isinstance(found, Unit):
        return found.locator, found.title, found.text
    return found.locator, found.reason, found.evidence


PAIR = ("faq.csv#L2", "Where is it?", "Here.")


@pytest.mark.parametrize(
    "text",
    [
        "question,answer\nWhere is it?,Here.\n",
        "id;Frage;Antwort\n7;Where is it?;Here.\n",
        "Pregunta\tRespuesta\nWhere is it?\tHere.\n",
        "question_id,question,answer_html,answer\n7,Where is it?,<p>Here.</p>,Here.\n",
        "question_sv,answer_sv,question,answer\nVar?,Här.,Where is it?,Here.\n",
        "title,body\nWhere is it?,Here.\n",
        "kolumna,inne\nWhere is it?,Here.\n",
    ],
)
def test_the_columns_are_found_under_many_names(text: str) -> None:
    assert read(text) == [PAIR]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(encoding: str) -> None:
    question = "Wo ist die Übersicht für Größen und Maße?"
    answer = "Schön übersichtlich unten auf jeder Seite."

    rows = read(f"question,answer\n{question},{answer}\n".encode(encoding))

    assert rows == [("faq.csv#L2", question, answer)]


def test_a_locator_is_the_line_where_the_row_begins() -> None:
    text = 'question,answer\r\nOne?,"1.\r\n2.\r\n"\r\nTwo?,No.\r\nThree?,\r\n,Lost.\r\n'

    assert read(files.decode(text.encode(), "faq.csv")) == [
        ("faq.csv#L2", "One?", "1.\n2."),
        ("faq.csv#L5", "Two?", "No."),
        ("faq.csv#L6", "no-answer", "Three?"),
        ("faq.csv#L7", "no-question", "Lost."),
    ]


def test_a_table_without_a_header_loses_no_row() -> None:
    assert read("Where is it?,Here.\nIs it big?,Rather.\n") == [
        ("faq.csv#L1", "Where is it?", "Here."),
        ("faq.csv#L2", "Is it big?", "Rather."),
    ]


def test_a_cell_may_be_longer_than_the_library_allows() -> None:
    long = "word " * 40_000

    assert read(f"question,answer\nLong?,{long}\n")[0][2] == long.strip()


def test_a_table_without_questions_says_what_it_saw_and_what_is_taken() -> None:
    with pytest.raises(BadInputError, match=r"faq\.csv: no question column among: name, price;"):
        read("name,price\nApple,3\nPear,4\n")


def test_reading_a_small_table_leaves_others_room_for_long_cells() -> None:
    before = csv.field_size_limit()

    read("question,answer\nWhere is it?,Here.\n")

    assert csv.field_size_limit() >= before
