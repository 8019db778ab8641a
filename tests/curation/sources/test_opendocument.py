"""Texts of LibreOffice, with nothing in them but what a reader needs."""

import zipfile
from pathlib import Path

import pytest

from curation.sources import readers, walk
from curation.sources.files import Folder, UnreadableError
from curation.sources.units import Notes, Unit

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"), ("text", "text"), ("style", "style"), ("table", "table"),
        ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip
_STYLES = (
    '<style:style style:name="Strong"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="P1" style:parent-style-name="Strong"/>'
    '<style:style style:name="P2" style:parent-style-name="Heading_20_2"/>'
    '<style:style style:name="Heading_20_2" style:display-name="Heading 2"/>'
    '<text:list-style style:name="L1"><text:list-level-style-number/></text:list-style>'
)


def text(path: Path, body: str) -> Path:
    """A file of this body."""
    content = (
        f"<office:document-content {_SPACES}><office:automatic-styles>{_STYLES}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("styles.xml", f"<office:document-styles {_SPACES}/>")
        archive.writestr("content.xml", content)
    return path


def read(path: Path) -> list[tuple[str, str]]:
    source = walk.Source(path.name, "faq", Folder(path.parent, (path.name,)), path.name)
    found = readers.read(source, Notes())
    return [(each.title, each.text) for each in found if isinstance(each, Unit)]


WHO, FREE = ("Who is it?", "You."), ("Is it free?", "Yes.")


@pytest.mark.parametrize(
    "body",
    [
        '<text:h text:outline-level="1">FAQ</text:h><text:h text:outline-level="2">Who is it?</text:h>'
        '<text:p>You.</text:p><text:p text:style-name="P2">Is it free?</text:p><text:p>Yes.</text:p>',
        '<text:p text:style-name="P1">Who is it?</text:p><text:p>You.</text:p>'
        '<text:p><text:span text:style-name="Strong">Is it<text:s/>free?</text:span></text:p><text:p>Yes.</text:p>',
        "<table:table><table:table-row><table:table-cell><text:p>Question</text:p></table:table-cell>"
        "<table:table-cell><text:p>Answer</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell><text:p>Who is it?</text:p></table:table-cell>"
        "<table:table-cell><text:p>You.</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell><text:p>Is it free?</text:p></table:table-cell>"
        "<table:table-cell><text:p>Yes.</text:p></table:table-cell></table:table-row></table:table>",
        "<text:tracked-changes><text:p>Was it free?</text:p></text:tracked-changes>"
        "<text:table-of-content><text:index-body><text:p>Who is it?</text:p></text:index-body></text:table-of-content>"
        "<text:section><text:p>Q: Who is it?</text:p><text:p>A: You.</text:p></text:section>"
        "<text:p>Q: Is it free?</text:p><text:p>A: Yes.</text:p>",
    ],
)  # fmt: skip
def test_questions_are_headings_bold_lines_rows_or_marked(tmp_path: Path, body: str) -> None:
    assert read(text(tmp_path / "faq.odt", body)) == [WHO, FREE]


def test_an_answer_keeps_its_lists_and_line_breaks(tmp_path: Path) -> None:
    body = (
        '<text:h text:outline-level="2">How do I pay?</text:h><text:p>By<text:line-break/>card:</text:p>'
        '<text:list text:style-name="L1"><text:list-item><text:p>one</text:p></text:list-item>'
        "<text:list-item><text:p>two</text:p></text:list-item></text:list>"
    )

    assert read(text(tmp_path / "faq.odt", body)) == [
        ("How do I pay?", "By\ncard:\n\n1. one\n2. two")
    ]


def test_a_file_of_another_kind_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "faq.odt"
    path.write_bytes(b"no such thing")

    with pytest.raises(UnreadableError, match=r"faq\.odt: not an OpenDocument text"):
        read(path)
