"""How well threads that restate an FAQ entry are recognised, on the bundled samples."""

import tempfile
from pathlib import Path

import msgspec

from curation import ingest, probes
from data import store
from data.records import Example
from data.settings import DedupSettings, SplitSettings
from tests import make

HERE = Path(__file__).parent.parent


class Pair(msgspec.Struct):
    root_ts: str
    faq_question: str


class Truth(msgspec.Struct):
    faq_pairs: list[Pair]


def measure() -> dict[str, float]:
    truth = msgspec.json.decode((HERE / "samples" / "truth.json").read_bytes(), type=Truth)
    asked = {pair.root_ts: _folded(pair.faq_question) for pair in truth.faq_pairs}
    with tempfile.TemporaryDirectory() as folder:
        space = make.space(Path(folder))
        samples = HERE.parent / "data" / "samples"
        ingest.run(space, [samples / n for n in ("faq.md", "faq_billing.csv", "slack")])
        rows = list(store.read(space.ingested, Example))
        found = probes.restatements(rows, SplitSettings(), DedupSettings(), space.vectors)
    links = {
        rows[t].origin.locator.split("#")[-1]: _folded(rows[e].question) for t, e in found.items()
    }
    right = sum(asked.get(ts) == question for ts, question in links.items())
    return {
        "threads_linked": len(links),
        "precision": round(right / len(links), 3),
        "recall": round(right / len(asked), 3),
    }


def _folded(text: str) -> str:
    return " ".join(text.split()).lower()
