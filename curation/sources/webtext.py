"""Elements of a web page as Markdown that keeps code, emphasis, links and line breaks."""

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.etree import _Element as Element

BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table "
    "tbody td tfoot th thead tr ul".split()
)
SILENT = frozenset(
    "script style template svg iframe object head title meta link input select option textarea "
    "audio video canvas map noscript dialog math-annotation".split()
)
_SILENT_CLASSES = frozenset(("headerlink", "mw-editsection", "linenos"))
_PERMALINK = frozenset(
    "headerlink anchor-link heading-anchor header-anchor hash-link permalink anchorjs-link "
    "octicon-link direct-link md-clipboard toclink-anchor".split()
)
_MARKS = {
    "strong": "**", "b": "**", "em": "*", "i": "*", "cite": "*", "var": "*", "dfn": "*",
    "del": "~~", "s": "~~", "strike": "~~",
}  # fmt: skip
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_ICONS = frozenset(("i", "span", "div"))
_ICON = re.compile(r"(?:^|[-_])(?:icons?|symbols?)(?:$|[-_])", re.IGNORECASE)
MARKER = re.compile(r"\s*(?:[QA]\d{0,3}|[\u554f\u7b54\u95ee])[.:\uff1a]?\s*", re.IGNORECASE)
_UP = re.compile(r"\W*(?:(?:back|return|go) to )?(?:the )?(?:top|contents|toc|index)\W*", re.I)
_ONLY_SIGNS = re.compile(r"[\s¶#§🔗\u200b\ufeff]*")


def classes(element: Element) -> frozenset[str]:
    return _split(element.get("class") or "")


@lru_cache(10_000)
def _split(names: str) -> frozenset[str]:
    return frozenset(names.lower().split())


def said(element: Element) -> str:
    """All text in it, letter for letter."""
    return "".join(map(str, element.itertext()))


def line(element: Element) -> int:
    found = str(element.sourceline)
    return int(found) if found.isdigit() else 1


def is_silent(element: Element) -> bool:
    """Whether nothing of it is text: scripts, and the signs that link a heading to itself."""
    tag = element.tag
    if tag in SILENT or (tag in _ICONS and _is_icon(element)):
        return True
    if tag == "a":
        return bool(_PERMALINK & classes(element)) or _is_sign(element) or _leads_up(element)
    return bool(_SILENT_CLASSES & classes(element))


def _is_icon(element: Element) -> bool:
    """A picture that a font draws from a word or a letter: `expand_more`, `+`."""
    names = element.get("class")
    if not names or not _are_icons(names):
        return False
    word = said(element).strip()
    return len(word) <= 1 or ("material" in names and word.isidentifier())


@lru_cache(10_000)
def _are_icons(names: str) -> bool:
    return any(_ICON.search(each) for each in names.split())


def _leads_up(link: Element) -> bool:
    up = (link.get("href") or "").startswith("#") and len(link) == 0
    return up and bool(_UP.fullmatch((link.text or "").strip()))


def _is_sign(link: Element) -> bool:
    # Up to the first that is none: a broken page may hold hundreds of links in one another.
    return (
        (link.get("href") or "").startswith("#")
        and all(_ONLY_SIGNS.fullmatch(str(text)) for text in link.itertext())
        and link.find(".//img") is None
    )


def holds_blocks(element: Element) -> bool:
    return next(element.iterdescendants(*BLOCKS), None) is not None


def words(element: Element) -> str:
    """What it says, in one line and without marks: to compare and to measure, not to keep."""
    return " ".join(" ".join(map(str, element.itertext())).split())


def inline(element: Element) -> str:
    """What is inside an element, as Markdown of one paragraph."""
    return tidy("".join(pieces(element)))


