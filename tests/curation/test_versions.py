from pathlib import Path

from curation import ingest
from data import store
from data.records import Drop, Example, Passage
from data.workspace import Workspace
from tests import make
from tests.curation.sources import exported
from tests.curation.sources.exported import THREAD, Days, said

ROOT = "1772400000.000100"
REPLY = said("1772500000.000400", "Since 4.2 it is under Privacy.", "U3OTHER", thread_ts=ROOT)
GROWN: Days = {**THREAD, "help/2026-03-03.json": [REPLY]}
OTHER: Days = {"help/2026-03-04.json": [said("1772600000.000100", "who is on call?")]}


def passages(space: Workspace) -> list[Passage]:
    return list(store.read(space.passages, Passage))


def written(space: Workspace) -> list[bytes]:
    return [path.read_bytes() for path in sorted(space.work.glob("*.jsonl"))]


def test_a_thread_that_grew_is_a_new_passage_of_the_same_family_and_side(tmp_path: Path) -> None:
    for number in range(6):  # enough salts to draw another side for the new id
        space = make.space(
            tmp_path / f"w{number}", f'[split]\nsalt = "{number}"\ntest = 0.4\ndev = 0.3\n'
        )
        ingest.run(space, [exported.folder(tmp_path / f"{number}" / "acme")])
        (old,) = passages(space)

        ingest.run(space, [exported.folder(tmp_path / f"{number}" / "acme", {**GROWN, **OTHER})])

        new, other = passages(space)
        assert new.id != old.id
        assert (new.origin.parents, new.family, new.side) == ((old.id,), old.family, old.side)
        assert (other.title, other.origin.parents) == ("who is on call?", ())
        assert {(row.family, row.side) for row in store.read(space.ingested, Example)} == {
            (old.family, old.side)
        }


def test_an_edit_makes_a_new_version_too_and_the_same_input_changes_nothing(
    tmp_path: Path,
) -> None:
    space = make.space(tmp_path / "w")
    ingest.run(space, [exported.folder(tmp_path / "acme")])
    (old,) = passages(space)
    edited = said(ROOT, "How do I stop it?", thread_ts=ROOT, edited={"ts": "1772600000.0"})
    changed = {**THREAD, "help/2026-03-01.json": [edited, THREAD["help/2026-03-01.json"][1]]}

    ingest.run(space, [exported.folder(tmp_path / "acme", changed)])
    first = written(space)
    ingest.run(space, [tmp_path / "acme"])

    (new,) = passages(space)
    assert (new.title, new.origin.parents) == ("How do I stop it?", (old.id,))
    assert written(space) == first


def test_a_newer_export_under_another_name_supersedes_the_older_version(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w")
    ingest.run(space, [exported.folder(tmp_path / "march")])
    (old,) = passages(space)

    ingest.run(space, [exported.folder(tmp_path / "april", GROWN)])

    (new,) = passages(space)
    assert (new.origin.source, new.origin.parents) == ("april", (old.id,))
    (drop,) = store.read(store.drops_path(space.passages), Drop)
    assert (drop.reason, drop.twin, drop.passage) == ("superseded", new.id, old)

    ingest.run(space, [tmp_path / "march"])
    assert passages(space) == [new]


def test_threads_of_two_workspaces_are_never_taken_for_versions(tmp_path: Path) -> None:
    days = {"help/2026-03-01.json": [said(ROOT, "is it up?", "U8ELSE")]}
    space = make.space(tmp_path / "w")

    done = ingest.run(
        space, [exported.folder(tmp_path / "acme"), exported.folder(tmp_path / "b", days)]
    )

    assert (done.passages.kept, done.passages.dropped) == (2, {})
