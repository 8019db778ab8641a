"""Word and PDF files as documents; the libraries that read them are loaded when one comes."""

import io
import re
from collections.abc import Iterator

from curation.sources import plaintext, webpage
from curation.sources.document import Document
from curation.sources.files import BROKEN, UnreadableError

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
"""


def parse_docx(content: bytes, name: str) -> Document:
    """A Word file by way of HTML; unfilled templates give headings without answers."""
    import mammoth

    try:
        found = mammoth.convert_to_html(io.BytesIO(content), style_map=_STYLES)
    except (*BROKEN, ValueError, KeyError, AttributeError) as error:
        # What zipfile and the XML of a damaged file raise.
        raise UnreadableError(f"{name}: not a Word file that can be read: {error}.") from error
    html = re.sub(r"<a id=\"[^\"]*\"></a>", "", found.value)
    html = re.sub(r"<img src=\"data:[^>]*>", "", html)
    return webpage.parse(f"<html><body>{html}</body></html>")


def parse_pdf(content: bytes, name: str) -> Document:
    """The text of a PDF, its lines put together to paragraphs again."""
    try:
        import pypdf
    except ImportError as error:
        raise UnreadableError(
            f"{name}: PDF files need the extra `pdf`: pip install 'gristmill[pdf]'."
        ) from error
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        pages = [page.extract_text() for page in reader.pages]
    except (pypdf.errors.PyPdfError, ValueError, KeyError, OSError) as error:
        raise UnreadableError(f"{name}: not a PDF that can be read: {error}.") from error
    if not any(page.strip() for page in pages):
        raise UnreadableError(f"{name}: a PDF of pictures, without text; run it through OCR.")
    return plaintext.parse("\n".join(_paragraphed(_without_furniture(pages))))


def _without_furniture(pages: list[str]) -> list[str]:
    """The lines without page numbers, and without what stands on top or foot of most pages."""
    split = [[line.strip() for line in page.split("\n") if line.strip()] for page in pages]
    edges = [re.sub(r"\d+", "", line) for page in split for line in {*page[:1], *page[-1:]}]
    often = {each for each in edges if edges.count(each) > max(2, len(pages) / 2)}
    return [
        line
        for page in split
        for number, line in enumerate(page)
        if not re.fullmatch(r"(?:page\s*)?\d+(?:\s*(?:of|/)\s*\d+)?", line, re.IGNORECASE)
        and not (number in (0, len(page) - 1) and re.sub(r"\d+", "", line) in often)
    ]


def _paragraphed(lines: list[str]) -> Iterator[str]:
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
