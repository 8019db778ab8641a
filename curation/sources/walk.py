"""What the paths on the command line hold: one source for each file and each Slack export."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

from curation.sources import exports, shapes
from curation.sources.archives import Archive
from curation.sources.files import Folder, Tree, UnreadableError, Zip
from data.errors import BadInputError

Kind = Literal["faq", "table", "slack"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_DOCUMENTS = (
    ".md .markdown .mdx .mkd .qmd .html .htm .xhtml .rst .rest .pod .adoc .asciidoc .txt .text "
    ".docx .odt .pdf"
)
_TABLES = ".csv .tsv .xlsx .xls .ods .xlsm .xlsb .json .jsonl .ndjson .yml .yaml .xml"
BY_ENDING: dict[str, Kind] = {
    **dict.fromkeys(_DOCUMENTS.split(), "faq"),
    **dict.fromkeys(_TABLES.split(), "table"),
}


@dataclass(frozen=True)
class Source:
    name: str
    """Where the user will look it up; it opens every locator."""
    kind: Kind
    tree: Tree
    entry: str
    """A file of the tree, or the folder in it where an export begins."""
    named: bool = False
    """Whether it was itself on the command line, so that it must be readable."""

    @cached_property
    def archive(self) -> Archive:
        """The Slack archive that it is."""
        return shapes.opened(self.tree, self.entry, self.name)

    @property
    def paths(self) -> list[Path]:
        """The files on disk that it is made of."""
        if self.kind != "slack":
            return [self.tree.origin(self.entry)]
        below = (each for each in self.tree.names if each.startswith(self.entry))
        return sorted({self.tree.origin(each) for each in below if each.endswith(shapes.ENDINGS)})


@dataclass
class Walk:
    """What was found on the way."""

    sources: list[Source] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    """Files of a kind that no reader takes, by ending."""
    forgotten: list[str] = field(default_factory=list)
    """Sources that were taken out of the workspace for good."""


def find(paths: Sequence[Path], kind: Kind | None, zips: ExitStack) -> Walk:
    """The sources below these paths, by name; zips stay open until `zips` is closed."""
    walk = Walk()
    for path in paths:
        found = list(_in_path(path, kind, zips, walk.ignored))
        if not found:
            raise BadInputError(_nothing(path, walk.ignored, kind))
        walk.sources += found
    for each in walk.sources:
        if not _writable(each.name):
            shown = each.name.encode("utf-8", "backslashreplace").decode()
            raise BadInputError(f"The name of {shown} is not UTF-8; rename that file.")
    walk.sources.sort(key=lambda each: each.name)
    for before, after in zip(walk.sources, walk.sources[1:], strict=False):
        if before.name == after.name:
            raise BadInputError(
                f"Two sources would be called {before.name}: {before.paths[0]} and "
                f"{after.paths[0]}; rename one, or ingest the folder above both."
            )
    return walk


def _writable(name: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in name)


def _in_path(
    path: Path, kind: Kind | None, zips: ExitStack, ignored: Counter[str]
) -> Iterator[Source]:
    name = path.resolve().name
    if path.is_dir():
        yield from _in_tree(Folder(path), name, kind, zips, ignored)
    elif not path.exists():
        raise BadInputError(f"{path} does not exist; is it spelled right?")
    elif path.suffix.lower() == ".zip":
        tree = zips.enter_context(Zip(path))
        yield from _in_tree(tree, path.stem, kind, None, ignored)
    else:
        yield _file(path, name, kind)


def _file(path: Path, name: str, kind: Kind | None) -> Source:
    known = kind or _kind_of(path.name)
    alone = Folder(path.parent, (path.name,))
    if kind in (None, "slack") and shapes.is_archive(alone, path.name):
        return Source(name, "slack", alone, "", named=True)
    if known is None or known == "slack":
        raise BadInputError(
            f"{path}: not a file that can be read here; ingest takes documents "
            f"({_DOCUMENTS}), tables ({_TABLES}), and Slack exports as a folder or a zip. "
            "`--kind` forces one."
        )
    return Source(name, known, alone, path.name, named=True)


def _kind_of(name: str) -> Kind | None:
    """By the ending; a file called FAQ needs none."""
    ending = PurePosixPath(name).suffix.lower()
    called_faq = PurePosixPath(name).name.lower() in ("faq", "faqs")
    return "faq" if called_faq else BY_ENDING.get(ending)


def _in_tree(
    tree: Tree, name: str, kind: Kind | None, zips: ExitStack | None, ignored: Counter[str]
) -> Iterator[Source]:
    roots = exports.roots(tree.names) if kind in (None, "slack") else []
    if kind == "slack" and not roots:
        forced = exports.forced_root(tree.names)
        roots = [] if forced is None else [forced]
    if kind in (None, "slack"):
        roots += shapes.unlisted(tree, [each for each in tree.names if not _below(each, roots)])
    others = [each for each in tree.names if not _below(each, roots)]
    others = [each for each in others if not exports.is_list_above(each, roots)]
    loose = shapes.loose(tree, others) if kind in (None, "slack") else {}
    taken = {each for part in loose.values() for each in part.names}
    others = [each for each in others if each not in taken]
    found = list(_files(tree, others, name, kind, ignored))
    if zips is not None:
        found += _zips(tree, others, name, kind, zips, ignored)
    archives = dict.fromkeys(roots, tree) | loose
    alone = len(archives) == 1 and not found
    for root, files in archives.items():
        # A folder or zip that holds one export and nothing else to read is that export.
        called = name if alone or not root else f"{name}/{root.rstrip('/')}"
        found.append(Source(called, "slack", files, root))
    yield from found


def _below(name: str, roots: Sequence[str]) -> bool:
    return name.startswith(tuple(roots))


def _files(
    tree: Tree, names: list[str], called: str, kind: Kind | None, ignored: Counter[str]
) -> Iterator[Source]:
    for name in names:
        ending = PurePosixPath(name).suffix.lower()
        known = _kind_of(name)
        if known is not None and kind in (None, known):
            yield Source(f"{called}/{name}", known, tree, name)
        elif ending != ".zip":
            ignored[ending or "without ending"] += 1


def _zips(
    tree: Tree,
    names: list[str],
    called: str,
    kind: Kind | None,
    zips: ExitStack,
    ignored: Counter[str],
) -> list[Source]:
    found: list[Source] = []
    for name in names:
        if not name.lower().endswith(".zip"):
            continue
        try:
            inner = zips.enter_context(Zip(tree.origin(name)))
        except UnreadableError:
            ignored["unreadable .zip"] += 1
            continue
        found += _in_tree(inner, f"{called}/{name[:-4]}", kind, None, ignored)
    return found


def _nothing(path: Path, ignored: Counter[str], kind: Kind | None) -> str:
    seen = ", ".join(f"{count} {ending}" for ending, count in ignored.most_common(6))
    wanted = (
        f"of the kind {kind}" if kind else "that can be read (documents, tables, Slack exports)"
    )
    return f"{path}: nothing in it {wanted}; it holds {seen or 'no files'}."
