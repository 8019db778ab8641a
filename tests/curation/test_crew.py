from collections import Counter

import msgspec

from curation import crew
from data.store import Lines
from tests.curation.test_qa import ANSWER, ASKED, ASKER, HELPER, thread


def test_another_process_finds_the_same_in_the_same_order() -> None:
    passages = [
        msgspec.json.encode(
            thread((ASKER, f"{ASKED} {n}"), *([(HELPER, f"{ANSWER} {n}")] if n % 3 else []))
        )
        for n in range(200)
    ]

    alone = _found([passages])
    together = _found([[each] for each in passages])

    assert (len(alone.kept), alone.reasons) == (133, {"no-answer": 67})
    assert together == alone


def _found(passages: list[list[bytes]]) -> Lines:
    pieces = list(crew.examples(passages, multi_turn=False))
    return Lines(
        [line for each in pieces for line in each.kept],
        [line for each in pieces for line in each.dropped],
        sum((each.reasons for each in pieces), Counter()),
    )
