"""Markdown text that was cut out of its page, made to stand alone: anchors and labels leave."""

import re

_DIRECTIVE = re.compile(r"\{?(?:contents|toctree|include|toc|tableofcontents)\}?", re.IGNORECASE)
_MACHINERY = re.compile(
    r"\s*(?:\[toc\]|[*-] toc|\[\[_?toc_?\]\]|\$\{?toc\}?|\{:\s*toc\s*\}|\{:[^}\n]*\}|\{%[^\n]*%\}|\{\{[<%][^\n]*[>%]\}\}"
    r"|\\(?:newpage|pagebreak|toc)|(?:im|ex)port\s[^\n]*(?:from\s|[;'\"{(])[^\n]*)\s*",
    re.IGNORECASE,
)
# Possessive and anchored to whole runs: a page of backticks must not take for ever.
_CODE = re.compile(
    r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*\n(?:.*?\n)? {0,3}\1[`~]*[ \t]*$"
    r"|(?<!`)(`++).+?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)
_TO_TOP = re.compile(
    r"^[ \t]*(?:\*\*|\()?\[[^\]\n]*(?:\btop\b|\bcontents\b|⬆|↑)[^\]\n]*\]\(#[^)\n]*\)(?:\*\*|\))?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)


def is_machinery(directive: str) -> bool:
    """Whether a fenced directive makes a list of contents."""
    return bool(_DIRECTIVE.fullmatch((directive.split() or [""])[0]))


def stand_alone(text: str, references: dict[str, str]) -> str:
    """Tidy what is prose; code stays as it is to the letter."""
    parts: list[str] = []
    done = 0
    for code in _CODE.finditer(text):
        parts += (_tidy(text[done : code.start()], references), code[0])
        done = code.end()
    text = "".join((*parts, _tidy(text[done:], references)))
    return text.rstrip().lstrip("\n")


def _tidy(prose: str, references: dict[str, str]) -> str:
    prose = re.sub(r"<!--.*?-->", "", prose, flags=re.DOTALL)
    prose = re.sub(r"<a\s+(?:name|id)=[^>]*>\s*</a>|<a\s+(?:name|id)=[^>]*/>", "", prose)
    prose = re.sub(r"^\([\w./:-]+\)=[ \t]*$", "", prose, flags=re.MULTILINE)
    prose = re.sub(r"^[ \t]*</?details[^>]*>[ \t]*$", "", prose, flags=re.MULTILINE)
    prose = "\n".join("" if _MACHINERY.fullmatch(line) else line for line in prose.split("\n"))
    prose = _TO_TOP.sub("", prose)
    if not references:
        return prose

    def resolve(match: re.Match[str]) -> str:
        href = references.get(" ".join((match["label"] or match["text"]).split()).upper())
        return f"[{match['text']}]({href})" if href else match[0]

    pattern = r"(?<![\]!\\])\[(?P<text>[^\[\]]+)\](?:\[(?P<label>[^\[\]]*)\])?(?![(\[:])"
    return re.sub(pattern, resolve, prose)
