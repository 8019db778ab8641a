"""The one door to lm-eval: its definitions of the public benchmarks, asked from local files.

Nothing is fetched: the questions are handed over in a file, and the hub is switched off.
"""

import importlib.util
import logging
import os
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib.resources import as_file, files
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from data import store
from data.errors import BadInputError
from eval.benchmarks import Benchmark, Question

if TYPE_CHECKING:
    from train.student import Student

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
}
MMLU_BEGINS = (
    "The following are multiple choice questions (with answers) about "
    "{{subject.replace('_', ' ')}}.\n\n"
)
"""As in the 57 files of lm-eval, which differ in nothing but the subject."""


@dataclass(frozen=True)
class Choice:
    """What a model makes of one question."""

    likelihoods: tuple[float, ...]
    """Natural logarithm of the probability of each option, in their order."""
    right: bool
    """By lm-eval's own scoring."""

    @property
    def likeliest(self) -> int:
        """-1 where all are equally likely, or not to be told: lm-eval would take the first."""
        if len(set(self.likelihoods)) == 1 or not all(map(isfinite, self.likelihoods)):
            return -1
        return self.likelihoods.index(max(self.likelihoods))


def prepare() -> None:
    """Switch the hub off and refuse where lm-eval is not installed; before anything heavy loads."""
    os.environ.update(OFFLINE)
    if importlib.util.find_spec("lm_eval") is None:
        raise BadInputError(
            "The benchmarks need the extra `bench` (pip install '.[bench]'); or empty the names of "
            "files under [evaluate.benchmarks], and only neutral text is read."
        )


def opened(student: "Student", batch_size: int) -> object:
    """The model as lm-eval asks it: without chat template."""
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    from lm_eval.models.huggingface import HFLM

    return HFLM(
        pretrained=student.model,
        tokenizer=student.tokenizer,
        batch_size=batch_size,
        max_length=student.positions,
    )


def ask(model: object, benchmark: Benchmark, questions: Sequence[Question]) -> list[Choice]:
    """Its choices in the order of the questions, without examples before them."""
    from lm_eval.evaluator import evaluate
    from lm_eval.tasks import TaskManager

    with tempfile.TemporaryDirectory() as folder, as_file(files("lm_eval")) as home:
        path = _write_task(Path(folder), home / "tasks", benchmark, questions)
        # It draws bars of its own and warns of options that nobody set.
        with warnings.catch_warnings(), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            loaded = TaskManager(include_defaults=False).load([str(path)])
            told = evaluate(model, loaded, bootstrap_iters=0, log_samples=True)
    samples = sorted(told["samples"][benchmark.name], key=lambda sample: int(sample["doc_id"]))
    return [_choice(benchmark, sample) for sample in samples]


def _write_task(
    folder: Path, tasks: Path, benchmark: Benchmark, questions: Sequence[Question]
) -> Path:
    """lm-eval's own definition, with our file in place of the hub's."""
    data = folder / f"{benchmark.name}.jsonl"
    store.write_bytes(data, b"".join(msgspec.json.encode(each.row) + b"\n" for each in questions))
    task = {
        "include": str(tasks / benchmark.definition),
        "task": benchmark.name,
        "dataset_path": "json",
        "dataset_name": None,
        "dataset_kwargs": {
            "data_files": {benchmark.split: str(data)},
            "cache_dir": str(folder / "cache"),
        },
        "num_fewshot": 0,
        "fewshot_split": None,
        "training_split": None,
        "validation_split": None,
        "test_split": None,
        f"{benchmark.split}_split": benchmark.split,
    }
    if benchmark.lettered:
        task["description"] = MMLU_BEGINS
    path = folder / f"{benchmark.name}.yaml"
    store.write_json(path, task)  # JSON is YAML
    return path


def _choice(benchmark: Benchmark, sample: dict[str, object]) -> Choice:
    kept = {name: sample[name] for name in ("filtered_resps", benchmark.metric)}
    told = msgspec.convert(kept, dict[str, float | list[tuple[float, bool]]])
    likelihoods, right = told["filtered_resps"], told[benchmark.metric]
    assert isinstance(likelihoods, list)
    return Choice(tuple(each for each, _ in likelihoods), right == 1.0)
