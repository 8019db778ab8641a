"""Wrong training answers: are they named beside the errors that they caused?

The samples go through the whole loop, but for 20 facts all training rows are given the answer to
another fact, which other rows still give rightly. A model is trained on that. An error counts as
caused where it is nearer to the planted answer than to the expected one.
"""

import random
import tempfile
from pathlib import Path

import msgspec

from data import store, workspace
from data.records import Example, Message
from data.workspace import Workspace
from eval import blame, report, scores
from eval.arms import TUNED
from tests import make

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
PLANTED = 20
PREPARED = ("synth run", "curate dedup", "curate review policy", "curate split")
ASKED = ("train run --name planted", "evaluate run planted")


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        space = workspace.create(Path(folder) / "shop")
        sources = " ".join(str(SAMPLES / name) for name in ("faq.md", "faq_billing.csv", "slack"))
        _typed(space, f"curate ingest {sources}", *PREPARED)
        planted = plant(space)
        _typed(space, *ASKED)
        return judge(space, planted)


def _typed(space: Workspace, *commands: str) -> None:
    for command in commands:
        ran = make.run(command, cwd=space.root)
        assert ran.code == 0, ran.output


def plant(space: Workspace) -> dict[str, str]:
    """Give the rows of some asked facts another fact's answer; by family which."""
    path = space.split / "train.jsonl"
    rows = list(store.read(path, Example))
    asked = {probe.family for probe in store.read(space.split / "probes.jsonl", Example)}
    answers = {row.family: row.answer for row in rows}
    chance = random.Random(3407)
    chosen = chance.sample(sorted(asked & set(answers)), PLANTED)
    others = chance.sample(sorted(set(answers) - set(chosen)), PLANTED)
    planted = {one: answers[other] for one, other in zip(chosen, others, strict=True)}
    changed = [_taught(row, planted[row.family]) if row.family in planted else row for row in rows]
    lines = b"".join(msgspec.json.encode(row) + b"\n" for row in changed)
    store.write_bytes(path, lines)
    _sign(space, path)
    return planted


def _taught(row: Example, answer: str) -> Example:
    messages = (*row.prompt, Message("assistant", answer))
    return Example.chat(messages, row.origin, family=row.family, side=row.side)


def _sign(space: Workspace, path: Path) -> None:
    """Tell the split that this is its file."""
    beside = space.split / "split.jsonl"
    manifest = store.read_manifest(beside)
    assert manifest is not None
    mark = store.mark(path, space.root)
    made = tuple(
        msgspec.structs.replace(mark, records=each.records) if each.path == mark.path else each
        for each in manifest.made
    )
    store.write_json(store.manifest_path(beside), msgspec.structs.replace(manifest, made=made))


def judge(space: Workspace, planted: dict[str, str]) -> dict[str, float]:
    """Of the errors that planted rows caused, those with such a row among the nearest five."""
    found = report.gather(space, space.runs / "planted")
    nearest = blame.blame(found.results, found.trained_on)
    caused = named = 0
    for each in found.results:
        wrong = planted.get(each.item.example.family)
        said = each.grades[TUNED].answer.text
        if wrong is None or scores.chrf(said, wrong) <= scores.chrf(said, each.item.expected):
            continue
        if each.item.expected == wrong:
            continue  # Asked in the words it was trained on, where the planted answer is expected.
        caused += 1
        named += any(
            row.answer == wrong and row.family == each.item.example.family
            for row, _ in nearest[each.item.id]
        )
    return {"errors_caused": caused, "blamed_in_top_5": round(named / max(1, caused), 3)}
