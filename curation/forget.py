"""Take a person, or a source, out of a workspace, and prove what was done.

What has to go is noted first, by id and without a word of text, so that a command that was
killed can be given again and comes to the same end. Weights cannot forget: a run that learnt
from what is gone is marked, its answers, findings and reports are deleted.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from curation import dataset, learnt, rewriting
from curation.certificate import Certificate
from curation.conflicts import Claim, Conflict
from curation.review import forgetting
from curation.review.journal import Asked, Opinion
from curation.rewriting import Rewritten
from data import ledger, store
from data.errors import BadInputError, hint
from data.ledger import Ledger
from data.records import Drop, Example, Passage, Record, Ticket
from data.workspace import Workspace

R = TypeVar("R", bound=Record)
PLAIN = {".json", ".jsonl", ".html", ".md", ".txt", ".csv", ".tsv", ".log"}
PARTS = ("train", "dev", "test", "probes")
MARK = "FORGOTTEN.json"
ID = re.compile(r"[0-9a-f]{16}")
QUOTED = 24
"""Characters of a line that nobody else says by chance."""


class Proof(Record, frozen=True):
    """What was taken out, from where; no text of the person, and of their id only a hash."""

    what: str
    """`user` or `source`."""
    key: str
    """SHA-256 of the id or name."""
    begun: str
    """UTC, ISO 8601."""
    done: str = ""
    """Empty while it goes on, or where it was interrupted."""
    passages: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    removed: dict[str, int] = msgspec.field(default_factory=dict)
    """Records by file."""
    hashes: dict[str, str] = msgspec.field(default_factory=dict)
    """Of each file that was written anew, from old to new."""
    deleted: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    """Runs whose weights learnt from what is gone: delete or train again."""
    asked: int = 0
    """Records that were deleted at the label server."""
    replies: int = 0
    """Replies of the teacher that were taken out of the ledger."""


def person(space: Workspace, user: str) -> tuple[Proof, Path]:
    """Forget whoever has this id at the source: `U024BE7LH`."""
    key = f"slack:{user}"
    with ledger.opened(space.ledger) as book:
        name = book.known_as(key)
        if name is None:
            raise BadInputError(
                f"Nobody with the id {user} was met in this workspace; ids stand in the export's "
                "users.json and look like U024BE7LH."
            )
        return _forget(space, book, _Wanted("user", key, name=name))


def source(space: Workspace, name: str) -> tuple[Proof, Path]:
    """Forget all that came from a source of this name."""
    known = {each.origin.source for each in _records(space.passages, Passage)}
    wanted = _Wanted("source", name, source=name)
    if name not in known and not _journal(space, wanted).exists():
        raise BadInputError(f"No source {name} in this workspace; {hint(name, sorted(known))}")
    with ledger.opened(space.ledger) as book:
        book.forget(f"source:{name}")
        for sha256 in rewriting.files_of(space, name):
            book.forget(f"file:{sha256}")
        return _forget(space, book, wanted)


class _Wanted:
    """What is to be forgotten, and what is known to belong to it."""

    def __init__(self, what: str, key: str, *, name: str = "", source: str = "") -> None:
        self.what = what
        self.key = key
        self.hash = hashlib.sha256(key.encode()).hexdigest()
        self.passages: set[str] = set()
        self.families: set[str] = set()
        self.examples: set[str] = set()
        self.source = source
        self.texts: set[str] = set()
        """What was said and is long enough to be known again wherever it is quoted."""
        self._named = re.compile(rf"\b{re.escape(name)}\b") if name else None

    def note(self, record: Passage | Example) -> None:
        """Remember a record that belongs to it."""
        if isinstance(record, Passage):
            if self._is_of(record):
                self.passages.add(record.id)
                self.families.add(record.family)
                self._note_texts(record)
        elif self._descends(record) or self._is_of(record):
            self.examples.add(record.id)
            self._note_texts(record)

    def _note_texts(self, record: Passage | Example) -> None:
        lines = (line.strip() for line in _words(record).splitlines())
        self.texts.update(line for line in lines if len(line) >= QUOTED)

    def is_quoted(self, text: str) -> bool:
        """Whether a file of no known shape names a record that goes, or quotes it."""
        ids = set(ID.findall(text))
        if not ids.isdisjoint(self.passages | self.examples | self.families):
            return True
        if any(each in text for each in self.texts):
            return True
        return bool(self._named and self._named.search(text))

    def stays(self, record: Record) -> bool:
        if isinstance(record, Drop):
            parts = (record.passage, record.example)
            return self._drop_stays(record) and all(self.stays(each) for each in parts if each)
        if isinstance(record, Passage):
            return record.id not in self.passages and not self._is_of(record)
        if isinstance(record, Example):
            known = record.id in self.examples or self._descends(record)
            return not known and not self._is_of(record)
        if isinstance(record, Conflict | Asked | Opinion):
            return self._question_stays(record)
        if isinstance(record, Ticket):
            touched = {*record.sources, *record.withheld} & (self.passages | self.examples)
            return not touched and not self._names(record.slice)
        return True

    def _question_stays(self, record: Conflict | Asked | Opinion) -> bool:
        """Whether what people were asked, and what they said, has nothing to do with it."""
        if isinstance(record, Conflict):
            return not any(self._claims(claim) for claim in (record.first, record.second))
        if isinstance(record, Asked):
            planted = record.planted is None or self.stays(record.planted)
            return planted and not {record.subject, *record.members} & self.examples
        said = " ".join(str(value) for value in record.values.values())
        return record.subject not in self.examples and not self._names(said)

    def _names(self, text: str) -> bool:
        return bool(self._named and self._named.search(text))

    def _claims(self, claim: Claim) -> bool:
        named = self._names(f"{claim.question}\n{claim.answer}")
        return claim.example in self.examples or claim.family in self.families or named

    def _drop_stays(self, drop: Drop) -> bool:
        if self.source and drop.locator.startswith((f"{self.source}/", f"{self.source}#")):
            return False
        return not (self._named and self._named.search(drop.evidence))

    def _descends(self, example: Example) -> bool:
        return example.family in self.families or bool(
            {*example.origin.parents} & (self.passages | self.examples)
        )

    def _is_of(self, record: Passage | Example) -> bool:
        if self.source:
            return record.origin.source == self.source
        return bool(self._named and self._named.search(_words(record)))


def _forget(space: Workspace, book: Ledger, wanted: _Wanted) -> tuple[Proof, Path]:
    path = _journal(space, wanted)
    proof = _begun(space, wanted, path)
    store.write_json(path, proof)
    asked = forgetting.forget(space, _asked_about(space, wanted))
    proof = msgspec.structs.replace(proof, asked=proof.asked + asked)
    store.write_json(path, proof)
    if wanted.what == "user":
        book.forget(wanted.key)
    made = [text for each in _touched_synthetic(space, wanted) for text in _said(each)]
    replies = book.drop_replies([*made, *wanted.texts])
    book.wipe()
    rest = list(rewriting.prepare(space, wanted.stays, wanted.is_quoted))
    files = {each.path: each for each in rest}
    was_split = any(each.is_relative_to(space.split) for each in files)
    proof = _planned(space, proof, files, replies)
    runs = learnt.heirs(space, _touched_runs(space, wanted, proof))
    proof = msgspec.structs.replace(proof, runs=tuple(sorted({*proof.runs, *runs})))
    store.write_json(path, proof)
    rewriting.update_manifests(space, files, proof.hashes, without=wanted.source)
    for each in files.values():
        each.publish()
    if was_split or any(name.startswith("work/split/") for name in proof.removed):
        _lay_out_again(space, wanted)
    deleted = sorted({*proof.deleted, *_delete(space, proof), *_delete_quotes(space, wanted)})
    done = datetime.now(UTC).isoformat(timespec="seconds")
    proof = msgspec.structs.replace(proof, deleted=tuple(deleted), done=done)
    store.write_json(path, proof)
    return proof, path


def _asked_about(space: Workspace, wanted: _Wanted) -> Callable[[str], bool]:
    """Whether a record at the label server shows what is to go."""
    cards = {each.id for each in _records(space.conflicts, Conflict) if not wanted.stays(each)}
    return lambda text: wanted.is_quoted(text) or not cards.isdisjoint(ID.findall(text))


def _journal(space: Workspace, wanted: _Wanted) -> Path:
    """The file of an interrupted attempt, or that of a new one."""
    folder = space.work / "forgotten"
    for path in sorted(folder.glob(f"*-{wanted.hash[:8]}*.json")):
        if not store.read_json(path, Proof).done:
            return path
    stem = f"{datetime.now(UTC).date().isoformat()}-{wanted.hash[:8]}"
    again = len(list(folder.glob(f"{stem}*.json")))
    return folder / f"{stem}{f'-{again + 1}' if again else ''}.json"


def _begun(space: Workspace, wanted: _Wanted, path: Path) -> Proof:
    """What there is to do, with what an interrupted attempt had found."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    proof = Proof(wanted.what, wanted.hash, now)
    if path.exists():
        proof = store.read_json(path, Proof)
        wanted.passages.update(proof.passages)
        wanted.families.update(proof.families)
        wanted.examples.update(proof.examples)
    for passage in _all_passages(space):
        wanted.note(passage)
    before = -1
    while before < len(wanted.examples):  # what was made from what was made
        before = len(wanted.examples)
        for example in _all_examples(space):
            wanted.note(example)
    return msgspec.structs.replace(
        proof,
        passages=tuple(sorted(wanted.passages)),
        families=tuple(sorted(wanted.families)),
        examples=tuple(sorted(wanted.examples)),
    )


