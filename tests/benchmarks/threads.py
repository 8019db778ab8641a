"""How well the pairs of labelled Slack threads are found, and whether confidence can be trusted.

`python -m tests.benchmarks.threads` fits the weights of `curation/teaching.py` anew and prints
them; put them there by hand, and look at the figures of the unseen threads before and after.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from curation import ingest, qa, teaching
from data import store
from data.records import Example, Passage
from tests import make
from tests.curation import labelled

Matrix = npt.NDArray[np.float64]
EXPECTED = {"accepted": 1.0, "own": 1.0, "rivals": -1.0, "turned": -2.0, "laughed": -1.0}
"""What chats that people annotated taught; too few labelled threads vary in these to learn it."""
HOLD, HOLD_EXPECTED, HOLD_LENGTH = 1.0, 8.0, 4.0
"""How firmly a weight is held to what was expected, or to nothing."""


def measure() -> dict[str, float]:
    """Figures of the tuned and the unseen threads; `right_0.9` is of pairs of that confidence."""
    return {
        f"{path.stem}_{name}": value
        for path in (labelled.TUNED, labelled.UNSEEN)
        for name, value in _figures(path)
    }


def _figures(path: Path) -> Iterator[tuple[str, float]]:
    threads, examples, _ = _ingested(path)
    verdicts = labelled.judged(threads, examples)
    for name, value in labelled.figures(threads, verdicts).items():
        yield name, round(value, 3)
    for tenth, number, right in labelled.reliability(verdicts):
        yield f"right_{tenth:.1f}_of_{number}", round(right, 2)


def _ingested(path: Path) -> tuple[list[labelled.Thread], list[Example], list[Passage]]:
    threads = labelled.read(path)
    with tempfile.TemporaryDirectory() as folder:
        space = make.space(Path(folder) / "w")
        ingest.run(space, [labelled.export(Path(folder) / "acme", threads)])
        examples = list(store.read(space.ingested, Example))
        return threads, examples, list(store.read(space.passages, Passage))


def fitted() -> dict[str, float]:
    """Weights by logistic regression over the first pair of each tuned thread, kept or not."""
    threads, _, passages = _ingested(labelled.TUNED)
    rows, right = [], []
    for passage in passages:
        said = qa.asked_and_answered(passage.turns)
        if "orphan" in passage.signals or isinstance(said, str):
            continue
        asked, found = said
        rows.append(teaching.features(asked, found.text, found.talk))
        thread = threads[labelled.number_of(passage.origin)]
        made = qa.pair(passage, asked, found)
        right.append(any(each.right for each in labelled.judged_one(thread, [made])))
    names = list(rows[0])
    weights = _regression(np.array([[row[name] for name in names] for row in rows]), right, names)
    return dict(zip(names, weights, strict=True))


def _regression(rows: Matrix, right: list[bool], names: list[str]) -> list[float]:
    """Newton's method; it converges in far fewer rounds."""
    expected = np.array([EXPECTED.get(name, 0.0) for name in names])
    hold = np.array([_hold(name) for name in names])
    weights = np.zeros(len(names))
    for _ in range(50):
        said = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (said - np.array(right)) + hold * (weights - expected)
        bend = (rows * (said * (1 - said))[:, None]).T @ rows + np.diag(hold)
        weights -= np.linalg.solve(bend, slope)
    return [round(float(each), 1) for each in weights]


def _hold(name: str) -> float:
    if name == "always":
        return 0.01
    if name == "length":
        return HOLD_LENGTH
    return HOLD_EXPECTED if name in EXPECTED else HOLD


if __name__ == "__main__":
    for name, weight in fitted().items():
        sys.stdout.write(f'    "{name}": {weight},\n')
