"""PDF files as documents: lines with their place and font, put together to paragraphs again.

A PDF knows no headings, only larger or bolder letters; where it has those they are followed,
else the text alone has to tell.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median
from typing import TYPE_CHECKING

from curation.sources import plaintext, titles
from curation.sources.document import Block, Document
from curation.sources.files import UnreadableError

if TYPE_CHECKING:
    from pypdf import PageObject

_Matrix = Sequence[float]
_Font = Mapping[str, object] | None
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|-bd", re.IGNORECASE)
_BULLET = re.compile(r"\s*[\u2022\u25cf\u25aa\u25e6\u2023\uf0b7\u00b7]\s*")
_ITEM = re.compile(r"(?:[-*\u2013]|\(?\d{1,2}[.)]|[a-z][.)])\s")
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|seite|p\.)?\s*\d+(?:\s*(?:of|von|/|\|)\s*\d+)?\W*", re.IGNORECASE
)
_PRINTED = re.compile(
    r"[a-z]+://\S+\s+\d+/\d+|\d+/\d+/\d+,? \d+:\d+(?: ?[AP]M)?\b.*", re.IGNORECASE
)
"""What browsers print above and below a page."""
_LIGATURES = {0xFB00 + i: said for i, said in enumerate("ff fi fl ffi ffl st st".split())}
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\Z")
_AND = re.compile(r"(?:und|oder|and|or|et|ou|y|bis)\b")
"""Words before which a hyphen belongs to a compound: `Ein- und Ausgang`."""
_DAMAGED = (ValueError, LookupError, OSError, TypeError, AttributeError, NotImplementedError)
"""What pypdf raises at damaged files, beside its own errors."""
MARGIN = 0.07
"""Of the height of a page; what repeats there is furniture."""
LARGER = 1.12
FEWEST_LOUD = 2


@dataclass(frozen=True)
class Line:
    text: str
    page: int
    x: float
    y: float
    """From the foot of the page, in points."""
    size: float
    bold: str
    """What of it is bold, from its beginning."""
    at_edge: bool = False

    @property
    def is_bold(self) -> bool:
        return self.bold.strip() == self.text.strip() != ""


def parse(content: bytes, name: str) -> Document:
    """The text of a PDF; one without any, or one that is locked, is refused."""
    try:
        import pypdf
    except ImportError as error:
        raise UnreadableError(
            f"{name}: PDF files need the extra `pdf`: pip install 'gristmill[pdf]'."
        ) from error
    # What it mends on the way it tells nobody who can do anything about it.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError(f"{name}: locked by a password; save it without one.")
        lines = [line for n, page in enumerate(reader.pages, 1) for line in _lines(page, n)]
    except (pypdf.errors.PyPdfError, *_DAMAGED) as error:
        raise UnreadableError(f"{name}: not a PDF that can be read: {error}.") from error
    if not lines:
        raise UnreadableError(f"{name}: a PDF of pictures, without text; run it through OCR.")
    lines = _without_furniture(lines)
    body = _body_size(lines)
    loud = [each for each in lines if _is_loud(each, body)]
    if len(loud) >= FEWEST_LOUD and 2 * _letters(loud) < _letters(lines):
        return Document(tuple(_blocks(lines, body)))
    return plaintext.parse("\n".join(_paragraphed(_joined_words([x.text for x in lines]))))


@dataclass(frozen=True)
class _Piece:
    text: str
    x: float
    y: float
    size: float
    bold: bool


def _lines(page: "PageObject", number: int) -> Iterator[Line]:
    """The lines of a page in the order in which it draws them, which is how they are read."""
    pieces: list[_Piece] = []

    def visit(text: str, space: _Matrix, place: _Matrix, font: _Font, size: float) -> None:
        both = _times(place, space)
        height = abs(size) * hypot(both[1], both[3])
        name = str((font or {}).get("/BaseFont", ""))
        pieces.append(_Piece(text, both[4], both[5], height, bool(_BOLD.search(name))))

    page.extract_text(visitor_text=visit)
    low, high = float(page.mediabox.bottom), float(page.mediabox.top)
    edge = MARGIN * (high - low)
    line: list[_Piece] = []
    for piece in _cut(pieces):
        if piece is not None:
            line.append(piece)
        elif line:
            outside = not low + edge < line[0].y < high - edge
            yield _line(line, number, at_edge=outside)
            line = []


def _cut(pieces: Sequence[_Piece]) -> Iterator[_Piece | None]:
    """The pieces without line breaks, and None for each of those."""
    for piece in pieces:
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                yield None
            if part.strip():
                yield _Piece(part, piece.x, piece.y, piece.size, piece.bold)
    yield None


def _line(pieces: Sequence[_Piece], page: int, *, at_edge: bool) -> Line:
    text = "".join(each.text for each in pieces).translate(_LIGATURES)
    loud = next((i for i, each in enumerate(pieces) if not each.bold), len(pieces))
    longest = max(pieces, key=lambda each: len(each.text))
    bold = "".join(each.text for each in pieces[:loud]).translate(_LIGATURES)
    first = pieces[0]
    return Line(
        text.strip(), page, first.x, first.y, round(longest.size, 1), bold.strip(), at_edge
    )


def _times(one: _Matrix, other: _Matrix) -> tuple[float, ...]:
    a, b, c, d, e, f = other
    return tuple(
        value
        for x, y, moved in ((one[0], one[1], 0), (one[2], one[3], 0), (one[4], one[5], 1))
        for value in (x * a + y * c + moved * e, x * b + y * d + moved * f)
    )


def _without_furniture(lines: Sequence[Line]) -> list[Line]:
    """The lines without page numbers, and without what stands at the edge of most pages."""
    pages = len({each.page for each in lines})
    often = Counter(_unnumbered(each.text) for each in lines if each.at_edge)
    return [
        each
        for each in lines
        if not each.at_edge
        or not (
            _PAGE_NUMBER.fullmatch(each.text)
            or _PRINTED.fullmatch(each.text)
            or (pages > 1 and often[_unnumbered(each.text)] > max(1, pages / 2))
        )
    ]


def _unnumbered(text: str) -> str:
    return re.sub(r"\d+", "", text)


def _body_size(lines: Sequence[Line]) -> float:
    letters: Counter[float] = Counter()
    for each in lines:
        letters[each.size] += 0 if each.is_bold else len(each.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _letters(lines: Sequence[Line]) -> int:
    return sum(len(each.text) for each in lines)


def _is_loud(line: Line, body: float) -> bool:
    return line.is_bold or line.size > LARGER * body


def _blocks(lines: Sequence[Line], body: float) -> Iterator[Block]:
    """Larger lines as headings, bold ones as bold paragraphs, all others as paragraphs."""
    sizes = sorted({each.size for each in lines if each.size > LARGER * body}, reverse=True)
    gap = _usual_gap(lines)
    starts = [0, *(i for i in range(1, len(lines)) if _begins(lines[i - 1], lines[i], gap))]
    for number, (start, end) in enumerate(pairwise([*starts, len(lines)]), 1):
        part = lines[start:end]
        text = _text(part)
        if part[0].size in sizes:
            level = min(6, sizes.index(part[0].size) + 1)
            yield Block("heading", f"{'#' * level} {text}", number, titles.clean(text), level)
        elif part[0].is_bold:
            yield Block("text", f"**{text}**", number)
        else:
            lead = part[0].bold if titles.is_marked(part[0].bold) else ""
            text = f"**{lead}** {text.removeprefix(lead).strip()}" if lead else text
            close = bool(_ITEM.match(text)) and number > 1
            yield Block("text", text, number, close=close)


def _begins(above: Line, line: Line, gap: float) -> bool:
    """Whether a line begins a paragraph."""
    # A code word in another font is no new paragraph, a louder or softer line is.
    if above.is_bold != line.is_bold or abs(above.size - line.size) > 0.1 * above.size:
        return True
    if _opens(line) or (line.is_bold and titles.is_marked(above.text[-1:])):
        return True
    down = above.y - line.y
    if above.page == line.page and down >= 0:
        return down > 1.3 * gap * line.size
    return above.text.endswith((".", "!", "?", ":", "\uff1f", "\u3002"))


def _opens(line: Line) -> bool:
    """Whether a line is one that opens a paragraph wherever it stands."""
    marks = (_ITEM, _BULLET, titles.PREFIX, titles.ANSWER)
    asks = titles.is_marked(line.bold) and not line.is_bold
    return asks or any(each.match(line.text) for each in marks)


def _usual_gap(lines: Sequence[Line]) -> float:
    """Points between lines of one paragraph, for each point of their size."""
    gaps = [
        (above.y - line.y) / line.size
        for above, line in pairwise(lines)
        if above.page == line.page
        and above.size == line.size > 0
        and 0 < above.y - line.y < 4 * line.size
    ]
    return median(gaps) if gaps else 0.0


def _text(lines: Sequence[Line]) -> str:
    words = " ".join(_joined_words([each.text for each in lines]))
    return re.sub(r"\A" + _BULLET.pattern, "- ", words)


def _joined_words(lines: Sequence[str]) -> list[str]:
    """The lines, with words that were cut at the end of one put together on it."""
    done: list[str] = []
    for line in lines:
        cut = done and _HYPHEN.search(done[-1]) and line[:1].islower() and not _AND.match(line)
        if not cut:
            done.append(line)
            continue
        rest, _, more = line.partition(" ")
        done[-1] = _HYPHEN.sub("", done[-1]) + rest
        if more:
            done.append(more)
    return done


def _paragraphed(lines: Sequence[str]) -> Iterator[str]:
    """Lines with an empty one around each line that begins with a capital and asks."""
    begun = False
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        ended = not before or before.endswith((".", "!", "?", ":", ")", "\u201d"))
        asks = line.endswith("?") or (
            number + 1 < len(lines) and lines[number + 1].endswith("?") and not line.endswith(".")
        )
        if ended and asks and re.match(r"[\"'(\w]", line) and not line[0].islower():
            yield ""
            begun = True
        yield line
        if begun and line.endswith("?"):
            yield ""
            begun = False