def _planned(space: Workspace, proof: Proof, files: dict[Path, Rewritten], replies: int) -> Proof:
    names = {path: str(path.relative_to(space.root)) for path in files}
    removed = {names[path]: each.removed for path, each in files.items()}
    hashes = {each.before: each.after for each in files.values()}
    return msgspec.structs.replace(
        proof,
        removed=proof.removed | removed,
        hashes=proof.hashes | hashes,
        replies=proof.replies + replies,
    )


def _touched_synthetic(space: Workspace, wanted: _Wanted) -> Iterator[Example]:
    for each in _all_examples(space):
        if each.origin.teacher and not wanted.stays(each):
            yield each


def _said(example: Example) -> Iterator[str]:
    yield example.question
    if len(example.answer) >= QUOTED:
        yield example.answer


def _touched_runs(space: Workspace, wanted: _Wanted, proof: Proof) -> Iterator[str]:
    """Runs that learnt from what is gone, or were asked about it."""
    gone = {each.encode() for each in wanted.examples}
    for run in sorted(path for path in space.runs.glob("*") if path.is_dir()):
        asked = run / "answers.jsonl"
        has_learnt = _has_learnt(space, run.name, wanted, proof)
        if has_learnt or (asked.exists() and any(each in asked.read_bytes() for each in gone)):
            yield run.name


