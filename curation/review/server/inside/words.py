"""Text into words, the same way for what is stored and for what is searched.

SQLite's full-text table then sees nothing but words with spaces between, so its own tokenizer
has nothing to decide. Scripts that are written without spaces become one word a character;
a search for several characters is a phrase, which finds them side by side.
"""

import json
import re
import sys
import unicodedata

_SPACELESS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff"  # Kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
)
"""Vowel signs and accents: part of the word they stand in, though `\\w` leaves them out."""
_WORD = re.compile(rf"[{_SPACELESS}]|(?:[^\W{_SPACELESS}]|[{_MARKS}])+")


def words(text: str) -> list[str]:
    """The words of a text, folded so that case, width and composition make no difference."""
    return [sys.intern(word) for word in _WORD.findall(_folded(text))]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def field_words(value: str | None, kind: str) -> str:
    """The words of one field of a record, as the database holds it: text, or JSON.

    A chat is searched by role and content, a custom field by its keys and values, and an image
    by nothing; that is what Argilla's index of Elasticsearch holds.
    """
    if value is None or kind == "image":
        return ""
    if kind == "chat":
        value = " ".join(f"{turn['role']} {turn['content']}" for turn in json.loads(value))
    elif kind == "custom":
        value = str(json.loads(value))
    return " ".join(words(value))
