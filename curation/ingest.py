"""Sources to passages, and passages to the questions and answers that are already in them.

Here personal data leaves, and every passage gets its family and its side, for ever. Sources
of an earlier run that are not named again are carried over; one that is named again replaces
what it had brought. The same input gives the same bytes.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path

import msgspec

from curation import crew, earlier, versions
from curation.earlier import Earlier, SourceNotes
from curation.sides import draw_side
from curation.sources import faq, profiles, readers, slack, walk
from curation.sources.files import UnreadableError
from curation.sources.units import Found, Notes, Unit
from curation.sources.walk import Kind, Source, Walk
from data import ledger, store
from data.errors import BadInputError, chosen
from data.ledger import Ledger
from data.people import People
from data.records import Drop, Origin, Passage, Turn, content_id
from data.scrub import scrub, writable
from data.store import FileMark, Manifest
from data.workspace import Workspace

LONGEST_EVIDENCE = 200
STAGE = "ingest"


@dataclass(frozen=True)
class Ingested:
    """What a run wrote."""

    passages: Manifest
    ingested: Manifest
    remarks: tuple[str, ...]
    """What to print beside the counts, one line each."""


def run(
    space: Workspace,
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    faq_style: str = "",
    disentangle: bool = False,
) -> Ingested:
    """Read these sources into the workspace; `disentangle` guesses at answers without a thread."""
    if faq_style:
        chosen(faq_style, faq.STYLES, f"No FAQ style {faq_style}")
    with ExitStack() as zips, ledger.opened(space.ledger) as book, rare_collection():
        found = _without_forgotten(space, walk.find(paths, _known(kind), zips), book)
        before = earlier.read(space.passages, without={each.name for each in found.sources})
        _refuse_namesakes(space, found, before)
        moved = tuple(_other_sides(space))
        pseudonym = cache(book.pseudonym)
        people = _people(found.sources, pseudonym)
        told = slack.Told(pseudonym, cache(book.is_forgotten), disentangle)
        reading = _Reading(space, people, before, told)
        reading.faq_style = faq_style
        passages, ingested = _write(space, found, before, reading, book)
    return Ingested(passages, ingested, (*moved, *_remarks(space, found, reading.notes)))


def _without_forgotten(space: Workspace, found: Walk, book: Ledger) -> Walk:
    """A source that was forgotten does not come back, neither by its name nor by its files."""
    left = [each for each in found.sources if not _is_forgotten(space, each, book)]
    if found.sources and not left:
        names = ", ".join(each.name for each in found.sources)
        raise BadInputError(
            f"{names} was forgotten in this workspace by `curate forget --source` and stays out. "
            "Other material under that name: rename it first."
        )
    return replace(found, sources=left, forgotten=[e.name for e in found.sources if e not in left])


def _other_sides(space: Workspace) -> Iterator[str]:
    """What was drawn stays where it is; new families would be drawn by other settings."""
    manifest = store.read_manifest(space.passages)
    drawn = manifest.settings.get("split") if manifest else None
    now = _settings(space)["split"]
    if manifest and manifest.kept and drawn is not None and drawn != now:
        yield (
            f"WARNING: [split] was {drawn} and is {now} now: passages of earlier runs keep their side, "
            "new ones and the probes are drawn anew. Put it back to compare with earlier runs."
        )


def _is_forgotten(space: Workspace, source: Source, book: Ledger) -> bool:
    if book.is_forgotten(f"source:{source.name}"):
        return True
    if not book.forgets():
        return False
    return all(book.is_forgotten(f"file:{mark.sha256}") for mark in _marks(source, space.root))


def _refuse_namesakes(space: Workspace, found: Walk, before: Earlier) -> None:
    """A document named again replaces what it brought; another one of its name must not."""
    for source in found.sources:
        was = before.notes.get(source.name)
        if was is None or source.kind == "slack" or was.kind == "slack":
            continue
        now = {mark.path for mark in _marks(source, space.root)}
        still = [path for path in was.paths if (space.root / path).exists()]
        if still and not now & set(was.paths):
            raise BadInputError(
                f"{source.name} was ingested before from {still[0]}, which is still there, and "
                f"would replace it: {source.paths[0]}. Rename one, or ingest the folder above both."
            )


@contextmanager
def rare_collection() -> Iterator[None]:
    """Records hold no cycles; looking for some at the usual pace takes a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _known(kind: str | None) -> Kind | None:
    return None if kind is None else chosen(kind, walk.KINDS, f"No kind of source {kind}")


