from pathlib import Path

import pytest

from curation import crew
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
    alone = list(crew.examples(path, multi_turn=False))
    monkeypatch.setattr(crew, "WORTH_IT", 0)
    monkeypatch.setattr(crew, "PIECE", 2_000)

    together = list(crew.examples(path, multi_turn=False))

    assert len(alone) == 200
    assert together == alone
