"""Forgetting, measured on models that say what a test wants, and once through lm-eval."""

import importlib.util
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from data import store
from data.errors import BadInputError
from data.settings import BenchmarkSettings
from data.workspace import Workspace
from eval import benchmarks, diagnosis, forgetting, panel, report
from eval.arms import TUNED
from eval.benchmarks import ALL, Benchmark, Question
from eval.harness import Choice
from eval.panel import Panel
from tests import make
from tests.eval import canned
from tests.eval.test_slices import MANY, RIGHT, result

EASY, _, HELLASWAG, MMLU, TRUTHFUL = ALL
HAS_EXTRA = importlib.util.find_spec("lm_eval") is not None
WORDS = "water stone river bread snow salt train tree glass copper".split()


@dataclass(frozen=True)
class Reader:
    """Takes so many bits for each character, and gives each option so high a likelihood."""

    per_character: Callable[[int], float]
    likelihoods: Callable[[Question], Sequence[float]]

    def bits(self, texts: Sequence[str]) -> Iterator[float]:
        for place, text in enumerate(texts):
            yield self.per_character(place) * len(text)

    def ask(self, benchmark: Benchmark, questions: Sequence[Question]) -> Sequence[Choice]:
        told = [(each, tuple(self.likelihoods(each))) for each in questions]
        return [Choice(each, each.index(max(each)) == asked.right) for asked, each in told]


def knows(share: float) -> Callable[[Question], Sequence[float]]:
    """Right in this share of the questions, else the option after the right one."""

    def likelihoods(question: Question) -> Sequence[float]:
        right = int(question.id, 16) % 1000 < 1000 * share
        chosen = (question.right + (not right)) % question.options
        return [-1.0 if place == chosen else -2.0 for place in range(question.options)]

    return likelihoods


def reads(bits: float) -> Callable[[int], float]:
    return lambda place: bits + 0.01 * (place % 5)


def arc(count: int) -> list[dict[str, object]]:
    chance = random.Random(1)
    return [
        {
            "id": str(n),
            "question": f"What is thing {n} made of?",
            "choices": {"text": chance.sample(WORDS, 4), "label": list("ABCD")},
            "answerKey": chance.choice("ABCD"),
        }
        for n in range(count)
    ]


def mmlu(count: int) -> list[dict[str, object]]:
    """Three in five right answers stand under D."""
    return [
        {
            "question": f"Which is item {n}?",
            "subject": "abstract_algebra",
            "choices": random.Random(n).sample(WORDS, 4),
            "answer": 3 if n % 5 < 3 else n % 3,
        }
        for n in range(count)
    ]


def hellaswag(count: int) -> list[dict[str, object]]:
    return [
        {
            "ind": n,
            "activity_label": "Baking",
            "ctx_a": f"A man takes bowl {n}.",
            "ctx_b": "he",
            "endings": [f"stirs the {word}." for word in random.Random(n).sample(WORDS, 4)],
            "label": str(n % 4),
            "source_id": f"film {n // 2}",
        }
        for n in range(count)
    ]


def truthful(count: int) -> list[dict[str, object]]:
    options = {"choices": ["Nothing happens", "You turn into a frog"], "labels": [1, 0]}
    return [
        {"question": f"What if you eat {n} plums?", "mc1_targets": options} for n in range(count)
    ]


def written(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    if path.suffix == ".parquet":
        parquet.write_table(pyarrow.Table.from_pylist(list(rows)), path)
    else:
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def workspace_of(folder: Path, **files: str) -> Workspace:
    lines = "".join(f'{name} = "{file}"\n' for name, file in files.items())
    space = make.space(folder, f"[evaluate.benchmarks]\n{lines}")
    canned.split(space)
    return space


def measured(space: Workspace, base: Reader, tuned: Reader) -> Panel:
    run = space.runs / "first"
    forgetting.measure(space, run, lambda arm: tuned if arm == TUNED else base)
    found = panel.read(space, run)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("base", "tuned", "state"),
    [
        (2.2, 2.4, "forgot"),
        (2.2, 2.21, "unchanged"),
        (2.2, 2.0, "gained"),
        # Letters by their frequency alone take 4.2 bits: this base cannot read.
        (5.0, 6.0, "tells nothing"),
    ],
)
def test_a_text_that_takes_more_bits_was_forgotten_if_the_base_could_read_it(
    tmp_path: Path, base: float, tuned: float, state: str
) -> None:
    space = workspace_of(tmp_path)

    found = measured(space, Reader(reads(base), knows(1)), Reader(reads(tuned), knows(1)))

    assert found.text.state == state
    assert found.text.passages > 50
    assert found.benchmarks == ()
    assert found.text.difference == pytest.approx(tuned - base)


