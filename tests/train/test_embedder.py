"""Tuning the embedder on wordings, and dedup that uses it."""

from pathlib import Path

import numpy as np
import pytest

from data import embed, workspace
from data.errors import BadInputError
from data.workspace import Workspace
from tests import make
from tests.train import splits, training
from train import runs, wordings

SETTINGS = """
[train]
preset = "embedder"
[train.trainer]
num_train_epochs = 3
per_device_train_batch_size = 4
learning_rate = 1e-4
warmup_steps = 0
save_steps = 1000
"""


FACTS = (
    ("How much can I store for free?", "quota of the gratis tier", "gratis tier: which quota?"),
    ("How much can I store when I pay?", "quota of the gold tier", "gold tier: which quota?"),
    ("How do I empty my store?", "wipe the bucket", "bucket: wiping it?"),
    ("How do I share my store?", "lend out the bucket", "bucket: lending it out?"),
)
"""Question, another wording, and a withheld one."""


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    space = make.space(tmp_path_factory.mktemp("tuned"), SETTINGS)
    rows = [make.example(text, "Yes.", family=fact[0]) for fact in FACTS for text in fact]
    taught = [row for row in rows if row.question not in {fact[2] for fact in FACTS}]
    splits.write(space, taught, probes=[row for row in rows if row not in taught])
    training.run(space, "finder")
    return space


def test_wordings_come_nearer_and_the_recall_is_kept(tuned: Workspace) -> None:
    steps = training.steps(tuned, "finder")

    assert steps[-1].loss < steps[0].loss
    made = runs.read_manifest(tuned.runs / "finder")
    assert {"recall@1 before", "recall@1", "recall@5"} <= made.figures.keys()
    assert made.figures["recall@1"] >= made.figures["recall@1 before"]
    assert not list((tuned.runs / "finder").rglob("*.bin"))


def test_a_run_serves_as_the_embedder_of_its_workspace(tuned: Workspace) -> None:
    texts = list(FACTS[0][:2])

    before = embed.embed(texts, "all-MiniLM-L6-v2", tuned.vectors)
    after = embed.embed(texts, "runs/finder", tuned.vectors)

    assert after[0] @ after[1] > before[0] @ before[1]
    with pytest.raises(BadInputError, match="runs/none"):
        embed.embed(["a"], "runs/none", tuned.vectors)


def test_a_family_is_found_by_its_nearest_wording(tmp_path: Path) -> None:
    space = splits.write(
        make.space(tmp_path), probes=[make.example("p?", family=splits.taught()[2].family)]
    )
    searched = wordings.search(space.split)
    among = np.eye(8, dtype=np.float32)
    asked = among[[0]] * 0.6 + among[[3]] * 0.5

    assert wordings.recall(searched, asked, among) == {
        "recall@1": 0.0,
        "recall@3": 1.0,
        "recall@5": 1.0,
    }


def test_one_wording_of_each_fact_is_too_little(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path, SETTINGS), splits.taught()[::2])

    with pytest.raises(BadInputError, match=r"several wordings of each.*`synth run` writes them"):
        wordings.read(workspace.find(space.root), space.split)
