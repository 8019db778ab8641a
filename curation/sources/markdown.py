"""A Markdown page as headings with line numbers, and text as its author wrote it.

Headings are Markdown ones, raw HTML ones, `<summary>` lines, and paragraphs that begin with
`Q:` or are a bold question: the shapes in which real FAQ pages put what is asked.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

Style = Literal["heading", "html", "summary", "prefix", "bold", "page"]
INLINE_LEVEL = 7
"""Below the six levels that headings have."""

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HTML_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1\s*>", re.DOTALL | re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]*>(.*?)</summary\s*>", re.DOTALL | re.IGNORECASE)
_Q = re.compile(r"(?:>\s*)?(?:\*\*|__)?Q(?:uestion)?\s*\d*\s*[:.)](?:\*\*|__)?\s*(?=\S)")
_A = re.compile(r"^(?:>\s*)?(?:\*\*|__)?A(?:nswer)?\s*\d*\s*[:.)](?:\*\*|__)?\s*", re.MULTILINE)
_BOLD = re.compile(r"(\*\*|__)(?P<title>(?:(?!\1).)+)\1\s*(?:\n|\Z)", re.DOTALL)
_DIRECTIVE = re.compile(r"\{?(?:contents|toctree|include)\}?", re.IGNORECASE)
# Possessive and anchored to whole runs: a page of backticks must not take for ever.
_FENCE = re.compile(
    r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*\n(?:.*?\n)? {0,3}\1[`~]*[ \t]*$"
    r"|(?<!`)(`++).+?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Heading:
    level: int
    title: str
    start: int
    """First line, from 0."""
    end: int
    """The line after the last."""
    style: Style


@dataclass(frozen=True)
class LinkList:
    """A list that is little more than links into this site: a table of contents, an index."""

    start: int
    end: int
    links: int
    within_page: bool


@dataclass(frozen=True)
class Page:
    title: str
    """From the front matter; "" where there is none."""
    lines: tuple[str, ...]
    headings: tuple[Heading, ...]
    link_lists: tuple[LinkList, ...]
    references: dict[str, str]
    """From a link's label, in capitals as the parser has it, to where it leads."""
    hidden: frozenset[int]
    """Lines that are machinery: link definitions, directives that make a list of contents."""

    def text(self, start: int, end: int) -> str:
        """The lines as Markdown that can stand alone."""
        kept = (self.lines[i] for i in range(start, end) if i not in self.hidden)
        return _stand_alone("\n".join(kept), self.references)


def parse(text: str) -> Page:
    front = _FRONT_MATTER.match(text)
    if front:
        # Blank lines, so that line numbers stay those of the file.
        text = "\n" * front[0].count("\n") + text[front.end() :]
    notes: dict[str, dict[str, dict[str, object]]] = {}
    tokens = MarkdownIt("commonmark").enable("table").parse(text, notes)
    references = notes.get("references", {})
    headings = tuple(_headings(tokens))
    return Page(
        title=_front_title(front[1]) if front else "",
        lines=tuple(text.split("\n")),
        headings=headings,
        link_lists=tuple(_link_lists(tokens, {plain(each.title) for each in headings})),
        references={label: str(found["href"]) for label, found in references.items()},
        hidden=frozenset(_hidden(tokens, references.values())),
    )


def clean_title(source: str) -> str:
    """A heading without anchors, tags, numbering and `Q:`; code stays in backticks."""
    title = re.sub(r"<code\b[^>]*>(.*?)</code>", _as_code, source, flags=re.DOTALL | re.IGNORECASE)
    title = "".join(
        part if part.startswith("`") else _clean_prose(part)
        for part in re.split(r"(`+[^`]+`+)", title)
    )
    title = re.sub(r"\s*\{:?\s*[#.][^}]*\}\s*$", "", " ".join(title.split()))
    title = re.sub(r"\s*[¶#]+$", "", title)
    title = re.sub(r"^(\*\*|__)((?:(?!\1).)+)\1$", r"\2", title)
    title = _Q.sub("", title, count=1) if _Q.match(title) else title
    numbered = re.match(r"(?:\(\d+\)|[A-Z]?\d+(?:\.\d+)*[.)])\s+(?=\S)", title)
    return (title[numbered.end() :] if numbered else title).strip()


def plain(title: str) -> str:
    """A title to compare by: words alone, in lower case."""
    return " ".join(re.findall(r"\w+", title.lower()))


def _as_code(match: re.Match[str]) -> str:
    return f"`{html.unescape(match[1].strip())}`"


def _clean_prose(part: str) -> str:
    part = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", part)
    part = re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", part)
    part = re.sub(r"</?(?:em|i)>", "*", part)
    part = re.sub(r"<br\s*/?>", " ", part)
    part = re.sub(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", "", part)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", html.unescape(part))


def _front_title(front: str) -> str:
    title = re.search(r"^title:[ \t]*(.+)$", front, re.MULTILINE)
    return title[1].strip().strip("\"'") if title else ""


