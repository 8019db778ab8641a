"""Lay the reviewed examples out by side, withhold probes, and prove that nothing leaked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from curation import certificate, probes
from curation.certificate import Certificate
from curation.review import inclusion
from data.errors import BadInputError
from data.records import Drop, Example, Side
from data.settings import Settings

SIDES: tuple[Side, ...] = ("train", "dev", "test")


@dataclass(frozen=True)
class Split:
    """Four lists that share no family, no id and no wording, and what had to leave for that."""

    train: tuple[Example, ...]
    dev: tuple[Example, ...]
    test: tuple[Example, ...]
    probes: tuple[Example, ...]
    drops: tuple[Drop, ...]
    certificate: Certificate

    @property
    def parts(self) -> dict[str, Sequence[Example]]:
        return {"train": self.train, "dev": self.dev, "test": self.test, "probes": self.probes}


def lay_out(
    rows: Sequence[Example],
    settings: Settings,
    cache: Path,
    pinned: frozenset[str] = frozenset(),
) -> Split:
    """Split by side; a train row too close to a held-out one is dropped, its twin named.

    Rows whose ids are `pinned` stay probes: a ticket is measured by them.
    """
    _refuse_repeated_ids(rows)
    _refuse_mixed_families(rows)
    by_side = {side: tuple(row for row in rows if row.side == side) for side in SIDES}
    if not by_side["train"]:
        raise BadInputError(
            f"None of the {len(rows)} examples is on the train side; ingest more sources, "
            "or lower `dev` and `test` under [split] before the first ingest."
        )
    withheld = probes.withhold(by_side["train"], settings.split, settings.dedup, cache, pinned)
    held_out = (*by_side["dev"], *by_side["test"])
    cleared = certificate.clear(withheld.train, held_out, settings.dedup, cache)
    stays = (*cleared.train, *held_out, *withheld.probes)
    details: dict[str, object] = {"inclusion": inclusion.summary(stays, settings.review)}
    return Split(
        train=cleared.train,
        dev=by_side["dev"],
        test=by_side["test"],
        probes=withheld.probes,
        drops=(*withheld.drops, *cleared.drops),
        certificate=msgspec.structs.replace(cleared.certificate, details=details),
    )


def _refuse_repeated_ids(rows: Sequence[Example]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise BadInputError(
                f"Example {row.id} ({row.origin.locator}) stands twice in what is to be split. "
                "Was a line copied by hand? Take one out, or run the review again."
            )
        seen.add(row.id)


def _refuse_mixed_families(rows: Sequence[Example]) -> None:
    sides: dict[str, Example] = {}
    for row in rows:
        first = sides.setdefault(row.family, row)
        if first.side != row.side:
            raise BadInputError(
                f"Family {row.family} is on two sides: {first.id} on {first.side}, {row.id} on "
                f"{row.side}. A file was edited or two workspaces were mixed; ingest again."
            )
