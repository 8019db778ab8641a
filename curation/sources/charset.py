"""The text of a web page: what its bytes are, what it declares, and what browsers take that for.

Names of encodings as in the Encoding Standard, https://encoding.spec.whatwg.org/#names-and-labels
"""

import codecs
import re

from curation.sources import files

_DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I
)
_AS_BROWSERS_DO = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic",
}  # fmt: skip
_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒ\u00a0\u2018\u2019\u201c\u201d«»\u2039\u203a\u2013\u2014…•€£©®™°ºª·§¿¡"
)
LARGEST_SHARE = 0.5
"""Of letters beyond ASCII, to nine of the most frequent others, in a Western text."""


def decode(content: bytes, name: str) -> str:
    """The text of a page; `UnreadableError` where its bytes are none."""
    found = _DECLARED.search(content)
    declared = found[1].decode("ascii", "replace").lower() if found else ""
    if declared.startswith("iso-2022") or not _is_utf8(content):
        if decoded := _decoded_as(declared, content):
            return files.newlines(decoded)
        if _is_western(content):
            return files.newlines(content.decode("cp1252", "replace"))
    return files.decode(content, name)


def _decoded_as(declared: str, content: bytes) -> str:
    """The text by what is declared; "" where that cannot be true."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    try:
        text = content.decode(_AS_BROWSERS_DO.get(declared, declared), "replace")
    except LookupError:
        return ""
    broken = text.count("\ufffd")
    beyond = sum(each > "\x7f" for each in text)
    return text if 2 * broken <= beyond else ""


def _is_western(content: bytes) -> bool:
    beyond = content.translate(None, bytes(range(0x80)))
    letters = sum(map(content.count, (bytes([code]) for code in b"aeiounrst")))
    few = b"\x00" not in content and len(beyond) <= LARGEST_SHARE * letters
    return few and _WESTERN.issuperset(beyond.decode("cp1252", "replace"))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True
