"""What was decided about conflict cards: `work/settled.jsonl`, the last word counting."""

import getpass
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from curation.conflicts import Conflict, Keep, Settlement
from data import store
from data.errors import BadInputError
from data.workspace import Workspace

CHOICES: dict[str, Keep] = {
    "first": "first",
    "second": "second",
    "both": "both",
    "neither": "neither",
}


def cards(space: Workspace) -> list[Conflict]:
    """All cards that dedup wrote; none before it ran."""
    return store.read_there(space.conflicts, Conflict)


def settled(space: Workspace) -> dict[str, Keep]:
    """Card id to what stays."""
    if not space.settled.exists():
        return {}
    return {each.card: each.keep for each in store.read(space.settled, Settlement)}


def decisions(space: Workspace) -> Path:
    """The file of decisions, made empty where there is none, so that a stage can depend on it."""
    if not space.settled.exists():
        store.write_bytes(space.settled, b"")
    return space.settled


def open_cards(space: Workspace) -> list[Conflict]:
    done = settled(space)
    return [card for card in cards(space) if card.id not in done]


def settle(space: Workspace, key: str, keep: Keep) -> Conflict:
    """Note what stays; a later word about the same card replaces an earlier one."""
    card = _named(cards(space), key)
    note(space, Settlement(card.id, keep, getpass.getuser(), datetime.now(UTC).isoformat()))
    return card


def note(space: Workspace, *said: Settlement) -> None:
    """Write down what was decided, all of it at once."""
    before = space.settled.read_bytes() if space.settled.exists() else b""
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in said)
    store.write_bytes(space.settled, before + lines)


def settle_by_example(space: Workspace, kept: str, *, by: str) -> list[Conflict]:
    """Settle the open cards on one side of which this example stands, in its favour.

    For a review in which people see both sides: `kept` is the id of the example that they kept,
    `by` their name. The cards that were settled; none where the example is on no open card.
    """
    done = []
    for card in open_cards(space):
        sides: dict[str, Keep] = {card.first.example: "first", card.second.example: "second"}
        if kept in sides:
            note(space, Settlement(card.id, sides[kept], by, datetime.now(UTC).isoformat()))
            done.append(card)
    return done


def choice(word: str) -> Keep:
    """What was typed after `--keep`."""
    if word not in CHOICES:
        raise BadInputError(
            f"--keep is first, second, both or neither, not “{word}”; "
            "`curate settle` shows which is which."
        )
    return CHOICES[word]


def _named(known: Iterable[Conflict], key: str) -> Conflict:
    found = [card for card in known if card.id.startswith(key)]
    if len(found) != 1:
        what = f"No card {key}" if not found else f"{key} begins {len(found)} cards"
        raise BadInputError(f"{what}; `curate settle` lists the open ones.")
    return found[0]