def _headings(tokens: list[Token]) -> Iterator[Heading]:
    for number, token in enumerate(tokens):
        if token.level != 0 or token.map is None:
            continue
        start, end = token.map
        if token.type == "heading_open":
            title = clean_title(tokens[number + 1].content)
            yield Heading(int(token.tag[1]), title, start, end, "heading")
        elif token.type == "html_block":
            yield from _html_headings(token.content, start)
        elif token.type == "paragraph_open":
            yield from _inline_heading(tokens[number + 1].content, start)


def _html_headings(block: str, start: int) -> Iterator[Heading]:
    for found in _HTML_HEADING.finditer(block):
        first, last = (start + block.count("\n", 0, at) for at in found.span())
        yield Heading(int(found[1]), clean_title(found[2]), first, last + 1, "html")
    for found in _SUMMARY.finditer(block):
        first, last = (start + block.count("\n", 0, at) for at in found.span())
        yield Heading(INLINE_LEVEL, clean_title(found[1]), first, last + 1, "summary")


def _inline_heading(paragraph: str, start: int) -> Iterator[Heading]:
    if _Q.match(paragraph):
        answer = _A.search(paragraph, paragraph.find("\n") + 1 or len(paragraph))
        asked = paragraph[: answer.start()] if answer else paragraph
        end = start + len(asked.rstrip("\n").split("\n"))
        yield Heading(INLINE_LEVEL, clean_title(asked.rstrip("* \n")), start, end, "prefix")
    elif (bold := _BOLD.match(paragraph)) and bold["title"].rstrip().endswith(("?", "\uff1f")):
        end = start + len(bold[0].rstrip("\n").split("\n"))
        yield Heading(INLINE_LEVEL, clean_title(bold["title"]), start, end, "bold")


def _link_lists(tokens: list[Token], titles: set[str]) -> Iterator[LinkList]:
    for number, token in enumerate(tokens):
        if token.level != 0 or not token.type.endswith("_list_open") or token.map is None:
            continue
        close = token.type.replace("open", "close")
        end = next(i for i in range(number, len(tokens)) if _closes(tokens[i], close))
        lines = [each for each in tokens[number:end] if each.type == "inline"]
        targets = [found for each in lines if (found := _target(each, titles))]
        if len(targets) >= max(2, 0.6 * len(lines)):
            within = any(each.startswith("#") for each in targets)
            yield LinkList(token.map[0], token.map[1], len(targets), within)


def _closes(token: Token, kind: str) -> bool:
    return token.level == 0 and token.type == kind


def _target(line: Token, titles: set[str]) -> str:
    """Where an item leads if it is one link into this site, or a heading said again; else ""."""
    if plain(line.content) in titles:
        return "#"
    parts = [each for each in line.children or () if each.content.strip() or each.type != "text"]
    if not parts or parts[0].type != "link_open" or parts[-1].type != "link_close":
        return ""
    if sum(each.type == "link_open" for each in parts) != 1:
        return ""
    href = str(parts[0].attrs.get("href", ""))
    return "" if re.match(r"[a-z][a-z0-9+.-]*:|//", href) else href


def _hidden(tokens: list[Token], references: Iterable[dict[str, object]]) -> Iterator[int]:
    for token in tokens:
        if token.type == "fence" and token.map and _DIRECTIVE.fullmatch(token.info.split(" ")[0]):
            yield from range(*token.map)
    for found in references:
        lines = found["map"]
        if isinstance(lines, list):
            yield from range(*lines)


def _stand_alone(text: str, references: dict[str, str]) -> str:
    """Tidy what is prose; code stays as it is to the letter."""
    parts: list[str] = []
    done = 0
    for code in _FENCE.finditer(text):
        parts += (_tidy(text[done : code.start()], references), code[0])
        done = code.end()
    text = "".join((*parts, _tidy(text[done:], references)))
    text = re.sub(r"\A(?:\s|-{3,}\s*\n|\*{3,}\s*\n)+|(?:\s|\n-{3,}|\n\*{3,})+\Z", "", text)
    return re.sub(r"\n{3,}", "\n\n", text) if "```" not in text and "~~~" not in text else text


def _tidy(prose: str, references: dict[str, str]) -> str:
    prose = re.sub(r"<!--.*?-->", "", prose, flags=re.DOTALL)
    prose = re.sub(r"<a\s+(?:name|id)=[^>]*>\s*</a>|<a\s+(?:name|id)=[^>]*/>", "", prose)
    prose = re.sub(r"^\([\w./:-]+\)=[ \t]*$", "", prose, flags=re.MULTILINE)
    prose = re.sub(r"^[ \t]*</?details[^>]*>[ \t]*$", "", prose, flags=re.MULTILINE)
    prose = re.sub(
        r"^[ \t]*\[[^\]\n]*(?:top|contents)[^\]\n]*\]\(#[^)\n]*\)[ \t]*$",
        "",
        prose,
        flags=re.M | re.I,
    )
    if not references:
        return prose

    def resolve(match: re.Match[str]) -> str:
        href = references.get(" ".join((match["label"] or match["text"]).split()).upper())
        return f"[{match['text']}]({href})" if href else match[0]

    pattern = r"(?<![\]!\\])\[(?P<text>[^\[\]]+)\](?:\[(?P<label>[^\[\]]*)\])?(?![(\[:])"
    return re.sub(pattern, resolve, prose)
