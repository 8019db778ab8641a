"""Plain text to pretrain on: the passages of the workspace, or files of the user's own.

A document runs from its begin token to its end token; what is longer than a row is cut into
pieces of equal length, so that none is a useless rest.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from data import scrub, store
from data.errors import BadInputError
from data.records import Example, Origin, Passage, content_id
from data.settings import Settings
from data.workspace import Workspace
from train import curated, environment
from train.chat import Row
from train.curated import Curated

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

PLAIN, LINES = (".txt", ".md"), ".jsonl"
AT_ONCE = 1000
"""Documents that the tokenizer spreads over the cores."""


class Document(msgspec.Struct):
    """One line of a corpus in JSON Lines; other fields may stand beside it."""

    text: str


def read(space: Workspace, split_folder: Path) -> Curated:
    """What there is to read for a model: the corpus that the settings name, else the passages."""
    named = space.settings.train.data.corpus
    if named:
        return _corpus(space, split_folder, named)
    split = curated.read(split_folder, space.root)
    found = [each for each in _passages(space) if each.side == "train"]
    withheld = _asked_by_probes(split_folder)
    rows = tuple(_document(each) for each in found if withheld.isdisjoint(_places(each)))
    if not rows:
        raise BadInputError(
            f"No passage of {space.passages} is on the train side and free of probes; ingest more, "
            "or name files as corpus under [train.data]."
        )
    out = len(found) - len(rows)
    left = f"; {out} are left out, because probes ask in their words" if out else ""
    marks = (*split.marks, store.mark(space.passages, space.root))
    return Curated(split_folder, rows, marks, (f"{len(rows)} passages{left}",))


def dev(space: Workspace) -> tuple[Example, ...]:
    """Passages of the dev side. A corpus has no sides: all of it is learnt."""
    if space.settings.train.data.corpus:
        return ()
    return tuple(_document(each) for each in _passages(space) if each.side == "dev")


def pieces(
    examples: Sequence[Example], tokenizer: "PreTrainedTokenizerBase", longest: int
) -> Iterator[Row]:
    """Each document as rows of at most `longest` tokens, all of them learnt."""
    for start in range(0, len(examples), AT_ONCE):
        some = examples[start : start + AT_ONCE]
        # What looks like a special token in a text is text.
        said = [example.text for example in some]
        with environment.all_cores():
            told = tokenizer(said, add_special_tokens=False, split_special_tokens=True)
        for example, ids in zip(some, told["input_ids"], strict=True):
            yield from _cut(example, ids, tokenizer, longest)


def _cut(
    example: Example, ids: list[int], tokenizer: "PreTrainedTokenizerBase", longest: int
) -> Iterator[Row]:
    bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
    begin = [] if bos is None or bos == eos else [bos]
    whole = [*begin, *ids, eos]
    size = math.ceil(len(whole) / math.ceil(len(whole) / longest))
    for start in range(0, len(whole), size):
        cut = whole[start : start + size]
        yield Row(example, cut, cut, [], answers=int(start + size >= len(whole)))


def _passages(space: Workspace) -> Iterator[Passage]:
    return store.read_stage(space.passages, Passage, made_by="curate ingest")


def _asked_by_probes(split_folder: Path) -> set[str]:
    """Where people asked the questions that became probes: those words are withheld."""
    probes = store.read(curated.file(split_folder, "probes"), Example)
    return {probe.origin.locator for probe in probes if probe.origin.recipe == "probe"}


def _places(passage: Passage) -> set[str]:
    """All locators that lead to a passage: its own, and those of its turns."""
    where = passage.origin.locator
    thread = where.rpartition("#")[0]
    return {where, *(f"{thread}#{turn.at}" for turn in passage.turns)}


def _document(passage: Passage) -> Example:
    said = [f"{turn.speaker}: {turn.text}" for turn in passage.turns]
    text = "\n".join(said) if said else f"{passage.title}\n\n{passage.text}"
    return Example(
        id=passage.id,
        kind="text",
        origin=passage.origin,
        family=passage.family,
        side=passage.side,
        text=text.strip(),
    )


def _corpus(space: Workspace, split_folder: Path, named: Iterable[str]) -> Curated:
    """The documents of the files, each once, scrubbed as all that comes from outside is."""
    files = _files(space.root, named)
    out: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    rows: dict[str, Example] = {}
    for path in files:
        for document in _read(path, space):
            text, counts = scrub.scrub(document.text.strip(), keep_pii=_keeps_pii(space.settings))
            removed += counts
            key = content_id("text", text)
            if not text or key in rows:
                out["repeated" if text else "empty"] += 1
                continue
            rows[key] = msgspec.structs.replace(document, id=key, family=key, text=text)
    if not rows:
        raise BadInputError(
            f"[train.data] corpus: no text in {', '.join(map(str, files))}: nothing to learn."
        )
    marks = tuple(store.mark(path, space.root) for path in files)
    return Curated(
        split_folder, tuple(rows.values()), marks, tuple(_told(len(rows), out, removed))
    )


def _told(documents: int, out: Counter[str], removed: Counter[str]) -> Iterator[str]:
    left = "".join(f", {count} {why} left out" for why, count in out.items())
    yield f"{documents} documents{left}"
    if removed:
        kinds = ", ".join(f"{kind} {count}" for kind, count in removed.most_common())
        yield f"replaced in them: {kinds}"


def _keeps_pii(settings: Settings) -> bool:
    return settings.ingest.pii == "keep"


def _files(root: Path, named: Iterable[str]) -> list[Path]:
    files: dict[Path, None] = {}
    for name in named:
        path = Path(name).expanduser()
        base = Path(path.anchor) if path.is_absolute() else root
        found = [each for each in base.glob(str(path.relative_to(path.anchor))) if each.is_file()]
        if not found:
            raise BadInputError(f"[train.data] corpus: there is no file {root / path}.")
        files |= dict.fromkeys(sorted(found))
    for path in files:
        if path.suffix not in (*PLAIN, LINES):
            raise BadInputError(
                f"[train.data] corpus: {path} is none of {', '.join(PLAIN)} (one document) and "
                f"{LINES} (one a line, in the field `text`); `curate ingest` reads other formats."
            )
    return list(files)


def _read(path: Path, space: Workspace) -> Iterator[Example]:
    shown = str(path.relative_to(space.root) if path.is_relative_to(space.root) else path.name)
    if path.suffix == LINES:
        for number, document in enumerate(store.read(path, Document), start=1):
            yield _text(document.text, shown, f"{shown}#L{number}")
        return
    try:
        yield _text(path.read_text(encoding="utf-8-sig"), shown, shown)
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: not UTF-8; save it as UTF-8.") from error


def _text(text: str, source: str, locator: str) -> Example:
    return Example(
        id="", kind="text", origin=Origin(source, locator), family="", side="train", text=text
    )
