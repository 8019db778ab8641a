import csv
from pathlib import Path

import pytest

from curation.sources import files, table
from curation.sources.units import Notes, Unit
from data.errors import BadInputError
from data.records import Drop
from tests.curation.sources import workbooks


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


@pytest.mark.parametrize(
    "header",
    [
        "question_de,question_en,answer_de,answer_en",
        "Question (DE),Question (EN),Answer (DE),Answer (EN)",
        "Frage,Question,Antwort,Answer",
        "deutsche Frage,englische Frage,deutsche Antwort,englische Antwort",
    ],
)
def test_a_row_in_two_languages_is_an_entry_in_each(header: str) -> None:
    text = f"{header}\nWo?,Where?,Hier.,Here.\nWas?,What?,Das.,\n,Who?,,You.\n,,,\n"

    assert read(text) == [
        ("faq.csv#L2", "Wo?", "Hier."),
        ("faq.csv#L2:en", "Where?", "Here."),
        ("faq.csv#L3", "Was?", "Das."),
        ("faq.csv#L3", "no-answer", "What?"),
        ("faq.csv#L4", "Who?", "You."),
        ("faq.csv#L5", "empty", ""),
    ]


def test_an_entry_knows_its_language_and_what_it_translates() -> None:
    found = list(table.read("q_en,q_fr,a_en,a_fr\nWho?,Qui ?,You.,Toi.\n", "faq.csv", Notes()))

    assert [(x.language, x.translates) for x in found if isinstance(x, Unit)] == [
        ("en", ""),
        ("fr", "faq.csv#L2"),
    ]


def test_pairs_that_stand_beside_one_another_are_no_translations() -> None:
    text = "question1,answer1,question2,answer2\nWho?,You.,Where?,Here.\n"

    found = [each for each in table.read(text, "faq.csv", Notes()) if isinstance(each, Unit)]

    assert [(each.locator, each.text, each.translates) for each in found] == [
        ("faq.csv#L2", "You.", ""),
        ("faq.csv#L2:2", "Here.", ""),
    ]


def test_a_second_question_column_without_answers_of_its_own_is_left_alone() -> None:
    text = "question,similar question,answer\nWhere is it?,Where?,Here.\n"

    assert read(text) == [PAIR]


def test_a_quote_that_is_never_closed_swallows_no_rows_and_is_told() -> None:
    rows = [f'"Is it {n}?","It is {n}, or so."' for n in range(9)]
    rows[3] = rows[3][:-1]
    notes = Notes()

    found = list(table.read("\n".join(["question,answer", *rows]), "faq.csv", notes))

    told = [(each.locator, each.text) for each in found if isinstance(each, Unit)]
    assert told == [(f"faq.csv#L{n + 2}", f"It is {n}, or so.") for n in range(9)]
    assert list(notes.names.values()) == [["faq.csv:5"]]


def test_quotes_that_are_only_inches_or_speech_are_no_lost_ones() -> None:
    text = 'question,answer\nHow big?,"A 5" screen, and a 3" one."\nWho?,"He said "you".\n\nThen left."\n'
    notes = Notes()

    found = list(table.read(text, "faq.csv", notes))

    assert [each.text for each in found if isinstance(each, Unit)] == [
        'A 5" screen, and a 3" one.',
        'He said "you".\n\nThen left.',
    ]
    assert not notes.names


def test_a_file_of_nothing_but_lost_quotes_is_refused_with_its_first_line() -> None:
    with pytest.raises(BadInputError, match=r"faq\.csv: more than 200 quotes .* on line 2"):
        read("question,answer\n" + 'Is it?,"Yes.\n' * 1_000)


def test_a_row_with_nothing_but_more_answer_goes_on_the_one_above() -> None:
    text = "id,question,answer\n1,How?,Open it.\n,,Press it.\n2,Who?,You.\n"

    assert read(text)[0] == ("faq.csv#L2", "How?", "Open it.\nPress it.")


