import json
from pathlib import Path

import msgspec
import pytest

from curation import conflicts, forget, ingest, rewriting, status
from curation.review import journal
from curation.review.journal import Asked, Opinion
from data import ledger, store
from data.errors import BadInputError
from data.records import Drop, Example, Origin, Passage, Record, Ticket
from data.workspace import Workspace
from tests import make
from tests.curation.review.told import opinion
from tests.curation.sources import exported
from tests.curation.sources.exported import THREAD, said

OTHER = {
    "help/2026-03-05.json": [
        said("1772700000.000100", "Where is the log?", "U3OTHER", thread_ts="1772700000.000100"),
        said("1772700060.000200", "Under Help, About.", "U1ASKER", thread_ts="1772700000.000100"),
    ]
}


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace in which one of two threads was worked on to the end."""
    space = make.space(tmp_path / "w", '[dedup]\nembedder = "none"\n[split]\ndev = 0\ntest = 0\n')
    faq = tmp_path / "faq.md"
    faq.write_text("# FAQ\n\n## Is it free?\n\nYes, for ever.\n")
    ingest.run(space, [exported.folder(tmp_path / "acme", {**THREAD, **OTHER}), faq])
    rows = [_reworded(each) for each in store.read(space.ingested, Example)]
    make.stage_file(space.synthetic, rows, root=space.root)
    for command in ("curate dedup", "curate split"):
        assert make.run(command, cwd=space.root).code == 0
    run = space.runs / "first"
    run.mkdir()
    (run / "manifest.json").write_text("{}")
    (run / "answers.jsonl").write_text("\n".join(row.id for row in rows))
    (space.reports / "first.html").write_text("<p>Mail</p>")
    return space


def _reworded(example: Example) -> Example:
    return make.example(
        f"In other words: {example.question}",
        example.answer,
        family=example.family,
        origin=Origin(example.origin.source, "synth", parents=(example.id,), teacher="t"),
    )


def everything(space: Workspace) -> str:
    files = (path for path in space.root.rglob("*.*") if path.is_file())
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def states(space: Workspace) -> dict[str, str]:
    return {row.name: row.state for row in status.stages(space)}


def test_a_person_leaves_every_file_and_the_proof_tells_where(space: Workspace) -> None:
    assert "Settings > **Mail**" in everything(space)

    proof, path = forget.person(space, "U2HELPS")

    left = everything(space)
    assert "Settings > **Mail**" not in left
    assert "nightly" not in left
    assert "Under Help" in left
    assert "for ever" in left
    assert proof.removed["work/passages.jsonl"] == proof.removed["work/ingested.jsonl"] == 1
    assert proof.removed["work/unique.jsonl"] == 2
    assert proof.runs == ("first",)
    assert set(proof.deleted) >= {"runs/first/answers.jsonl", "reports/first.html"}
    assert (space.runs / "first" / "FORGOTTEN.json").exists()
    assert "U2HELPS" not in path.read_text()
    assert json.loads(path.read_text())["done"]


def test_what_is_left_is_fresh_and_its_counts_are_true(space: Workspace) -> None:
    before = states(space)

    forget.person(space, "U2HELPS")

    after = states(space)
    assert {name: after[name] for name in ("passages", "ingested", "unique", "split")} == {
        name: before[name] for name in ("passages", "ingested", "unique", "split")
    }
    assert "damaged" not in after.values()
    for path in space.work.rglob("*.manifest.json"):
        manifest = store.read_json(path, store.Manifest)
        assert manifest.taken == manifest.kept + sum(manifest.dropped.values())


def test_a_later_ingest_does_not_bring_the_person_back(space: Workspace, tmp_path: Path) -> None:
    forget.person(space, "U2HELPS")

    done = ingest.run(space, [tmp_path / "acme"])

    assert done.passages.dropped == {"forgotten": 1}
    passages = list(store.read(space.passages, Passage))
    assert "Settings" not in "".join(turn.text for each in passages for turn in each.turns)
    assert "thanks [NAME]" in "".join(turn.text for each in passages for turn in each.turns)
    with ledger.opened(space.ledger) as book:
        assert book.pseudonym("slack:U2HELPS") == "[NAME]"


def test_a_command_that_was_killed_comes_to_the_same_end(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Path] = []

    def dies(self: rewriting.Rewritten) -> None:
        if len(published) == 2:
            raise KeyboardInterrupt
        published.append(self.path)
        self.part.replace(self.path)

    monkeypatch.setattr(rewriting.Rewritten, "publish", dies)
    with pytest.raises(KeyboardInterrupt):
        forget.person(space, "U2HELPS")
    monkeypatch.undo()
    assert "damaged" in states(space).values()

    proof, _ = forget.person(space, "U2HELPS")

    assert "Settings > **Mail**" not in everything(space)
    assert "damaged" not in states(space).values()
    assert len(list((space.work / "forgotten").iterdir())) == 1
    assert proof.removed["work/ingested.jsonl"] == 1


def test_a_source_leaves_with_all_that_was_made_of_it(space: Workspace) -> None:
    proof, _ = forget.source(space, "acme")

    kept: list[Record] = [*store.read(space.passages, Passage), *store.read(space.unique, Example)]
    assert {each.origin.source for each in kept if isinstance(each, (Passage, Example))} == {
        "faq.md"
    }
    assert not any(
        each.locator.startswith("acme/")
        for path in space.work.rglob("*.drops.jsonl")
        for each in store.read(path, Drop)
    )
    assert proof.what == "source"


def test_a_ticket_goes_with_its_sources_or_probes_and_others_stay(space: Workspace) -> None:
    gone, left = (
        next(each for each in store.read(space.passages, Passage) if said in str(each))
        for said in ("nightly", "Under Help")
    )
    probe = next(
        each.id for each in store.read(space.unique, Example) if each.family == gone.family
    )
    asked = [
        Ticket("t1", "from acme", "wrong", (gone.id,), 4),
        Ticket("t2", "from acme", "wrong", (left.id,), 4, withheld=(probe,)),
        Ticket("t3", "from acme", "wrong", (left.id,), 4),
    ]
    store.write_records(space.tickets, asked)

    forget.person(space, "U2HELPS")

    assert [each.id for each in store.read(space.tickets, Ticket)] == ["t3"]


def test_a_forgotten_source_does_not_come_back_under_any_name(
    space: Workspace, tmp_path: Path
) -> None:
    forget.source(space, "acme")
    (tmp_path / "acme").rename(tmp_path / "renamed")

    again = ingest.run(space, [tmp_path / "renamed", tmp_path / "faq.md"])

    assert "renamed: forgotten, and left out" in again.remarks
    assert {each.origin.source for each in store.read(space.passages, Passage)} == {"faq.md"}
    with pytest.raises(BadInputError, match="renamed was forgotten in this workspace"):
        ingest.run(space, [tmp_path / "renamed"])


@pytest.mark.parametrize("what", ["user", "source"])
def test_no_word_of_it_is_left_in_any_file(space: Workspace, what: str) -> None:
    """Also not in what other stages leave beside their records, nor in the database's free pages."""
    said = "Settings > **Mail**"
    [mine] = [each for each in store.read(space.ingested, Example) if said in each.answer]
    with ledger.opened(space.ledger) as book:
        book.sent("call")
        book.done("call", f"In short: {mine.answer}", prompt_tokens=1, completion_tokens=1)
    (space.work / "review").mkdir()
    queued = [{"record": mine.id}, {"quote": mine.answer}, {"record": "another"}]
    (space.work / "review" / "queue.jsonl").write_text(
        "".join(f"{json.dumps(q)}\n" for q in queued)
    )
    (space.reports / "second.html").write_text(f"<p>{mine.answer}</p>")
    (space.runs / "first" / "notes.json").write_text(json.dumps({"shown": mine.id}))
    assert everything(space).count(said) > 6

    proof, _ = forget.person(space, "U2HELPS") if what == "user" else forget.source(space, "acme")

    left = everything(space)
    assert said not in left
    assert mine.id not in left.replace(json.dumps(mine.id), "", 2)  # the proof names it
    assert (space.work / "review" / "queue.jsonl").read_text() == '{"record": "another"}\n'
    assert {"reports/second.html", "runs/first/notes.json"} <= set(proof.deleted)