def _people(sources: Sequence[Source], pseudonym: Callable[[str], str]) -> People:
    """Everybody that an export of this run names; their names leave every source."""
    of_slack = [each for each in sources if each.kind == "slack"]
    return People((p for each in of_slack for p in profiles.people(each.archive)), pseudonym)


def _write(
    space: Workspace, found: Walk, before: Earlier, reading: "_Reading", book: Ledger
) -> tuple[Manifest, Manifest]:
    """Write the passages, and at the same time the examples that are found in them."""
    named = {each.name: each for each in found.sources}
    carried = [name for name in before.notes if name not in named]
    marks = {name: before.inputs_of(name) for name in carried}
    marks |= {name: _marks(source, space.root) for name, source in named.items()}
    order = sorted(marks)
    with _writer(space, space.ingested, [], {}) as examples:
        inputs = [mark for name in order for mark in marks[name]]
        with _writer(space, space.passages, inputs, _settings(space)) as passages:
            brought = (
                reading.of(named[name]) if name in named else before.of(name) for name in order
            )
            units: Iterator[Passage | Drop]
            units = passages.conserve(store.Counted(chain.from_iterable(brought)))
            if sum(_is_slack(name, named, before) for name in order) > 1:
                units = versions.newest(units)
            pieces = _written(passages, versions.once(units))
            with book.together():  # names are durable before the passages that hold them
                for lines in crew.examples(pieces, multi_turn=space.settings.ingest.multi_turn):
                    examples.add_lines(lines)
            _refuse_if_nothing_was_read(reading, found)
            notes = {name: before.notes[name] for name in carried}
            notes |= {name: _noted(source, reading, marks[name]) for name, source in named.items()}
            passages.details |= _details(space, found, {name: notes[name] for name in order})
        examples.came_from(passages.done.made)
    return passages.done, examples.done


def _refuse_if_nothing_was_read(reading: "_Reading", found: Walk) -> None:
    count = len(reading.unreadable)
    if count and count == len(found.sources):
        shown = "".join(f"\n  {each}" for each in reading.unreadable[:5])
        more = f"\n  and {count - 5} more" if count > 5 else ""
        raise BadInputError(f"Nothing could be read; {count} files were refused:{shown}{more}")


def _writer(
    space: Workspace, home: Path, inputs: Sequence[FileMark], settings: dict[str, object]
) -> store.StageWriter:
    return store.StageWriter(home, STAGE, inputs=inputs, settings=settings, root=space.root)


def _written(out: store.StageWriter, outcomes: Iterator[Passage | Drop]) -> Iterator[list[bytes]]:
    """Write passages, and hand on each piece of them as it was written."""
    for piece in store.in_pieces(outcomes):
        out.add_lines(piece)
        yield piece.kept


def _is_slack(name: str, named: dict[str, Source], before: Earlier) -> bool:
    return (named[name] if name in named else before.notes[name]).kind == "slack"


def _settings(space: Workspace) -> dict[str, object]:
    return {
        "ingest": space.settings.ingest.model_dump(),
        "split": space.settings.split.model_dump(include={"salt", "dev", "test"}),
    }


