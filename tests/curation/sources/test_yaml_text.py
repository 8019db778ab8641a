"""YAML as sites keep their questions in it."""

from itertools import pairwise

import pytest

from curation.sources import nested, yaml_text
from curation.sources.files import UnreadableError
from curation.sources.units import Notes, Unit


def read(text: str) -> list[tuple[str, str]]:
    found = nested.read_value(yaml_text.parse(text, "faq.yml"), "faq.yml", Notes())
    return [(each.title, each.text) for each in found if isinstance(each, Unit)]


@pytest.mark.parametrize(
    "text",
    [
        "- question: Who is it?\n  answer: You.\n- question: Is it free?\n  answer: Yes\n",
        "# ours\nsections:\n  - name: All\n    questions:\n      - q: Who is it?\n        a: >\n          You.\n"
        "      - q: Is it free?\n        a: yes\n",
        "---\nWho is it?: You.\nIs it free?: Yes\n---\n",
        "conversations:\n- - Who is it?\n  - You.\n- - Is it free?\n  - Yes\n",
    ],
)
def test_entries_are_found_as_they_are_in_json(text: str) -> None:
    assert [(asked, told.strip(".").title()) for asked, told in read(text)] == [
        ("Who is it?", "You"),
        ("Is it free?", "Yes"),
    ]


def test_what_is_written_stays_as_it_is_written() -> None:
    text = "- q: Which version?\n  a: 1.10\n- q: Since when?\n  a: 2024-01-01\n"

    assert [told for _, told in read(text)] == ["1.10", "2024-01-01"]


def test_markdown_with_tags_in_it_keeps_its_lines() -> None:
    text = '- q: _What_ is it?\n  a: |\n    - <b>one</b>\n      - a <a href="/x">link</a>\n    - two\n'

    assert read(text) == [("What is it?", "- **one**\n  - a [link](/x)\n- two")]


def test_a_broken_file_is_refused_with_its_line() -> None:
    with pytest.raises(UnreadableError, match=r"faq\.yml:2: not YAML: "):
        read("- q: Who is it?\n  a: Him: you.\n")


def laughs() -> str:
    """Lists of lists, each of ten times the one before."""
    rows = (f"{y}: &{y} [{','.join([f'*{x}'] * 10)}]" for x, y in pairwise("abcdefgh"))
    return "\n".join(("a: &a [x]", *rows))


def test_aliases_without_end_are_refused() -> None:
    with pytest.raises(UnreadableError, match="aliases repeat one another"):
        read(laughs())
    with pytest.raises(UnreadableError, match=r"faq\.yml:1: not YAML"):
        read("a: &a\n  b: *a\n")
