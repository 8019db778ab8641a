"""Word files as documents; the library that reads them is loaded when one comes."""

import io
import re

from curation.sources import webpage
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