def tidy(raw: str) -> str:
    if "\n" not in raw:
        return " ".join(raw.split())
    lines = (" ".join(line.split()) for line in raw.split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def spaced(text: str | None) -> str:
    # Runs of spaces become one when the paragraph is tidied; a line break means one only as <br>.
    return text.replace("\n", " ") if text else ""


def pieces(element: Element) -> Iterator[str]:
    yield spaced(element.text)
    for child in element:
        yield piece(child)
        yield spaced(child.tail)


def piece(element: Element) -> str:
    """One element inside a paragraph, with its marks."""
    tag = str(element.tag)
    if is_silent(element):
        return ""
    if tag in ("br", "img"):
        return "\n" if tag == "br" else _image(element)
    if tag in _CODE or _is_literal(element):
        return code(said(element))
    return _phrase(element, "".join(pieces(element)))


def _phrase(element: Element, text: str) -> str:
    tag = str(element.tag)
    if is_marker(element, text):
        return f"{text.strip(' .:')}: "
    if tag == "a":
        return _link(element, text)
    if tag in _MARKS:
        return marked(text, _MARKS[tag])
    return f" {text} " if tag in BLOCKS else text


def is_marker(element: Element, text: str) -> bool:
    """Whether it is the sign of a question or an answer, set apart: `<span class="q">Q</span>`."""
    names = element.get("class")
    return bool(names) and bool(MARKER.fullmatch(text)) and "cap" not in str(names).lower()


def _is_literal(element: Element) -> bool:
    return element.tag == "span" and "literal" in classes(element)


def marked(text: str, mark: str) -> str:
    """Marks around the words, not around the spaces and line breaks beside them."""
    bare = text.strip()
    if not bare.strip("*_~") or ("\n" in bare and mark == "~~"):
        return text
    inner = bare.replace(mark, "") if mark == "**" else bare
    before, after = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
    return f"{before}{mark}{inner}{mark}{after}"


def code(raw: str) -> str:
    bare = " ".join(raw.split())
    if not bare:
        return raw
    fence = "``" if "`" in bare else "`"
    pad = " " if bare.startswith("`") or bare.endswith("`") else ""
    lead = " " if raw[:1].isspace() else ""
    return f"{lead}{fence}{pad}{bare}{pad}{fence}{' ' if raw[-1:].isspace() else ''}"


def _link(element: Element, text: str) -> str:
    href = (element.get("href") or "").strip()
    bare = text.strip()
    if not bare or not href or href.startswith(("#", "javascript:")) or "\n\n" in bare:
        return text
    if href in (bare, f"mailto:{bare}"):
        return text.replace(bare, f"<{bare}>")
    return text.replace(bare, f"[{bare}]({href.replace(' ', '%20')})", 1)


def _image(element: Element) -> str:
    alt, source = element.get("alt") or "", element.get("src") or ""
    worth = alt.strip() and source and not source.startswith("data:")
    return f"![{' '.join(alt.split())}]({source})" if worth else ""


def fence(body: str, language: str = "") -> str:
    """A code block whose fence no line of it can close."""
    longest = max((len(run) for run in re.findall(r"^ {0,3}(`{3,})", body, re.M)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"


def table(rows: tuple[tuple[str, ...], ...]) -> str:
    if not rows:
        return ""
    width = max(map(len, rows))
    filled = [[*(_cell(cell) for cell in row), *[""] * (width - len(row))] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in filled]
    return "\n".join((lines[0], "|" + " --- |" * width, *lines[1:]))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def indent(text: str, mark: str) -> str:
    """A list item: its mark, and everything after the first line below its first word."""
    return mark + text.replace("\n", "\n" + " " * len(mark)).replace(" " * len(mark) + "\n", "\n")


def words_with_code(element: Element) -> str:
    """What a title says in one line; of all marks only those of code stay."""
    return " ".join("".join(_title_pieces(element)).split())


def _title_pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if not is_silent(child):
            if child.tag in _CODE or child.tag == "pre" or _is_literal(child):
                yield code(said(child))
            elif is_marker(child, inside := "".join(_title_pieces(child))):
                yield f"{inside.strip(' .:')}: "
            else:
                yield inside
            yield " " if child.tag in (*BLOCKS, "br") else ""
        yield child.tail or ""