def test_titles_with_texts_are_entries_only_where_most_of_them_ask() -> None:
    tickets = "id,subject,description\n1,Printer broken,It does not print.\n2,Slow,Very slow.\n"
    films = "title,year,plot\nHeat,1995,A thief and a policeman drink coffee.\n"

    found = list(table.read(tickets, "tickets.csv", Notes()))
    assert [each.kind for each in found if isinstance(each, Unit)] == ["page", "page"]
    with pytest.raises(BadInputError, match="no question column among: title, year, plot"):
        read(films)


def test_line_breaks_that_a_program_wrote_as_letters_become_lines() -> None:
    text = "Question\tAnswer\nHow?\tOpen it.\\n\\nThen press.\nWhere?\tIn C:\\new.\n"

    assert [each[2] for each in read(text)] == ["Open it.\n\nThen press.", "In C:\\new."]


def test_sheets_are_read_with_headers_in_two_rows_and_merged_cells(tmp_path: Path) -> None:
    sheets = {
        "Notes": [["Prices", "valid"], ["a", "b"]],
        "FAQ": [
            ["", "", "Our FAQ"],
            [],
            ["", "No.", "English", "", "Italiano", ""],
            ["", "", "Question", "Answer", "Question", "Answer"],
            ["", "1", "Who?", "You.", "Chi?", "Tu."],
            ["", "", "", "Or me.", "", ""],
        ],
    }
    notes = Notes()
    path = workbooks.write(tmp_path / "faq.xlsx", sheets)

    found = table.read_workbook(path.read_bytes(), "faq.xlsx", notes)

    assert [_row(each) for each in found] == [
        ("faq.xlsx#FAQ!5", "Who?", "You.\nOr me."),
        ("faq.xlsx#FAQ!5:it", "Chi?", "Tu."),
    ]
    assert notes.names["sheets without questions"] == ["Notes"]


def test_a_header_that_comes_again_is_no_entry() -> None:
    text = "question,answer\nWhere is it?,Here.\nquestion,answer\nBig?,No.\n"

    assert [each[1] for each in read(text)] == ["Where is it?", "header-again", "Big?"]


def test_a_path_that_names_an_faq_is_no_header() -> None:
    rows = "".join(f"web/src/components/FAQ/Tips.vue:{n},Our trade rules,0\n" for n in range(5))

    with pytest.raises(BadInputError, match="no question column"):
        read(rows)


def test_an_answer_that_its_own_commas_cut_is_whole_again() -> None:
    text = "id,question,answer\n1,Is it on?,Yes, on weekdays, from nine.\n2,Is it off?,No.,\n"

    assert [told for _, _, told in read(text)] == ["Yes, on weekdays, from nine.", "No."]


@pytest.mark.parametrize(
    "text",
    [
        "Is it on?,POWER_STATE\nHow do I pay?,PAYMENT\nWhere is it?,FIND_PLACE\n",
        "question,label\nIs it on?,power.state\nHow do I pay?,pay.card\nWhere is it?,find.place\n",
        "question,kind\n" + "".join(f"Is it number {i}?,{'odd one' if i % 2 else 'even one'}\n" for i in range(14)),
    ],
)  # fmt: skip
def test_the_class_of_a_question_is_no_answer(text: str) -> None:
    with pytest.raises(BadInputError, match=r"no question column|no answers beside it"):
        read(text)


def test_a_row_may_ask_in_its_title() -> None:
    text = "All;Where is the form?;;Below.\nAll;Fees;What does it cost?;Nothing.\nAll;Time;When is it?;Now.\n"

    assert [(asked, told) for _, asked, told in read(text)] == [
        ("Where is the form?", "Below."),
        ("What does it cost?", "Nothing."),
        ("When is it?", "Now."),
    ]


def test_answers_that_are_named_belong_to_the_column_that_asks() -> None:
    text = "name,desc,answer\nmute,How do I mute it,Press M.\ncut,How do I cut it,Press S.\n"

    assert [(asked, told) for _, asked, told in read(text)] == [
        ("How do I mute it", "Press M."),
        ("How do I cut it", "Press S."),
    ]
