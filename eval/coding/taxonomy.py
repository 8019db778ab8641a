"""The codes that a project uses, their categories and meanings: `codes.toml` of the workspace.

In open coding labels are made up while reading (`import --new` writes them down); in axial coding
people give each a category and a meaning, and put those together that mean the same. A code given
earlier keeps the version under which it was given, so that meanings that drift are seen.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from data import store
from data.errors import BadInputError
from data.records import Record, content_id
from data.workspace import Workspace

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_VERSION = re.compile(r"^version\s*=\s*\d+", re.M)
HEADER = """\
# What people call the errors. Give each code a category (`parent`) and a meaning (`definition`).
# Codes that mean the same: keep one table, and name the other labels in its `was`.
# Raise `version` with every change. Where a code means something else from then on, write that version
# into its `since`: what was given before is asked for again, as are labels that are no longer here.
version = 1
"""


class Code(Record, frozen=True):
    """One thing that can be wrong with an answer."""

    parent: str = ""
    definition: str = ""
    was: tuple[str, ...] = ()
    """Other labels that mean this."""
    since: int = 1
    """The version in which it got its present meaning; what was given before is asked for again."""


class _Document(Record, frozen=True):
    version: int
    code: dict[str, Code] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Taxonomy:
    """The codes by their names."""

    path: Path
    version: int
    codes: Mapping[str, Code]

    @property
    def mark(self) -> str:
        """`2@3f2a91c0`: the version, and a hash of what the codes mean."""
        told = [part for name, code in sorted(self.codes.items()) for part in _meaning(name, code)]
        return f"{self.version}@{content_id(*told)[:8]}"

    @cached_property
    def _names(self) -> dict[str, str]:
        """By each label, folded, the name of its code."""
        labels = [(name, name) for name in self.codes]
        labels += [(old, name) for name, code in self.codes.items() for old in code.was]
        return {folded(label): name for label, name in labels}

    def name_of(self, label: str, mark: str = "") -> str | None:
        """The code that a label means; None where there is none.

        With the mark of the taxonomy under which it was given, also None where it meant something
        else then.
        """
        name = self._names.get(folded(label))
        if name and mark and version_of(mark) < self.codes[name].since:
            return None
        return name

    def like(self, label: str) -> str:
        """What was probably meant; "" where nothing is near."""
        close = difflib.get_close_matches(folded(label), self._names, n=1, cutoff=0.6)
        return self._names[close[0]] if close else ""


def version_of(mark: str) -> int:
    return int(mark.partition("@")[0])


def folded(label: str) -> str:
    """`Too  vague` and `too vague` are one label."""
    return " ".join(label.casefold().split())


def path_of(space: Workspace) -> Path:
    return space.root / "codes.toml"


def load(space: Workspace) -> Taxonomy | None:
    """The taxonomy of a workspace; None where it has none yet."""
    path = path_of(space)
    if not path.exists():
        return None
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        told = msgspec.convert(document, _Document)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadInputError(f"{space.shown(path)}: {error}") from error
    found = Taxonomy(path, told.version, told.code)
    if problem := _problem(found):
        raise BadInputError(f"{space.shown(path)}: {problem}")
    return found


def extend(space: Workspace, labels: Iterable[str]) -> Taxonomy:
    """Write new codes at the end of the file, which is made if missing, and raise its version."""
    before, path = load(space), path_of(space)
    text = path.read_text(encoding="utf-8-sig") if before else HEADER
    if before:
        text = _VERSION.sub(f"version = {before.version + 1}", text, count=1)
    tables = [f'\n[code.{_quoted(label)}]\nparent = ""\ndefinition = ""\n' for label in labels]
    store.write_bytes(path, "".join((text.rstrip("\n"), "\n", *tables)).encode())
    made = load(space)
    assert made is not None
    return made


def _meaning(name: str, code: Code) -> Sequence[str]:
    return name, code.parent, code.definition, "\n".join(code.was), str(code.since)


def _problem(found: Taxonomy) -> str:
    if found.version < 1:
        return "`version` counts from 1."
    seen: dict[str, str] = {}
    for name, code in found.codes.items():
        if not 1 <= code.since <= found.version:
            return f"`since` of [code.{_quoted(name)}] is a version from 1 to {found.version}."
        for label in (name, *code.was):
            if not label.strip():
                return f"an empty label in [code.{_quoted(name)}]."
            if folded(label) in seen:
                return f"`{label}` stands for both `{seen[folded(label)]}` and `{name}`."
            seen[folded(label)] = name
    return ""


def _quoted(label: str) -> str:
    """A key of TOML; where it needs quotes, JSON writes the same for all but lone surrogates."""
    if _BARE.fullmatch(label):
        return label
    return msgspec.json.encode(label.encode("utf-8", "replace").decode()).decode()
