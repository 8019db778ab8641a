"""reStructuredText as a document, by way of docutils and HTML.

Nothing outside the file is read and no raw HTML passes. Roles and directives of Sphinx, which
docutils does not know, keep their text: code as code, notes as what they say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.states import Inliner

from curation.sources import webpage
from curation.sources.document import Document

SETTINGS = {
    "halt_level": 5,
    "report_level": 5,
    "raw_enabled": False,
    "file_insertion_enabled": False,
    "doctitle_xform": False,
    "initial_header_level": 1,
    "syntax_highlight": "none",
    "smart_quotes": False,
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "toc_backlinks": False,
    "line_length_limit": 100_000_000,
    "input_encoding": "unicode",
    "output_encoding": "unicode",
}
_NAMED = re.compile(r"^\s*\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([\w:+.-]+?)::", re.MULTILINE)
_ROLE = re.compile(r":([a-zA-Z][\w:+.-]*):`")
_SILENT = frozenset(
    "toctree index highlight currentmodule module meta tags tabularcolumns default-domain "
    "literalinclude include raw sectionauthor codeauthor moduleauthor contents figure image".split()
)
_CODE = frozenset(
    "code-block sourcecode code ipython prompt console parsed-literal doctest testcode testoutput "
    "highlight-code productionlist".split()
)


_KNOWN_DIRECTIVES = frozenset(
    "admonition attention caution danger epigraph error hint important line-block list-table note "
    "tip topic warning table csv-table rubric replace unicode container math pull-quote sidebar "
    "highlights compound class role sectnum".split()
)
_UNSAID = frozenset("only ifconfig rst-class cssclass class container tab-set grid".split())
"""Whose argument is for the machine."""
_FOLDS = frozenset("dropdown details collapse toggle spoiler expander faq question".split())
_WORDS = frozenset("ref doc term any numref guilabel abbr menuselection".split())
_KNOWN_ROLES = frozenset("emphasis strong literal code math sub sup title".split())


class _Unknown(Directive):
    """A directive of Sphinx: what it says is kept, what it does is not."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = None

    def run(self) -> list[nodes.Node]:
        if self.name in _SILENT:
            return []
        text = "\n".join(self.content)
        if self.name in _CODE:
            language = _bare(self.arguments)
            return [nodes.literal_block(text, text, classes=[f"language-{language or 'none'}"])]
        found = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, found)
        said = "" if self.name in _UNSAID else _bare(self.arguments)
        if said and self.name in _FOLDS:
            return [_fold(said, found, self.lineno)]
        if said and not re.fullmatch(r"[\d.]+", said):
            found.insert(0, nodes.paragraph("", "", nodes.strong(said, said)))
        return [found]


def _bare(arguments: Sequence[str]) -> str:
    """What a directive says on its first lines, without the options below that."""
    return re.split(r"(?:\A|\s):[\w-]+:(?:\s|\Z)", " ".join(arguments))[0].strip()


def _fold(title: str, body: nodes.container, line: int) -> nodes.Node:
    """What opens on a click is a term with its definition."""
    term = nodes.term(title, title)
    term.line = line
    item = nodes.definition_list_item("", term, nodes.definition("", *body.children))
    return nodes.definition_list("", item)


class _Loose(_Unknown):
    """The same for directives whose options stand where their content begins."""

    def run(self) -> list[nodes.Node]:
        while self.content and re.match(r":[\w-]+:", self.content[0]):
            self.content.trim_start()
            self.content_offset += 1
        return super().run()


def _role(
    name: str,
    _source: str,
    text: str,
    _line: int,
    _inliner: Inliner,
    _options: Mapping[str, object] | None = None,
    _content: Sequence[str] = (),
) -> tuple[list[nodes.reference], list[nodes.reference]]:
    """``:func:`~os.path.join` `` as code that says `join`; a reference as its label."""
    said = re.sub(r"\s*<[^<>]*>$", "", text.replace("\x00", "\\")) or text
    if name.rsplit(":", maxsplit=1)[-1] in _WORDS:
        # It leads to another page, whose address only Sphinx knows.
        return [nodes.reference(said, said, refid="elsewhere")], []
    said = said.rsplit(".", 1)[-1] if said.startswith("~") else said.lstrip("!.")
    return [nodes.reference("", "", nodes.literal(said, said), refid="elsewhere")], []


MOST_MARKS = 400
"""Stars and backticks in a line, and ten times as many in lines without an empty one between.

docutils looks for the end of each to the end of the paragraph: what has more is read as text.
"""


def parse(text: str) -> Document:
    """The blocks of a page; what docutils cannot make sense of stays as it was written."""
    text = re.sub(r"(?:[^\n]*\S[^\n]*\n?)+", lambda block: _without_excess(block[0]), text)
    _tolerate(text)
    tree = publish_doctree(_outspoken(text), settings_overrides=SETTINGS)
    for unwanted in (*tree.findall(nodes.system_message), *_contents(tree)):
        if unwanted.parent is not None:
            unwanted.parent.remove(unwanted)
    for found in tree.findall(nodes.problematic):
        found.replace_self(nodes.inline(found.astext(), found.astext()))
    _number(tree)
    page = publish_from_doctree(tree, writer="html5", settings_overrides=SETTINGS)
    return webpage.parse(str(page))


def _without_excess(block: str) -> str:
    """The lines of a block; those with too many marks to be meant have them escaped."""
    if (marks := _marks(block)) <= MOST_MARKS:
        return block
    return "".join(
        re.sub(r"[*`]", r"\\\g<0>", line)
        if marks > 10 * MOST_MARKS or _marks(line) > MOST_MARKS
        else line
        for line in block.splitlines(keepends=True)
    )


def _marks(text: str) -> int:
    return text.count("*") + text.count("`")


def _tolerate(text: str) -> None:
    """Register what this page uses and docutils does not know."""
    for name in set(_NAMED.findall(text)) - _KNOWN_DIRECTIVES:
        directives.register_directive(name, _Loose)
    for name in set(_ROLE.findall(text)) - _KNOWN_ROLES:
        roles.register_local_role(name, _role)


def _outspoken(text: str) -> str:
    """Substitutions that a configuration file defines are left as their names."""
    defined = set(re.findall(r"^\.\.\s+\|([^|\n]+)\|", text, re.MULTILINE))
    pattern = r"(?<![\w|])\|([\w .-]+)\|_{0,2}(?![\w|])"
    return re.sub(pattern, lambda found: found[0] if found[1] in defined else found[1], text)


def _contents(tree: nodes.document) -> Iterator[nodes.Element]:
    for topic in tree.findall(nodes.topic):
        if "contents" in topic["classes"]:
            yield topic


def _number(tree: nodes.document) -> None:
    """Give what may be a question an id that says its line."""
    used: set[int] = set()
    for found in tree.findall(nodes.Element):
        holder = found.parent if isinstance(found, nodes.title) else found
        if not isinstance(found, (nodes.title, nodes.term, nodes.paragraph)) or holder is None:
            continue
        line = _line_of(found)
        if line and line not in used:
            used.add(line)
            holder["ids"] = [f"source-line-{line}"]


def _line_of(found: nodes.Element) -> int:
    line = found.line or 0
    # The line of a title is that of its underline.
    return max(1, line - 1) if isinstance(found, nodes.title) else line
