"""Labelled threads, read as an export: who asked, what answered, what was settled."""

from pathlib import Path

import pytest

from curation import ingest
from data import store
from data.records import Example
from tests import make
from tests.curation import labelled

Counted = tuple[dict[str, float], list[labelled.Verdict]]


def _counted(folder: Path, path: Path) -> Counted:
    threads = labelled.read(path)
    space = make.space(folder / "w")
    ingest.run(space, [labelled.export(folder / "acme", threads)])
    verdicts = labelled.judged(threads, list(store.read(space.ingested, Example)))
    return labelled.figures(threads, verdicts), verdicts


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return _counted(tmp_path_factory.mktemp("tuned"), labelled.TUNED)


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return _counted(tmp_path_factory.mktemp("unseen"), labelled.UNSEEN)


def test_questions_are_found_and_chatter_is_not(tuned: Counted) -> None:
    assert tuned[0]["recall"] >= 0.97
    assert tuned[0]["precision"] >= 0.92


def test_the_answer_that_held_is_taken(tuned: Counted) -> None:
    assert tuned[0]["answer"] >= 0.97


def test_what_is_confirmed_is_right(tuned: Counted) -> None:
    assert tuned[0]["confirmed_precision"] >= 0.9
    assert tuned[0]["status"] >= 0.95


def test_threads_that_no_rule_was_made_for_fare_nearly_as_well(unseen: Counted) -> None:
    assert unseen[0]["recall"] >= 0.85
    assert unseen[0]["precision"] >= 0.85
    assert unseen[0]["confirmed_precision"] >= 0.85


def test_confidence_says_how_often_a_pair_is_right(tuned: Counted, unseen: Counted) -> None:
    both = tuned[1] + unseen[1]
    sure = [each.right for each in both if each.made.scores["confidence"] >= 0.9]
    unsure = [each.right for each in both if each.made.scores["confidence"] < 0.7]

    assert sum(sure) / len(sure) >= 0.95
    assert 0.3 <= sum(unsure) / len(unsure) <= 0.8
