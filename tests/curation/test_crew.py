from collections import Counter

from msgspec.json import encode

from curation import crew, pairs
from data import store
from tests.curation.test_qa import ANSWER, ASKED, ASKER, HELPER, thread


def test_another_process_finds_the_same_in_the_same_order() -> None:
    passages = [
        thread((ASKER, f"{ASKED} {n}"), *([(HELPER, f"{ANSWER} {n}")] if n % 3 else []))
        for n in range(200)
    ]
    alone = store.encoded(each for passage in passages for each in pairs.of(passage))

    pieces = list(crew.examples([[encode(each)] for each in passages], multi_turn=False))

    assert [line for each in pieces for line in each.kept] == alone.kept
    assert [line for each in pieces for line in each.dropped] == alone.dropped
    assert sum((each.reasons for each in pieces), Counter()) == {"no-answer": 67}


def test_where_nothing_is_read_nothing_is_found() -> None:
    found = list(crew.examples([], multi_turn=False))

    assert [line for each in found for line in (*each.kept, *each.dropped)] == []
