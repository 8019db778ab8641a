"""The loop from wrong answers to new rows and back, with models that say what a test wants."""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from data import store, workspace
from data import tickets as kept_tickets
from data.records import Example, Measured, Ticket
from data.store import FileMark
from data.workspace import Workspace
from eval import diagnosis, evaluation, report, slices, tickets
from eval.comparison import Result
from eval.items import SEEN_WORDING
from tests import make
from tests.eval import canned
from tests.eval.payloads import PAYLOADS

THINGS = ("password tariff invoice backup folder licence printer calendar webhook proxy").split()
TOML = '[dedup]\nembedder = "none"\n[split]\ndev = 0\ntest = 0\nprobes = 1.0\n[synth]\nrewordings = 3\n'


def typed(space: Workspace, *commands: str) -> str:
    said = ""
    for command in commands:
        ran = make.run(command, cwd=space.root)
        assert ran.code == 0, ran.output
        said += ran.output
    return said


def rows(space: Workspace, name: str) -> list[Example]:
    return list(store.read(space.split / f"{name}.jsonl", Example))


def evaluated(space: Workspace, run: str, known: set[str]) -> list[Ticket]:
    """A run that knows all training rows and, in other words, these questions."""
    files: list[FileMark] = [
        store.mark(space.split / f"{name}.jsonl", space.root) for name in ("train", "probes")
    ]
    store.write_json(space.runs / run / "manifest.json", make.manifest(run, split=tuple(files)))
    right = {each.question: each.answer for each in rows(space, "train")}
    right |= {each.question: each.answer for each in rows(space, "probes") if each.id in known}
    model = canned.models(lambda _: "", lambda question: right.get(question, "No idea."))
    evaluation.answer(space, space.runs / run, model)
    evaluation.check(space, space.runs / run)
    return tickets.measure(space, space.runs / run)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A split made by the real stages, and a run that knows only what it was taught word for word."""
    folder = tmp_path_factory.mktemp("first")
    entries = (
        f"## How do I change the {thing} of station {n}?\n\nOpen {thing.title()} and press {n}."
        for n, thing in enumerate(THINGS)
    )
    (folder / "faq.md").write_text("# FAQ\n\n" + "\n\n".join(entries) + "\n")
    space = make.space(folder, TOML)
    typed(space, "curate ingest faq.md", "synth run", "curate dedup", "curate split")
    assert evaluated(space, "first", set()) == []
    return folder


@pytest.fixture
def space(first: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(first, tmp_path / "copy")
    return workspace.find(tmp_path / "copy")


def filled(space: Workspace) -> None:
    typed(space, "evaluate report first", "synth run --tickets", "curate dedup", "curate split")


def test_wrong_answers_open_a_ticket_that_holds_no_word_of_a_probe(space: Workspace) -> None:
    said = typed(space, "evaluate report first")
    before = space.tickets.read_bytes()

    assert "next: synth run --tickets" in said
    [ticket] = kept_tickets.read(space)
    assert ticket.state == "open"
    assert ticket.run == "first"
    assert ticket.diagnosis == diagnosis.COVERAGE_GAP.name
    assert ticket.withheld == tuple(sorted(each.id for each in rows(space, "probes")))
    text = before.decode()
    assert not any(each.question in text or each.answer in text for each in rows(space, "probes"))
    typed(space, "evaluate report first")
    assert space.tickets.read_bytes() == before
    assert "`synth run --tickets` writes them" in typed(space, "curate status")


def test_a_filled_ticket_has_rows_of_its_own_and_its_probes_stay_probes(space: Workspace) -> None:
    probes = {each.id for each in rows(space, "probes")}

    filled(space)

    [ticket] = kept_tickets.read(space)
    assert (ticket.state, ticket.made) == ("filled", ticket.wanted)
    assert {each.id for each in rows(space, "probes")} == probes
    made = [each for each in rows(space, "train") if each.origin.ticket == ticket.id]
    assert len(made) > len(THINGS)
    written = store.read(space.synthetic, Example)
    assert not any(each.origin.ticket for each in written if each.id in probes)
    whole = space.synthetic.read_bytes()
    typed(space, "synth run")
    assert space.synthetic.read_bytes() == whole
    assert make.run("synth run --tickets", cwd=space.root).code == 2


@pytest.mark.parametrize(("share", "state"), [(1.0, "paid"), (0.1, "not paid")])
def test_the_next_run_says_whether_a_ticket_has_paid(
    space: Workspace, share: float, state: str
) -> None:
    filled(space)
    probes = sorted(each.id for each in rows(space, "probes"))
    known = set(probes[: round(share * len(probes))])

    [ticket] = evaluated(space, "second", known)

    assert ticket.state == state
    assert ticket.measured is not None
    assert (ticket.measured.before, ticket.measured.after) == (0, len(known))
    assert ticket.measured.interval is not None
    assert evaluated(space, "second", known) == [ticket]
    typed(space, "evaluate report second")
    page = (space.reports / "second.html").read_text()
    assert f"<td>{state}</td>" in page
    assert f"0 of {len(probes)} right in first" in page
    kept, *again = kept_tickets.read(space)
    assert kept == ticket
    assert again == []


def test_a_ticket_whose_rows_a_run_did_not_learn_is_not_measured(space: Workspace) -> None:
    typed(space, "evaluate report first", "synth run --tickets")

    assert tickets.measure(space, space.runs / "second") == []
    assert [each.state for each in kept_tickets.read(space)] == ["filled"]


SUBJECTS = ("invoice tariff refund", "folder archive restore", "licence seat upgrade")


def asked() -> report.Evaluation:
    """300 facts of three subjects, one row each; the first subject is mostly wrong in other words."""
    chance = random.Random(1)
    said: list[canned.Said] = []
    taught = []
    for n in range(300):
        words = " ".join(chance.choices(SUBJECTS[n % 3].split(), k=4))
        item = canned.item(f"{words} zzunseen number {n}?", "Press Reset.", family=f"fact {n}")
        wrong = chance.random() < (0.8 if n % 3 == 0 else 0.1)
        said.append((item, "", "No." if wrong else item.expected))
        taught.append(make.example(f"{words} {n}?", "Press Reset.", family=f"fact {n}"))
    found = canned.evaluation(said)
    search = slices.find(found.results, None, seed=1)
    return replace(found, search=search, trained_on=taught)


def passages(found: report.Evaluation) -> list[Ticket]:
    known = (
        msgspec.structs.replace(make.passage(row.family), family=row.family)
        for row in found.trained_on
    )
    return tickets.open_for(found, known)


def test_a_slice_that_wants_data_is_asked_for_within_a_quarter_of_the_rows() -> None:
    found = asked()

    [first, *_] = passages(found)

    assert first.diagnosis == diagnosis.COVERAGE_GAP.name
    assert any(word in first.slice for word in SUBJECTS[0].split())
    assert "zzunseen" not in first.slice
    assert sum(each.wanted for each in passages(found)) <= 75
    assert first.wanted == 4 * len(first.sources)


def test_where_training_failed_no_data_is_asked_for() -> None:
    found = asked()
    seen = canned.evaluation([(canned.item(question_set=SEEN_WORDING), "", "No.")]).results
    results: list[Result] = [*found.results, *seen]

    assert passages(replace(found, results=results)) == []


def test_what_a_ticket_is_called_never_becomes_markup() -> None:
    measured = Measured("second", 2, 0, 1, 0.5, None, broken=tuple(PAYLOADS))
    told = [
        Ticket(each, each, each, (each,), 4, run=each, state="paid", measured=measured)
        for each in PAYLOADS
    ]
    found = canned.evaluation([(canned.item(), "", "No.")])

    page = report.render(replace(found, tickets=[*told, Ticket("x", "y", "z", (), 4)])).decode()

    assert page.count("<script") == 4
    assert "<img" not in page
    assert "1 ticket asks for 4 new wordings" in page
