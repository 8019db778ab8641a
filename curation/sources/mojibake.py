"""UTF-8 that was read as Windows-1252 and written again: `pÃ¥` for `på`."""

import re
from contextlib import suppress

_BYTES = {bytes([code]).decode("cp1252", "replace"): code for code in range(0x80, 0x100)}
_BYTES |= {chr(code): code for code in range(0x80, 0xA0) if chr(code) not in _BYTES}
_BYTES.pop("\ufffd", None)
_REST = "".join(each for each, code in _BYTES.items() if code < 0xC0)
_TWICE = re.compile(
    "[{two}][{rest}]|[{three}][{rest}]{{2}}|[{four}][{rest}]{{3}}".format(
        two="".join(each for each, code in _BYTES.items() if 0xC2 <= code < 0xE0),
        three="".join(each for each, code in _BYTES.items() if 0xE0 <= code < 0xF0),
        four="".join(each for each, code in _BYTES.items() if 0xF0 <= code < 0xF5),
        rest=re.escape(_REST),
    )
)
_TRULY_LATIN = re.compile("[\u00c0-\u024f]")
DEEPEST = 3


def repair(text: str) -> tuple[str, int]:
    """The text with what was encoded twice decoded once more, and how many characters were."""
    if not _TWICE.search(text):
        return text, 0
    repaired = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        lines[number], count = _line(line)
        repaired += count
    return "\n".join(lines), repaired


def _line(line: str) -> tuple[str, int]:
    """One line; if any letter of it is right as it stands, all of them are taken to be."""
    total = 0
    for _ in range(DEEPEST):
        if not _TWICE.search(line) or _TRULY_LATIN.search(_TWICE.sub("", line)):
            break
        line, count = _TWICE.subn(_once, line)
        total += count
    return line, total


def _once(found: re.Match[str]) -> str:
    with suppress(UnicodeDecodeError):
        return bytes(_BYTES[each] for each in found[0]).decode("utf-8")
    return found[0]
