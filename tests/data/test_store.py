from pathlib import Path

import pytest

from data import store
from data.errors import BadInputError
from data.records import Drop, Example
from tests import make


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    examples = [make.example("Where are invoices?", "Under Billing."), make.example()]

    path = make.stage_file(tmp_path / "unique.jsonl", examples)

    assert list(store.read(path, Example)) == examples


def test_a_bad_line_is_named_with_file_and_line(tmp_path: Path) -> None:
    path = make.stage_file(tmp_path / "unique.jsonl", [make.example()] * 6)
    with path.open("a", encoding="utf-8") as out:
        out.write('{"id": "x", "mesages": []}\n')

    with pytest.raises(BadInputError, match=r"unique\.jsonl:7: no Example record"):
        list(store.read(path, Example))


def test_a_stage_that_dies_leaves_what_was_there(tmp_path: Path) -> None:
    path = make.stage_file(tmp_path / "unique.jsonl", [make.example()])

    def interrupted() -> None:
        with store.StageWriter(path, "dedup", inputs=(), settings={}, root=tmp_path) as out:
            out.add(make.example("Another?", "Yes."))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert list(store.read(path, Example)) == [make.example()]
    assert store.freshness(path, tmp_path) == "fresh"
    assert not list(tmp_path.glob(".*.part"))


def test_a_lost_record_is_a_bug_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "unique.jsonl"

    def lossy() -> None:
        with store.StageWriter(path, "dedup", inputs=(), settings={}, root=tmp_path) as out:
            taken = out.conserve(store.Counted([make.example(), make.example("Lost?", "Yes.")]))
            out.add(next(taken))
            next(taken)

    with pytest.raises(store.ConservationError, match="2 in, 1 kept, 0 dropped"):
        lossy()
    assert not path.exists()


def test_drops_lie_beside_with_their_reasons_counted(tmp_path: Path) -> None:
    path = tmp_path / "unique.jsonl"
    twin = make.example()

    with store.StageWriter(path, "dedup", inputs=(), settings={}, root=tmp_path) as out:
        out.add_all([twin, Drop("near-duplicate", "faq.md#L9", example=twin, twin=twin.id)])

    assert out.manifest is not None
    assert out.manifest.dropped == {"near-duplicate": 1}
    assert [d.twin for d in store.read(store.drops_path(path), Drop)] == [twin.id]


def test_lines_encoded_elsewhere_are_written_and_counted_like_records(tmp_path: Path) -> None:
    path = tmp_path / "unique.jsonl"
    twin = make.example()
    outcomes = [twin, Drop("near-duplicate", "faq.md#L9", example=twin, twin=twin.id)]

    with store.StageWriter(path, "dedup", inputs=(), settings={}, root=tmp_path) as out:
        for piece in store.in_pieces(outcomes):
            out.add_lines(piece)

    assert (out.done.kept, out.done.dropped) == (1, {"near-duplicate": 1})
    assert list(store.read(path, Example)) == [twin]
    assert list(store.read(store.drops_path(path), Drop)) == outcomes[1:]


def test_a_changed_input_makes_a_stage_stale_and_an_edit_damages_it(tmp_path: Path) -> None:
    source = tmp_path / "faq.md"
    source.write_text("# one\n")
    path = tmp_path / "unique.jsonl"
    with store.StageWriter(path, "dedup", inputs=[source], settings={}, root=tmp_path) as out:
        out.add(make.example())
    assert store.freshness(path, tmp_path) == "fresh"

    source.write_text("# two\n")
    stale = store.freshness(path, tmp_path)
    path.write_text("")

    assert stale == "stale"
    assert store.freshness(path, tmp_path) == "damaged"
