"""PDF files as word processors and browsers write them."""

from pathlib import Path

import pytest

from curation.sources import faq, pdf
from curation.sources.files import UnreadableError
from curation.sources.units import Notes, Unit

Drawn = tuple[int, int, str, str]
"""Where a line begins, the font (`r`egular, `b`old or `l`arge), and what it says."""
_SIZES = {"r": 10, "b": 10, "l": 16}


def page(lines: list[Drawn]) -> str:
    return "".join(
        f"BT /{font} {_SIZES[font]} Tf 1 0 0 1 {x} {y} Tm ({said}) Tj ET\n"
        for x, y, font, said in lines
    )


def written(path: Path, *pages: list[Drawn]) -> bytes:
    """A file of pages, as plain as PDF allows."""
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    fonts = "/r 3 0 R /b 4 0 R /l 3 0 R"
    parts = [
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        f"2 0 obj<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>endobj",
        "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj",
        "4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>endobj",
    ]
    for n, lines in enumerate(pages):
        drawn = page(lines)
        parts.append(
            f"{10 + 2 * n} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]"
            f"/Contents {11 + 2 * n} 0 R/Resources<</Font<<{fonts}>>>>>>endobj"
        )
        parts.append(f"{11 + 2 * n} 0 obj<</Length {len(drawn)}>>stream\n{drawn}endstream endobj")
    body, places = "%PDF-1.4\n", {}
    for part in parts:
        places[int(part.split()[0])] = len(body)
        body += f"{part}\n"
    listed = "".join(f"{key} 1\n{at:010} 00000 n \n" for key, at in sorted(places.items()))
    end = f"trailer<</Root 1 0 R/Size 40>>\nstartxref\n{len(body)}\n%%EOF\n"
    body += f"xref\n0 1\n0000000000 65535 f \n{listed}{end}"
    path.write_text(body)
    return path.read_bytes()


def read(content: bytes) -> list[tuple[str, str]]:
    found = faq.read(pdf.parse(content, "faq.pdf"), "faq.pdf", Notes())
    return [(x.title, x.text) for x in found if isinstance(x, Unit) and x.kind == "faq"]


def test_larger_lines_are_headings_and_wrapped_ones_are_whole(tmp_path: Path) -> None:
    content = written(
        tmp_path / "a.pdf",
        [
            (50, 700, "l", "Which papers do I need for the"),
            (50, 681, "l", "registration of a car?"),
            (50, 650, "r", "Your passport and the insur-"),
            (50, 638, "r", "ance number."),
            (50, 614, "r", "Bring originals."),
            (50, 580, "l", "Who pays?"),
            (50, 560, "r", "You pay."),
        ],
    )

    assert read(content) == [
        (
            "Which papers do I need for the registration of a car?",
            "Your passport and the insurance number.\n\nBring originals.",
        ),
        ("Who pays?", "You pay."),
    ]


def test_bold_questions_are_read_down_one_column_and_then_the_next(tmp_path: Path) -> None:
    head: list[Drawn] = [(50, 780, "r", "The house"), (280, 20, "r", "Page 1 of 2")]
    first = [
        *head,
        (50, 700, "b", "1. Is it cold in"),
        (50, 688, "b", "the winter?"),
        (50, 676, "r", "Yes, so take a"),
        (300, 700, "r", "coat with you."),
        (300, 676, "b", "2. Is it warm?"),
        (300, 664, "r", "In summer, it is"),
    ]
    second: list[Drawn] = [*head, (50, 700, "r", "rather warm."), (50, 676, "b", "3. Who cooks?"), (50, 664, "r", "Ann.")]  # fmt: skip

    assert read(written(tmp_path / "a.pdf", first, second)) == [
        ("Is it cold in the winter?", "Yes, so take a coat with you."),
        ("Is it warm?", "In summer, it is rather warm."),
        ("Who cooks?", "Ann."),
    ]


def test_a_file_in_one_font_is_read_by_what_it_says(tmp_path: Path) -> None:
    said = [
        "Q: Is it free?",
        "A: Yes, it is free for every-",
        "body.",
        "Q: Who made it?",
        "A: We.",
    ]

    content = written(tmp_path / "a.pdf", [(50, 700 - 12 * n, "r", x) for n, x in enumerate(said)])

    assert read(content) == [
        ("Is it free?", "Yes, it is free for everybody."),
        ("Who made it?", "We."),
    ]


def test_a_file_of_pictures_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"faq\.pdf: a PDF of pictures"):
        pdf.parse(written(tmp_path / "a.pdf", []), "faq.pdf")


def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    content = written(tmp_path / "a.pdf", [(50, 700, "r", "Is it free?")])

    with pytest.raises(UnreadableError, match=r"faq\.pdf: not a PDF that can be read"):
        pdf.parse(content.replace(b"/Length", b"/Filter/NoSuchDecode/Length"), "faq.pdf")
