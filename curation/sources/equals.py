"""Text whose headings stand between equals signs: `== FAQ ==`, as WordPress and wikis have it.

The rest of such a page is Markdown, or near enough to be read as such.
"""

import re

from curation.sources import markdown
from curation.sources.document import DEEPEST_LEVEL, Document

_HEADING = re.compile(r"^(={1,6})[ \t]*([^=\s](?:.*[^=\s])?)[ \t]*\1[ \t]*$", re.MULTILINE)
FEWEST = 3


def is_marked(text: str) -> bool:
    return len(_HEADING.findall(text)) >= FEWEST


def parse(text: str) -> Document:
    """A page; its first heading is its highest, whether many signs or few make it so."""
    signs = [len(found[1]) for found in _HEADING.finditer(text)]
    falling = bool(signs) and signs[0] == max(signs) > min(signs)

    def heading(found: re.Match[str]) -> str:
        level = signs[0] - len(found[1]) + 1 if falling else len(found[1])
        return f"{'#' * min(level, DEEPEST_LEVEL)} {found[2]}"

    return markdown.parse(_HEADING.sub(heading, text))
