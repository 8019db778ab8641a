from collections import Counter
from pathlib import Path

import pytest

from curation import crew
from data.store import Lines
from tests import make
from tests.curation.test_qa import ANSWER, ASKED, ASKER, HELPER, thread


def test_many_hands_find_the_same_in_the_same_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = [
        thread((ASKER, f"{ASKED} {n}"), *([(HELPER, f"{ANSWER} {n}")] if n % 3 else []))
        for n in range(200)
    ]
    path = make.stage_file(tmp_path / "passages.jsonl", passages)
    alone = _found(path)
    monkeypatch.setattr(crew, "WORTH_IT", 0)
    monkeypatch.setattr(crew, "PIECE", 2_000)

    together = _found(path)

    assert (len(alone.kept), alone.reasons) == (133, {"no-answer": 67})
    assert together == alone


def _found(path: Path) -> Lines:
    pieces = list(crew.examples(path, multi_turn=False))
    return Lines(
        [line for each in pieces for line in each.kept],
        [line for each in pieces for line in each.dropped],
        sum((each.reasons for each in pieces), Counter()),
    )
