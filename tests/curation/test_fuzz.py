"""Nothing that a user can name breaks a reader, and nothing that is read gets lost on the way."""

import json
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import BadInputError
from tests.benchmarks import mutants, seeds

DOCUMENTS = ("md", "html", "rst", "pod", "adoc", "txt", "csv", "tsv", "json", "jsonl", "yml")
BINARIES = ("docx", "odt", "xlsx", "pdf", "zip", "sqlite")
HOSTILE = st.sampled_from(mutants.HOSTILE)
TEXTS = st.text(st.characters(), max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass"))
SAMPLES = st.sampled_from([each.read_bytes() for each in seeds.SAMPLES.iterdir()])
ANYTHING = st.lists(TEXTS | HOSTILE | SAMPLES | st.binary(max_size=20), max_size=6).map(b"".join)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_KEYS = st.sampled_from(
    "ts type subtype user text thread_ts blocks elements reactions users edited attachments "
    "message comment replies slackdump_thread_replies deleted_ts bot_id".split()
)
ITEMS = st.recursive(
    _LEAVES | st.sampled_from(["1700000000.000100", "message", "message_changed", "rich_text"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=8,
)


def broken(file: Path, content: bytes, source: Path | None = None) -> str:
    """What is lost of this content; "" where nothing is, or where it is refused in a sentence."""
    file.write_bytes(content)
    try:
        return mutants.lost(source or file)
    except BadInputError:
        return ""


@pytest.mark.parametrize("ending", [*DOCUMENTS, *BINARIES])
def test_any_content_under_any_ending_is_read_or_refused(
    ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("any") / f"faq.{ending}"

    @settings(max_examples=10, deadline=None, derandomize=True, database=None)
    @given(ANYTHING)
    def read(content: bytes) -> None:
        assert broken(file, content) == ""

    read()


def test_any_items_of_an_export_are_turns_or_drops(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    export = tmp_path_factory.mktemp("export")
    (export / "help").mkdir()
    (export / "users.json").write_text("[]")

    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(st.lists(ITEMS, max_size=5))
    def read(items: list[object]) -> None:
        day = json.dumps(items).encode("utf-8", "replace")

        assert broken(export / "help" / "2026-03-01.json", day, export) == ""

    read()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("faq.json", "[" * 20_000),
        ("faq.jsonl", '{"ts": "1700000000.1", "text": "a"}\n' + "[" * 20_000),
        ("faq.html", '<div role="heading" aria-level="²">Is it?</div><p>Yes.'),
        ("faq.html", f'<h2 id="source-line-{"9" * 5000}">Is it?</h2><p>Yes.'),
        ("faq.html", '<script type="application/ld+json">' + "[" * 20_000 + "</script><p>Yes."),
        ("faq.pod", "=head9 Is it?\n\nYes E<99999999> \x01 and \x017\x02.\n\n=head1 So?\n\nSo."),
        ("faq.md", "# " + "[" * 5_000 + "\n\nYes.\n"),
        ("faq.json", '[{"title": "Is it?", "body": "Yes.", "draft": false, "locale": "en", '
                     '"updated_at": 99999999999999999}]'),
    ],
)  # fmt: skip
def test_what_once_broke_a_reader_does_so_no_more(tmp_path: Path, name: str, content: str) -> None:
    assert broken(tmp_path / name, content.encode()) == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.md", "# Is it?\n\n" + "- " * 1200 + " " * 1500 + "Yes.\n"),
        ("quoted.md", "# Is it?\n\n" + "> " * 2000 + "Yes.\n"),
        ("stars.rst", "Is it?\n------\n\n**a " + "**a " * 4000 + "\n\nYes.\n"),
        ("fences.rst", "Is it?\n------\n\nYes " + "```\n" * 4000 + "\n"),
        ("slashes.csv", "question,answer," + "</td>" * 20_000 + "\nIs it?,Yes.,\n"),
    ],
)
def test_what_nobody_would_write_is_read_in_the_time_of_a_page(
    tmp_path: Path, name: str, content: str
) -> None:
    began = time.process_time()

    assert broken(tmp_path / name, content.encode()) == ""

    assert time.process_time() - began < 2


def test_a_zip_with_a_file_that_has_no_name_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "team.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("faq.md", "# Is it?")
    path.write_bytes(path.read_bytes().replace(b"faq.md", b"\0aq.md"))

    with pytest.raises(BadInputError, match="a file in it has no name"):
        mutants.lost(path)