def test_whom_nobody_knows_is_said_in_a_sentence(space: Workspace) -> None:
    with pytest.raises(BadInputError, match="Nobody with the id U0 was met in this workspace"):
        forget.person(space, "U0")
    with pytest.raises(BadInputError, match=r"No source chat .* there are: acme, faq\.md"):
        forget.source(space, "chat")
    assert make.run("curate forget", cwd=space.root).code == 2
    assert make.run("curate forget --user U2HELPS", cwd=space.root).code == 0


def test_a_conflict_card_of_the_person_goes_too(space: Workspace) -> None:
    rows = list(store.read(space.ingested, Example))
    mine = next(row for row in rows if row.origin.source != "faq.md")
    other = next(row for row in rows if row.origin.source == "faq.md")
    card = conflicts.Conflict("c1", conflicts.claim(mine), conflicts.claim(other), ("answers",))
    make.stage_file(space.conflicts, [card], root=space.root)

    ran = make.run("curate forget --user U1ASKER", cwd=space.root)

    assert ran.code == 0, ran.output
    assert not list(store.read(space.conflicts, conflicts.Conflict))


def test_what_people_were_asked_about_it_and_what_they_said_goes_too(space: Workspace) -> None:
    rows = list(store.read(space.ingested, Example))
    gone = next(row for row in rows if row.origin.source == "faq.md")
    stays = next(row for row in rows if row.origin.source != "faq.md")
    planted = make.example("Is it red?", gone.answer, origin=Origin("x", "x", parents=(gone.id,)))
    asked = [
        Asked(gone.id, "examples", "audit"),
        Asked(planted.id, "examples", "audit", gold="reject", planted=planted),
        Asked(stays.id, "examples", "audit"),
    ]
    journal.write(journal.asked_path(space), asked)
    journal.write(journal.opinions_path(space), [opinion(gone.id), opinion(stays.id)])

    forget.source(space, "faq.md")

    left = journal.read(journal.asked_path(space), Asked)
    said = journal.read(journal.opinions_path(space), Opinion)
    assert [each.subject for each in left] == [stays.id]
    assert [each.subject for each in said] == [stays.id]


