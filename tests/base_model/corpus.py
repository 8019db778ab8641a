"""The corpus: prose of permissive documentation, each paragraph once, one document in a hundred held out.

Raw text in the shape of a split, so that `train run` reads it: `work/split/train.jsonl`, and the held-out
documents as `test.jsonl`. `sources.json` beside them names each package with version and licence.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from curation import overlap
from data import store
from data.records import Drop, Example, Origin, Record, Side, content_id
from tests.base_model import REPOSITORY, packages, prose
from tests.base_model.packages import Package

SHORTEST = 200
"""Characters of prose from which a page is a document."""
OPENING = 400
"""Characters that are compared: two pages that begin alike are versions of one."""
NEAR = 0.8
"""Overlap of their character 5-grams from which two openings count as the same."""
HELD_OUT = 100
"""One document in so many is never trained on."""


class Page(NamedTuple):
    package: str
    path: str
    lines: list[str]

    @property
    def body(self) -> int:
        return sum(len(line) for line in self.lines if not prose.is_heading(line))


class Source(Record, frozen=True):
    """What one package gave."""

    package: str
    version: str
    licence: str
    pages: int
    documents: int
    characters: int


def build(folder: Path) -> store.Manifest:
    """Fetch, read, deduplicate, hold out, write."""
    listed = packages.listed()
    with ProcessPoolExecutor() as pool:
        read = [
            page
            for pages in pool.map(read_package, listed, [folder] * len(listed))
            for page in pages
        ]
    home = folder / "work" / "split" / "split.jsonl"
    files = {side: home.with_name(f"{side}.jsonl") for side in ("train", "dev", "test", "probes")}
    with store.StageWriter(
        home, "base corpus", inputs=[packages.LIST], settings={}, root=REPOSITORY
    ) as out:
        out.expect(len(read))
        for path in files.values():
            out.open_empty(path)
        found: list[Example] = []
        for outcome in outcomes(read):
            if isinstance(outcome, Example):
                found.append(outcome)
                out.add(outcome, to=files[outcome.side])
            else:
                out.add(outcome)
        out.attach(home.with_name("certificate.json"), {"checked": "one document, one side"})
        out.attach(home.with_name("sources.json"), sources(listed, read, found, folder))
    return out.done


def read_package(package: Package, folder: Path) -> list[Page]:
    """All pages of a package that hold any prose."""
    unpacked = packages.fetch(package, folder)
    packages.check_licence(package, unpacked)
    pages = []
    for path in prose.pages(unpacked):
        lines = prose.paragraphs(path.read_bytes())
        if lines:
            pages.append(Page(package.name, path.relative_to(unpacked).as_posix(), lines))
    return pages


def outcomes(read: Iterable[Page]) -> Iterator[Example | Drop]:
    """For each page an example, or why there is none."""
    pages = list(without_repeats(read))
    alike = near_duplicates(pages)
    for here, page in enumerate(pages):
        text = "\n".join(page.lines)
        key = content_id("text", text)
        origin = Origin(page.package, page.path)
        if page.body < SHORTEST:
            yield Drop("too-short", f"{page.package}/{page.path}")
        elif here in alike:
            twin = pages[alike[here]]
            yield Drop("near-duplicate", f"{page.package}/{page.path}", evidence=twin.path)
        else:
            side: Side = "test" if int(key, 16) % HELD_OUT == 0 else "train"
            yield Example(key, "text", origin, family=key, side=side, text=text)


def without_repeats(read: Iterable[Page]) -> Iterator[Page]:
    """Each paragraph where it stands first; what stands on every page is none of theirs."""
    met: set[bytes] = set()
    for page in read:
        lines = []
        for line in page.lines:
            mark = hashlib.blake2b(overlap.normalise(line).encode(), digest_size=8).digest()
            if prose.is_heading(line) or mark not in met:
                lines.append(line)
            if not prose.is_heading(line):
                met.add(mark)
        yield page._replace(lines=list(prose.with_body(lines)))


def near_duplicates(pages: Sequence[Page]) -> dict[int, int]:
    """The pages that begin like an earlier one, with the place of that one."""
    openings = ["\n".join(page.lines)[:OPENING] if page.body >= SHORTEST else "" for page in pages]
    later: dict[int, int] = {}
    for there, here, _ in overlap.alike_by_letters(openings, NEAR):
        if there not in later:
            later.setdefault(here, there)
    return later


def sources(
    listed: Sequence[Package], read: Sequence[Page], found: Sequence[Example], folder: Path
) -> list[Source]:
    pages = Counter(page.package for page in read)
    documents = Counter(example.origin.source for example in found)
    characters: Counter[str] = Counter()
    for example in found:
        characters[example.origin.source] += len(example.text)
    return [
        Source(
            package.name,
            packages.version(package, folder),
            package.licence,
            pages[package.name],
            documents[package.name],
            characters[package.name],
        )
        for package in listed
    ]
