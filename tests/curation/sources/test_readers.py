"""Files of every format, as a user names them."""

import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from curation.sources import readers, walk
from curation.sources.files import UnreadableError
from curation.sources.units import Notes, Unit
from data.records import Drop
from tests.benchmarks import pages as measured


def read(path: Path, style: str = "") -> tuple[list[tuple[str, str]], list[str], Notes]:
    """Questions with answers, reasons of drops, notes."""
    notes = Notes()
    with ExitStack() as zips:
        (source,) = walk.find([path], None, zips).sources
        found = list(readers.read(source, notes, style))
    pairs = [(x.title, x.text) for x in found if isinstance(x, Unit) and x.kind == "faq"]
    return pairs, [each.reason for each in found if isinstance(each, Drop)], notes


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(("name", "f1"), measured.f1_by_file().items())
def test_every_question_of_the_samples_is_found_once_and_nothing_else(
    name: str, f1: float
) -> None:
    assert f1 == 1.0


def word(path: Path, *paragraphs: tuple[str, str]) -> Path:
    """A Word file of paragraphs, each with its style; `b` is bold."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>'
        f"{'<w:rPr><w:b/></w:rPr>' if style == 'b' else ''}<w:t>{text}</w:t></w:r></w:p>"
        for style, text in paragraphs
    )
    schemas = "http://schemas.openxmlformats.org"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{schemas}/package/2006/content-types"><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{schemas}/package/2006/relationships"><Relationship Id="r" '
            f'Type="{schemas}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{schemas}/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>',
        )
    return path


def test_a_word_file_is_read_by_its_headings_or_its_bold_lines(tmp_path: Path) -> None:
    headings = word(
        tmp_path / "a.docx", ("Heading2", "How do I join?"), ("", "Ask."), ("Heading2", "Who pays?"), ("", "You.")
    )  # fmt: skip
    bold = word(tmp_path / "b.docx", ("b", "Question: Where is it?"), ("", "Answer: Here."))

    assert read(headings)[0] == [("How do I join?", "Ask."), ("Who pays?", "You.")]
    assert read(bold)[0] == [("Where is it?", "Here.")]


def test_a_template_nobody_filled_in_gives_nothing(tmp_path: Path) -> None:
    empty = word(tmp_path / "faq.docx", *[("b", "Question:"), ("", "Answer:")] * 3)

    assert read(empty)[0] == []


@pytest.mark.parametrize("name", ["faq.docx", "faq.xlsx", "faq.pdf", "faq.json"])
def test_what_is_not_what_its_ending_says_is_refused_in_a_sentence(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(UnreadableError, match=name):
        read(write(tmp_path / name, "no such thing"))


def test_an_encoding_that_a_page_declares_is_believed_unless_it_is_utf_8(tmp_path: Path) -> None:
    page = '<?xml version="1.0" encoding="ISO-8859-1"?><html><h1>FAQ</h1><h2>Où est-ce ?</h2><p>Là.</p></html>'

    assert read(write(tmp_path / "a.html", page.encode("latin-1")))[0] == [("Où est-ce ?", "Là.")]
    assert read(write(tmp_path / "b.html", page.encode()))[0] == [("Où est-ce ?", "Là.")]


def test_text_that_was_encoded_twice_is_repaired_and_counted(tmp_path: Path) -> None:
    text = "question,answer\nVar är den?,På gården där.\nCafé?,Ja.\n"
    twice = text.encode().decode("cp1252").encode()

    pairs, _, notes = read(write(tmp_path / "faq.csv", twice))

    assert pairs == [("Var är den?", "På gården där."), ("Café?", "Ja.")]
    assert notes.counts["double-encoded characters repaired"] == 5


def test_right_text_that_only_looks_encoded_twice_stays(tmp_path: Path) -> None:
    text = "question,answer\nWas heißt Ã¼?,Ein ü in falscher Kodierung.\n"

    assert read(write(tmp_path / "faq.csv", text))[0][0][0] == "Was heißt Ã¼?"


def test_a_style_can_be_forced(tmp_path: Path) -> None:
    page = (
        "# FAQ\n\n## Is it on?\n\n**Why?** Because.\n\n**Really?** Yes.\n\n## Is it off?\n\nNo.\n"
    )
    path = write(tmp_path / "faq.md", page)

    assert [title for title, _ in read(path)[0]][-1] == "Is it off?"
    assert [title for title, _ in read(path, "heading")[0]] == ["Is it on?", "Is it off?"]
    assert [title for title, _ in read(path, "bold")[0]] == ["Why?", "Really?"]


def test_drafts_and_other_languages_of_a_help_centre_are_counted(tmp_path: Path) -> None:
    path = measured.SAMPLES / "zendesk.json"

    pairs, reasons, notes = read(path)

    assert pairs[0] == (
        "How do I reset my password?",
        "Open **Settings**:\n\n1. Security\n2. Reset",
    )
    assert sorted(reasons) == ["draft", "other-locale"]
    assert notes.names["locale"] == ["en-us"]


def test_json_without_questions_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no questions with answers"):
        read(write(tmp_path / "package.json", '{"name": "x", "scripts": {"a": "b"}}'))


def test_a_text_file_with_tabs_below_a_header_is_a_table(tmp_path: Path) -> None:
    path = write(tmp_path / "faq.txt", "Q\tA\nWhere is it?\tHere.\nBig\tRather.\n")

    assert read(path)[0] == [("Where is it?", "Here."), ("Big", "Rather.")]