def test_what_people_said_of_answers_about_it_goes_too(space: Workspace) -> None:
    """Comparisons, votes and codes: their lines name the item that they are about."""
    rows = list(store.read(space.ingested, Example))
    gone = next(row for row in rows if row.origin.source == "faq.md")
    stays = next(row for row in rows if row.origin.source != "faq.md")
    files = [
        space.work / "codes.jsonl",
        *(space.work.joinpath("humans", n) for n in ("comparisons.jsonl", "votes.jsonl")),
    ]
    for path in files:
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f'{{"subject":"{each.id}-0123"}}\n' for each in (gone, stays)))

    forget.source(space, "faq.md")

    assert {path.read_text() for path in files} == {f'{{"subject":"{stays.id}-0123"}}\n'}


@pytest.mark.parametrize("is_noted", [True, False])
def test_a_run_on_an_older_split_is_marked_for_what_that_split_held(
    space: Workspace, *, is_noted: bool
) -> None:
    _run_of_now(space, "older")
    _run_of_now(space, "heir", base="runs/older", split=[])
    kept = [each for each in store.read(space.ingested, Example) if "for ever" in each.answer]
    make.stage_file(space.unique, kept, root=space.root)
    assert make.run("curate split", cwd=space.root).code == 0
    _run_of_now(space, "newer")
    if not is_noted:
        for each in (space.work / "learnt").iterdir():
            each.unlink()

    proof, _ = forget.person(space, "U2HELPS")

    assert set(proof.runs) == {"first", "older", "heir"}


def _run_of_now(space: Workspace, name: str, **told: object) -> None:
    """A run that names the present split in its manifest, and answered nothing."""
    run = space.runs / name
    run.mkdir()
    train = store.mark(space.split / "train.jsonl", space.root, records=1)
    (run / "manifest.json").write_text(
        json.dumps({"name": name, "split": [msgspec.to_builtins(train)], **told})
    )