def _has_learnt(space: Workspace, run: str, wanted: _Wanted, proof: Proof) -> bool:
    """Whether a run was trained on what is gone, be it with an older split."""
    if not learnt.read_beside(space, run).isdisjoint(proof.removed):
        return True
    of_now = "work/split/train.jsonl" in proof.removed
    sha256 = learnt.train_file(space, run)
    if not sha256:
        return of_now
    found = learnt.held(space, sha256, wanted.examples | wanted.families | wanted.passages)
    if found is not None:
        return found
    train = space.split / learnt.TRAIN
    is_of_now = train.exists() and store.mark(train, space.root, records=0).sha256 == sha256
    # Of a split that nobody noted nothing can be ruled out.
    return of_now if is_of_now else True


def _delete(space: Workspace, proof: Proof) -> Iterator[str]:
    """Delete what quotes the data, and mark the weights that learnt from it."""
    doomed = [space.vectors] if proof.removed else []
    for name in proof.runs:
        run = space.runs / name
        note = {"why": "learnt from or was asked about what was forgotten", "key": proof.key}
        store.write_json(run / MARK, note)
        for stem in ("answers", ".answers", "findings", "judgements", "labels", "suites", "final"):
            doomed += run.glob(f"{stem}.*")
        doomed += space.reports.glob(f"{name}*")
    for path in doomed:
        if path.is_file():
            path.unlink()
            yield str(path.relative_to(space.root))


def _delete_quotes(space: Workspace, wanted: _Wanted) -> Iterator[str]:
    """Whatever else in the workspace quotes what is gone: reports, pages, notes of a review."""
    proofs = space.work / "forgotten"
    for folder in (space.work, space.reports, space.runs):
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            if path.suffix not in PLAIN or proofs in path.parents or path.name == MARK:
                continue
            known = path.suffix == ".jsonl" and space.work in path.parents
            if known or path.name.endswith(".manifest.json"):
                continue
            if wanted.is_quoted(path.read_text(encoding="utf-8", errors="replace")):
                path.unlink()
                yield str(path.relative_to(space.root))


def _lay_out_again(space: Workspace, wanted: _Wanted) -> None:
    """The dataset and the certificate of a split whose files have changed."""
    path = space.split / "certificate.json"
    if not path.exists():
        return
    proof = store.read_json(path, Certificate)
    rules = tuple(
        msgspec.structs.replace(
            rule,
            worst=tuple(p for p in rule.worst if not {p.train, p.held_out} & wanted.examples),
        )
        for rule in proof.rules
    )
    proof = msgspec.structs.replace(proof, rules=rules)
    store.write_json(path, proof)
    parts: dict[str, Sequence[Example]] = {
        name: list(_records(space.split / f"{name}.jsonl", Example)) for name in PARTS
    }
    dataset.save(space.split / "dataset", parts, proof)
    learnt.remember(space)


def _all_passages(space: Workspace) -> Iterator[Passage]:
    yield from _records(space.passages, Passage)
    for drop in _all_drops(space):
        if drop.passage:
            yield drop.passage


def _all_examples(space: Workspace) -> Iterator[Example]:
    for path in sorted(space.work.rglob("*.jsonl")):
        kind = rewriting.kind_of(path)
        if not path.name.startswith(".") and kind in (Drop, Example):
            if path.name.endswith(".drops.jsonl"):
                yield from (each.example for each in store.read(path, Drop) if each.example)
            else:
                yield from store.read(path, Example)


def _all_drops(space: Workspace) -> Iterator[Drop]:
    for path in sorted(space.work.rglob("*.drops.jsonl")):
        yield from store.read(path, Drop)


def _records(path: Path, kind: type[R]) -> Iterator[R]:
    if path.exists():
        yield from store.read(path, kind)


def _words(record: Passage | Example) -> str:
    if isinstance(record, Passage):
        said = (f"{turn.speaker} {turn.text}" for turn in record.turns)
        return "\n".join((record.title, record.text, *said))
    told = (message.content for message in record.messages)
    return "\n".join((*told, record.text, record.preferred, record.rejected))
