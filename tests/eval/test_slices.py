import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from data.records import Finding
from eval import clusters, diagnosis, report, slices
from eval.comparison import Result
from eval.items import UNSEEN_SOURCE, Item
from tests import make
from tests.eval import canned

RIGHT = "Press Reset."
SUBJECTS = ("invoice tariff refund", "folder archive restore", "licence seat upgrade")


def asked(count: int, wrong: Sequence[float]) -> report.Evaluation:
    """Questions about three subjects, each with its own share of wrong answers."""
    chance = random.Random(1)
    said = []
    for n in range(count):
        words = SUBJECTS[n % 3].split()
        question = f"{' '.join(chance.choices(words, k=4))} number {n}?"
        tuned = "No." if chance.random() < wrong[n % 3] else RIGHT
        said.append((canned.item(question, RIGHT, family=f"fact {n}"), "", tuned))
    return canned.evaluation(said)


def test_a_slice_that_fails_is_found_and_named_and_its_figures_are_of_the_other_half() -> None:
    found = asked(300, (0.8, 0.1, 0.1))

    told = slices.find(found.results, None, seed=1)

    first = told.found[0]
    assert any(word in first.name for word in SUBJECTS[0].split())
    assert first.total < len(first.items)
    assert 0.6 < first.rate < 1
    assert first.lift_interval.low > 2
    about = [found.results[n].item.example.question for each in told.found for n in each.items]
    assert sum(any(word in q for word in SUBJECTS[0].split()) for q in about) > 0.9 * len(about)


def test_errors_that_are_spread_evenly_make_no_slice() -> None:
    told = slices.find(asked(300, (0.3, 0.3, 0.3)).results, None, seed=1)

    assert told.found == ()
    assert told.candidates > 0


def test_a_few_questions_are_not_searched_and_the_page_says_so() -> None:
    found = asked(20, (0.9, 0.1, 0.1))
    found = replace(found, search=slices.find(found.results, None, seed=1))

    assert found.search.found == ()
    assert "20 questions are too few" in report.render(found).decode()


def test_the_page_names_each_slice_with_its_diagnosis() -> None:
    found = asked(300, (0.8, 0.1, 0.1))
    found = replace(found, search=slices.find(found.results, None, seed=1))

    page = report.render(found).decode()

    assert "hardly taught" in page
    assert '<a href="#slice=s1">' in page


def result(base: str, tuned: str, *findings: str, unseen: bool = False) -> Result:
    item = canned.item("How?", RIGHT, family="f")
    if unseen:
        item = Item(make.example("How?", RIGHT, family="f", side="dev"), UNSEEN_SOURCE)
    marks = [Finding("first", "tuned", item.id, f"{c}@1", "error", (0, 1), "") for c in findings]
    return canned.evaluation([(item, base, tuned)], marks).results[0]


MANY = {"f": [RIGHT] * 6}


@pytest.mark.parametrize(
    ("wrong", "taught", "expected"),
    [
        (result("", "Press", "truncated"), MANY, diagnosis.CUT_OFF),
        (result(RIGHT, "No."), MANY, diagnosis.UNLEARNT),
        (result("Hold it.", "hold it"), MANY, diagnosis.DOUBTFUL),
        (result("", "No.", unseen=True), {}, diagnosis.NEVER_TAUGHT),
        (result("", "No."), {"f": [RIGHT, "Hold it."]}, diagnosis.CONFLICTING),
        (result("", "No, no.", "too-long"), MANY, diagnosis.TOO_LONG),
        (result("", "No."), {"f": [RIGHT]}, diagnosis.COVERAGE_GAP),
        (result("", "No."), MANY, diagnosis.NOT_TAKEN_UP),
    ],
)
def test_the_cause_is_looked_for_before_data_is_asked_for(
    wrong: Result, taught: dict[str, list[str]], expected: diagnosis.Diagnosis
) -> None:
    assert diagnosis.diagnose([wrong], taught) == expected
    assert expected.wants_data == (expected == diagnosis.COVERAGE_GAP)


def test_a_ratio_of_rates_has_the_interval_of_the_textbook() -> None:
    ratio, around = slices.risk_ratio(20, 50, 10, 100)

    assert ratio == pytest.approx(4.0)
    assert (around.low, around.high) == pytest.approx((2.03, 7.88), abs=0.01)


@pytest.mark.parametrize("different", [1, 5, 30])
def test_questions_that_repeat_are_grouped_too(different: int) -> None:
    texts = np.eye(different, dtype=np.float32)[np.arange(300) % different]

    labels = clusters.cluster(texts, seed=1)

    assert len(labels) == 300
    assert len(set(labels.tolist())) == min(different, 7)
