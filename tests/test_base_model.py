"""How the corpus of the bundled base is made."""

from pathlib import Path

import pytest

from data.errors import BadInputError
from data.records import Drop, Example
from tests.base_model import corpus, packages, prose
from tests.base_model.corpus import Page
from tests.base_model.packages import Package

SENTENCE = "The index of a table is kept in a file of its own, and is read when the server starts."


def copyright_of(folder: Path, name: str, said: str) -> Path:
    path = folder / "usr/share/doc" / name / "copyright"
    path.parent.mkdir(parents=True)
    path.write_text(said)
    return folder


def test_prose_is_read_without_navigation_tables_and_signatures() -> None:
    page = f"""<html><body><nav><p>{SENTENCE}</p></nav><div class="sphinxsidebar"><p>{SENTENCE}</p></div>
    <h1>2.1 Indexes</h1><p>{SENTENCE}</p><p>int open(int fd, char *buf, size_t len, off_t where);</p>
    <h2>Empty</h2><h2>Items</h2><ul><li>the name of the table</li><li>It is written when the server stops.</li></ul>
    </body></html>"""

    lines = prose.paragraphs(page.encode())

    assert lines == ["## Indexes", SENTENCE, "## Items", "- It is written when the server stops."]


def test_a_licence_is_read_from_what_governs_the_documentation() -> None:
    said = "Files: *\nLicense: BSD-2-clause\n\nFiles: docs/*\nLicense: CC-BY-SA-4\n\nFiles: debian/*\nLicense: GPL-2\n"

    assert packages.governing(said) == ["BSD-2-clause", "CC-BY-SA-4"]
    assert [packages.is_permissive(each) for each in packages.governing(said)] == [True, False]


@pytest.mark.parametrize(
    ("licence", "is_permissive"),
    [
        ("Expat", True),
        ("GPL-2+ or Apache-2.0", True),
        ("MIT and GPL-2+", False),
        ("Apache-2.0 with LLVM-exception", True),
        ("LGPL-2.1", False),
    ],
)
def test_of_several_licences_the_words_between_them_decide(
    licence: str, *, is_permissive: bool
) -> None:
    assert packages.is_permissive(licence) == is_permissive


def test_a_package_whose_licence_has_changed_stops_the_build(tmp_path: Path) -> None:
    unpacked = copyright_of(tmp_path, "some-doc", "Files: *\nLicense: GPL-3+\n")

    with pytest.raises(BadInputError, match=r"some-doc is no longer .* GPL-3\+"):
        packages.check_licence(Package("some-doc", "MIT"), unpacked)


def test_a_package_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no-such-package-doc cannot be had") as error:
        packages.fetch(Package("no-such-package-doc", "MIT"), tmp_path)

    assert "apt-get update" in str(error.value)


def test_each_paragraph_is_kept_once_and_every_page_is_accounted_for() -> None:
    long = [f"{SENTENCE} This is number {number} of the pages." for number in range(4)]
    other = [
        f"Whoever writes to it waits for the lock, as in case {number} of these."
        for number in range(4)
    ]
    pages = [
        Page("a-doc", "one.html", [SENTENCE, *long]),
        Page("a-doc", "two.html", [SENTENCE, *other]),
        Page("a-doc", "three.html", [SENTENCE]),
    ]

    one, two, three = corpus.outcomes(pages)

    assert isinstance(one, Example)
    assert isinstance(two, Example)
    assert SENTENCE in one.text
    assert SENTENCE not in two.text
    assert isinstance(three, Drop)
    assert three.reason == "too-short"
