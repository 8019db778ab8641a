"""Curated splits for the claims on `train`."""

from collections.abc import Iterable, Sequence

from data import store
from data.records import Drop, Example, content_id
from data.workspace import Workspace
from tests import make

ANSWERS = (
    "Open Settings, choose Security and press Reset.",
    "Invoices lie under Billing; the newest stands first.",
    "Press the gear, then Pause. Syncing goes on after an hour.",
    "Free workspaces hold 5 GB — larger ones are in the price list.",
)
QUESTIONS = (
    ("How do I reset my password?", "reset password pls"),
    ("Where are my invoices?", "hi, where are invoices"),
    ("How do I pause syncing?", "pause sync how?"),
    ("How much can I store for free?", "free storage size"),
)


def taught() -> list[Example]:
    """Eight rows: four facts under two wordings each."""
    return [
        make.example(question, answer, family=content_id(answer))
        for wordings, answer in zip(QUESTIONS, ANSWERS, strict=True)
        for question in wordings
    ]


def write(
    space: Workspace,
    train: Sequence[Example] | None = None,
    *,
    dev: Iterable[Example] = (),
    probes: Iterable[Example] = (),
    drops: Iterable[Drop | Example] = (),
) -> Workspace:
    """A split as `curate split` leaves it, certificate included."""
    folder = space.split
    parts = {
        "train": taught() if train is None else train,
        "dev": dev,
        "test": (),
        "probes": probes,
    }
    home = folder / "split.jsonl"
    with store.StageWriter(home, "curate split", inputs=(), settings={}, root=space.root) as out:
        for name, rows in parts.items():
            out.open_empty(folder / f"{name}.jsonl")
            for row in rows:
                out.add(row, to=folder / f"{name}.jsonl")
        out.add_all(drops)
        store.write_bytes(folder / "certificate.json", b"{}\n")
    return space
