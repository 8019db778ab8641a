import pytest

from curation.sources import charset

PAGE = "{}<title>FAQ</title><h1>{}</h1><p>{}</p>"
FRENCH = "Où est “elle” \u2013 déjà prête ? Nous la trouverons dans notre boutique."


@pytest.mark.parametrize(
    ("declared", "is_", "text"),
    [
        ('<meta charset="iso-8859-1">', "cp1252", FRENCH),
        ("", "cp1252", FRENCH),
        ('<meta charset="utf-8">', "cp1252", FRENCH),
        ('<meta charset="x-unknown">', "cp1252", FRENCH),
        ('<meta charset="iso-8859-1">', "utf-8", FRENCH),
        ("", "utf-16", FRENCH),
        ('<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', "cp932", "返品できますか①髙"),
        ('<meta charset="gb2312">', "gb18030", "如何注册镕"),
        ('<meta charset="iso-2022-jp">', "iso2022_jp", "返品できますか"),
        (f'<!--{"x" * 5000}--><meta charset="windows-1251">', "cp1251", "Как это сделать, и когда"),
        ('<?xml version="1.0" encoding="koi8-r"?>', "koi8-r", "Как это сделать, и когда"),
    ],
)  # fmt: skip
def test_a_page_is_read_as_browsers_read_it(declared: str, is_: str, text: str) -> None:
    page = PAGE.format(declared, text, text)

    assert charset.decode(page.encode(is_), "faq.html") == page


def test_one_broken_byte_does_not_change_what_a_page_is() -> None:
    page = PAGE.format('<meta charset="utf-8">', FRENCH, FRENCH)

    assert charset.decode(page.encode() + b"\xff", "faq.html") == page + "\ufffd"