class _Reading:
    """Reads sources one after the other, and keeps notes on each."""

    def __init__(
        self,
        space: Workspace,
        people: People,
        before: Earlier,
        told: slack.Told,
    ) -> None:
        self._keep_pii = space.settings.ingest.pii == "keep"
        self._split = space.settings.split
        self._told = told
        self._people = people
        self._index = before.index
        self._roots: dict[str, Passage] = {}
        """Entries of the source in hand that may have translations, by their locators."""
        self.unreadable: list[str] = []
        self.notes: dict[str, Notes] = {}
        self.faq_style = ""

    def of(self, source: Source) -> Iterator[Passage | Drop]:
        notes = self.notes[source.name] = Notes()
        self._roots.clear()
        for unit in self._units(source, notes):
            if isinstance(unit, Unit):
                yield self._passage(unit, source, notes)
            else:
                yield Drop(
                    unit.reason,
                    writable(unit.locator),
                    evidence=self._clean(unit.evidence, notes)[:LONGEST_EVIDENCE],
                )

    def _units(self, source: Source, notes: Notes) -> Iterator[Found]:
        if source.kind == "slack":
            yield from slack.read(source.archive, self._told, notes)
            return
        try:
            yield from readers.read(source, notes, self.faq_style)
        except UnreadableError as error:
            if source.named:
                raise
            self.unreadable.append(str(error))
            notes.names["unreadable files"].append(source.name)
            yield Drop("unreadable-file", source.name, evidence=str(error))

    def _passage(self, unit: Unit, source: Source, notes: Notes) -> Passage:
        text = self._clean(unit.text, notes)
        turns = tuple([self._clean_turn(turn, notes) for turn in unit.turns])
        title = turns[0].text if turns else self._clean(unit.title, notes)
        key = content_id(unit.kind, title, text, *(turn.text for turn in turns))
        drawn = Passage(
            id=key,
            kind=unit.kind,
            title=title,
            origin=Origin(source.name, writable(unit.locator)),
            family=key,
            side=draw_side(key, self._split),
            text=text,
            turns=turns,
            language=unit.language,
            signals=unit.signals,
        )
        # A passage that was there before stays where it was drawn, whatever the settings.
        passage = self._index.settled(self._beside(drawn, unit))
        if unit.kind == "faq" and not unit.translates:
            self._roots[unit.locator] = passage
        return passage

    def _beside(self, drawn: Passage, unit: Unit) -> Passage:
        """What states the same facts in other words is of the family and on the side of its root."""
        root = self._roots.get(unit.translates)
        if root is None:
            return drawn
        return msgspec.structs.replace(drawn, family=root.family, side=root.side)

    def _clean_turn(self, turn: Turn, notes: Notes) -> Turn:
        text = self._clean(turn.text, notes)
        return turn if text is turn.text else msgspec.structs.replace(turn, text=text)

    def _clean(self, text: str, notes: Notes) -> str:
        if not text:
            return ""
        done = scrub(text, self._people, keep_pii=self._keep_pii)
        if done.counts:
            notes.redacted.update(done.counts)
        return done.text


def _marks(source: Source, root: Path) -> list[FileMark]:
    return [store.mark(path, root) for path in source.paths]


def _noted(source: Source, reading: _Reading, marks: Sequence[FileMark]) -> SourceNotes:
    notes = reading.notes[source.name]
    return SourceNotes(
        kind=source.kind,
        paths=tuple(mark.path for mark in marks),
        counts={key: count for key, count in sorted(notes.counts.items()) if count},
        names={key: list(map(writable, names)) for key, names in sorted(notes.names.items())},
        redacted=dict(sorted(notes.redacted.items())),
    )


def _details(space: Workspace, found: Walk, notes: dict[str, SourceNotes]) -> dict[str, object]:
    redacted: Counter[str] = Counter()
    for each in notes.values():
        redacted.update(each.redacted)
    return {
        "sources": notes,
        "ignored files": dict(found.ignored),
        "redacted": dict(sorted(redacted.items())),
        "pii": space.settings.ingest.pii,
    }


def _remarks(space: Workspace, found: Walk, notes: dict[str, Notes]) -> Iterator[str]:
    """What a person should see of this run: per source what was found, then what left."""
    redacted: Counter[str] = Counter()
    for name, each in notes.items():
        redacted.update(each.redacted)
        counts = ", ".join(f"{count} {what}" for what, count in each.counts.items() if count)
        yield f"{name}: {counts or 'nothing found'}"
        for what, names in each.names.items():
            yield f"{name}: {what}: {', '.join(names[:5])}{' ...' if len(names) > 5 else ''}"
    for name in found.forgotten:
        yield f"{name}: forgotten, and left out"
    if found.ignored:
        ignored = ", ".join(f"{count} {ending}" for ending, count in found.ignored.most_common())
        yield f"ignored files: {ignored}"
    if redacted:
        kinds = ", ".join(f"{count} {kind}" for kind, count in redacted.most_common())
        yield f"redacted: {kinds}"
    if space.settings.ingest.pii == "keep":
        yield "pii = keep: names, e-mail addresses and the like stand as they were; secrets do not"
