"""Styled words of rich text as Markdown: marks around runs of spans, as a person would set them.

Slack cuts text wherever a style begins, ends or is repeated, so neighbours of one style are
joined, and a mark stays open as long as the next span wants it too.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

BOLD, ITALIC, STRIKE = "**", "_", "~~"


class Span(NamedTuple):
    text: str
    marks: frozenset[str] = frozenset()
    is_code: bool = False


def markdown(spans: Iterable[Span]) -> str:
    """The spans as one text; a mark lasts as long as its neighbours share it."""
    found = list(_bridged(list(_merged(_by_line(spans)))))
    out = _Writer("*" if _cuts_words(found) else ITALIC)
    for number, span in enumerate(found):
        marks = {mark: _lasting(mark, found[number:]) for mark in span.marks}
        out.write(_code(span.text) if span.is_code else span.text, marks)
    return out.finished()


def _lasting(mark: str, spans: Sequence[Span]) -> int:
    """Over how many spans from here on a mark goes without a gap."""
    return sum(1 for _ in takewhile(lambda each: mark in each.marks, spans))


class _Writer:
    """Text that grows, and the marks that are open at its end."""

    def __init__(self, italic: str) -> None:
        self._text = ""
        self._open: list[str] = []
        self._italic = italic

    def write(self, text: str, marks: dict[str, int]) -> None:
        """Add words under these marks, those that last longest outermost."""
        kept = list(takewhile(marks.__contains__, self._open))
        self._close(len(kept))
        words = text.lstrip()
        self._text += text[: len(text) - len(words)]
        for mark in sorted(marks.keys() - set(kept), key=lambda each: (-marks[each], each)):
            self._text += self._shown(mark)
            self._open.append(mark)
        self._text += words

    def finished(self) -> str:
        self._close(0)
        return self._text

    def _close(self, still_open: int) -> None:
        words = self._text.rstrip()
        space = self._text[len(words) :]
        closing = reversed(self._open[still_open:])
        if len(self._open) > still_open:
            self._text = words + "".join(map(self._shown, closing)) + space
        del self._open[still_open:]

    def _shown(self, mark: str) -> str:
        return self._italic if mark == ITALIC else mark


def _by_line(spans: Iterable[Span]) -> Iterator[Span]:
    """No mark reaches over the end of a line."""
    for span in spans:
        if "\n" not in span.text or not (span.marks or span.is_code):
            yield span
            continue
        for number, line in enumerate(span.text.split("\n")):
            if number:
                yield Span("\n")
            yield Span(line, span.marks, span.is_code)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    before: Span | None = None
    for span in spans:
        if not span.text:
            continue
        if before and before[1:] == span[1:]:
            before = before._replace(text=before.text + span.text)
            continue
        if before:
            yield before
        before = span
    if before:
        yield before


def _bridged(spans: Sequence[Span]) -> Iterator[Span]:
    """Spaces have no style of their own: they take what the words on both sides share."""
    nothing = Span("")
    for before, span, after in zip(
        (nothing, *spans[:-1]), spans, (*spans[1:], nothing), strict=True
    ):
        if span.text.strip() or span.is_code:
            yield span
        elif "\n" in span.text:
            yield Span(span.text)
        else:
            yield Span(span.text, before.marks & after.marks)


def _cuts_words(spans: Sequence[Span]) -> bool:
    """Whether italics begin or end inside a word, where `_` would be a letter."""
    return any(
        (ITALIC in before.marks) != (ITALIC in after.marks)
        and before.text[-1:].isalnum()
        and after.text[:1].isalnum()
        for before, after in pairwise(spans)
    )


def _code(text: str) -> str:
    """Code in a line, its spaces outside of the ticks."""
    words = text.strip()
    if not words:
        return text
    shown = f"`` {words} ``" if "`" in words else f"`{words}`"
    return text.replace(words, shown, 1)