def test_passages_that_differ_more_than_they_lose_prove_nothing(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("Ein Satz.\n\nNoch einer.\n\nUnd ein dritter.\n")
    space = workspace_of(tmp_path, neutral_text="own.txt")
    tuned = Reader(lambda place: 1.5 + (1.0, -0.4, 0.2)[place], knows(1))

    found = measured(space, Reader(lambda _: 1.5, knows(1)), tuned)

    assert found.text.state == "not proven"
    assert found.text.passages == 3
    assert found.text.detectable > 0.5


def test_what_is_answered_by_chance_tells_nothing_and_what_is_lost_is_said(tmp_path: Path) -> None:
    written(tmp_path / "arc.parquet", arc(300))
    written(tmp_path / "hs.jsonl", hellaswag(300))
    written(tmp_path / "mmlu.jsonl", mmlu(300))
    space = workspace_of(tmp_path, arc_easy="arc.parquet", hellaswag="hs.jsonl", mmlu="mmlu.jsonl")

    def base(question: Question) -> Sequence[float]:
        if "subject" in question.row:  # It likes the letter under which most answers stand.
            return [-2.0, -2.0, -2.0, -1.0]
        return knows(0.25 if "endings" in question.row else 0.8)(question)

    found = measured(space, Reader(reads(2.2), base), Reader(reads(2.2), knows(0.4)))

    easy, swag, letters = found.benchmarks
    assert (easy.state, swag.state, letters.state) == (
        "forgot",
        "tells nothing",
        "tells nothing",
    )
    assert letters.contrast.other == pytest.approx(0.6)
    assert letters.guessed == pytest.approx(0.6)
    assert swag.contrast.families == 150
    assert found.forgot


def test_a_model_to_which_all_options_are_alike_is_not_called_right(tmp_path: Path) -> None:
    written(tmp_path / "tq.jsonl", truthful(60))
    space = workspace_of(tmp_path, truthfulqa_mc1="tq.jsonl")

    found = measured(
        space, Reader(reads(2.2), lambda _: (-1.0, -1.0)), Reader(reads(2.2), knows(0.1))
    )

    assert found.benchmarks[0].contrast.other == 1.0
    assert found.benchmarks[0].state == "tells nothing"


def test_rows_that_cannot_be_asked_are_counted_and_no_more_are_drawn_than_wanted(
    tmp_path: Path,
) -> None:
    rows = arc(50)
    odd = [
        {**rows[0], "answerKey": ""},
        rows[1],
        {**rows[2], "choices": {"text": ["a"], "label": ["A"]}},
    ]
    odd[2]["answerKey"] = "A"
    path = written(tmp_path / "test-0.parquet", [*rows, *odd])

    entries = benchmarks.load(EASY, path.parent, BenchmarkSettings(questions=20), 1)

    assert [each.reason for each in entries if not isinstance(each, Question)] == [
        "no-right-answer",
        "asked-twice",
        "no-choice",
    ]
    assert sum(isinstance(each, Question) for each in entries) == 20


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("test.jsonl", '{"question": "Why?"}\n', r"test.jsonl:1: no row of ARC easy .* `choices`"),
        ("test.jsonl", "{oh\n", "test.jsonl:1: no JSON object"),
        ("test.parquet", "no", "no Parquet file that can be read"),
        ("test.csv", "a,b", "neither Parquet nor JSON Lines"),
        ("none", None, "fetch the file first"),
        ("folder", None, r"holds no file test\*.parquet"),
    ],
)
def test_a_file_that_is_no_benchmark_is_refused_with_what_is_wrong(
    tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    elif name == "folder":
        path.mkdir()

    with pytest.raises(BadInputError, match=said):
        benchmarks.load(EASY, path, BenchmarkSettings(), 1)


def test_a_killed_test_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    written(tmp_path / "arc.parquet", arc(40))
    space = workspace_of(tmp_path, arc_easy="arc.parquet")
    run, sound = space.runs / "first", Reader(reads(2.2), knows(0.8))

    def breaks(question: Question) -> Sequence[float]:
        raise KeyboardInterrupt

    broken = Reader(reads(2.5), breaks)
    with pytest.raises(KeyboardInterrupt):
        forgetting.measure(space, run, lambda arm: broken if arm == TUNED else sound)
    opened: list[str] = []

    def open_reader(arm: str) -> Reader:
        opened.append(arm)
        return Reader(reads(9.0), knows(0.8))

    forgetting.measure(space, run, open_reader)

    found = panel.read(space, run)
    assert opened == [TUNED]
    assert found is not None
    assert found.text.tuned == pytest.approx(2.52, abs=0.01)


def test_a_later_run_is_held_against_an_earlier_one_on_the_same_text(tmp_path: Path) -> None:
    space = workspace_of(tmp_path)
    first, second = space.runs / "first", space.runs / "second"
    store.write_json(second / "manifest.json", make.manifest("second"))
    told = [panel.worse_than(space, first, second)]

    better, worse = Reader(reads(2.3), knows(1)), Reader(reads(2.6), knows(1))
    forgetting.measure(space, first, lambda _: better)
    forgetting.measure(space, second, lambda _: worse)
    told += [panel.worse_than(space, first, second), panel.worse_than(space, second, first)]

    assert told == [None, True, False]


def test_the_report_tells_what_was_forgotten_and_where_nobody_has_asked(tmp_path: Path) -> None:
    space = workspace_of(tmp_path)
    lost = measured(space, Reader(reads(2.2), knows(1)), Reader(reads(2.8), knows(1)))
    found = canned.evaluation([(canned.item(), RIGHT, "No.")])

    without, page = (report.render(each).decode() for each in (found, replace(found, panel=lost)))

    assert "<code>evaluate forgetting first</code>" in without
    assert "It has forgotten some of what its base knew. Neutral text: 2.22 before" in page
    assert "<strong>forgot</strong>" in page
    cause = diagnosis.diagnose([result(RIGHT, "No.")], MANY, forgot=True)
    assert cause == diagnosis.FORGOTTEN


@pytest.mark.skipif(HAS_EXTRA, reason="the extra `bench` is installed")
def test_without_the_extra_the_command_says_how_to_get_it(tmp_path: Path) -> None:
    space = workspace_of(tmp_path, mmlu="mmlu.jsonl")

    ran = make.run("evaluate forgetting first", cwd=space.root)

    assert ran.code == 2
    assert "pip install '.[bench]'" in ran.output


@pytest.mark.skipif(not HAS_EXTRA, reason="the extra `bench` is not installed")
@pytest.mark.filterwarnings("ignore")
def test_lm_eval_asks_all_benchmarks_from_local_files(tmp_path: Path) -> None:
    from eval import harness
    from train.student import Student

    harness.prepare()
    student = Student.open("bundled", tmp_path)
    asked = {EASY: arc(6), HELLASWAG: hellaswag(6), MMLU: mmlu(6), TRUTHFUL: truthful(6)}
    for benchmark, rows in asked.items():
        path = written(tmp_path / f"{benchmark.name}.jsonl", rows)
        questions = benchmarks.load(benchmark, path, BenchmarkSettings(), 1)
        wanted = [each for each in questions if isinstance(each, Question)]

        choices = harness.ask(harness.opened(student, 4), benchmark, wanted)

        assert [len(each.likelihoods) for each in choices] == [e.options for e in wanted]
        if benchmark.metric == "acc":
            chosen = [each.likeliest for each in choices]
            assert [e.right for e in choices] == [
                place == e.right for place, e in zip(chosen, wanted, strict=True)
            ]
