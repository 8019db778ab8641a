"""The loop from wrong answers to new rows and back, with models that say what a test wants."""

import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from data import store, workspace
from data import tickets as kept_tickets
from data.records import Example, Measured, Ticket
from data.store import FileMark
from data.workspace import Workspace
from eval import diagnosis, evaluation, paid, placebo, report, slices, tickets
from eval.comparison import Result
from eval.items import SEEN_WORDING
from tests import make
from tests.eval import canned
from tests.eval.payloads import PAYLOADS

THINGS = ("password tariff invoice backup folder licence printer calendar webhook proxy").split()
MORE = (
    "meeting signature keyboard receipt terminal widget scanner mailbox cluster firewall"
).split()
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
    return paid.measure(space, space.runs / run)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A split made by the real stages, and a run that knows only what it was taught word for word."""
    folder = tmp_path_factory.mktemp("first")
    space = split_of(folder, THINGS)
    assert evaluated(space, "first", set()) == []
    return folder


def split_of(folder: Path, things: Sequence[str]) -> Workspace:
    """A fact about each of these, split by the real stages."""
    entries = (
        f"## How do I change the {thing} of station {n}?\n\nOpen {thing.title()} and press {n}."
        for n, thing in enumerate(things)
    )
    (folder / "faq.md").write_text("# FAQ\n\n" + "\n\n".join(entries) + "\n")
    space = make.space(folder, TOML)
    typed(space, "curate ingest faq.md", "synth run", "curate dedup", "curate split")
    return space


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

    assert paid.measure(space, space.runs / "second") == []
    assert [each.state for each in kept_tickets.read(space)] == ["filled"]


@pytest.mark.parametrize(("aimed", "by_lot", "state"), [(10, 1, "paid"), (7, 7, "not paid")])
def test_a_ticket_has_paid_only_beyond_what_rows_about_any_facts_gain(
    many: Path, tmp_path: Path, aimed: int, by_lot: int, state: str
) -> None:
    shutil.copytree(many, tmp_path / "copy")
    space = workspace.find(tmp_path / "copy")
    ticket, by_chance = kept_tickets.read(space)
    known = {*ticket.withheld[:aimed], *by_chance.withheld[:by_lot]}

    ticket, by_chance = evaluated(space, "second", known)

    assert (ticket.state, by_chance.state) == (state, "filled")
    assert ticket.measured is not None
    assert ticket.measured.gain == pytest.approx(aimed / 10)
    assert ticket.measured.placebo == pytest.approx(by_lot / 10)
    assert ticket.measured.unchecked == (tickets.TEXT_HOLDS,)
    assert ticket.measured.beyond is not None
    assert (ticket.measured.beyond[0] > 0) == (state == "paid")
    typed(space, "evaluate report second")
    page = (space.reports / "second.html").read_text()
    assert f"placebo +{by_lot}0.0 points, beyond it" in page


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More facts are wrong than a round may ask for; a placebo was filled with the ticket."""
    folder = tmp_path_factory.mktemp("many")
    space = split_of(folder, (*THINGS, *MORE))
    assert evaluated(space, "first", set()) == []
    asked = typed(space, "evaluate report first")
    assert "`synth run --tickets --placebo`" in asked
    assert "guards: other-probes, neutral-text" in asked
    made = typed(space, "synth run --tickets --placebo", "curate dedup", "curate split")
    assert "placebo " in made
    return folder


def test_a_placebo_is_about_other_facts_as_many_and_its_rows_stay(many: Path) -> None:
    space = workspace.find(many)

    ticket, by_chance = kept_tickets.read(space)

    assert by_chance.placebo
    assert not set(ticket.sources) & set(by_chance.sources)
    assert not set(ticket.withheld) & set(by_chance.withheld)
    assert (by_chance.wanted, by_chance.made) == (ticket.wanted, ticket.made)
    whole = space.synthetic.read_bytes()
    typed(space, "synth run")
    assert space.synthetic.read_bytes() == whole


def test_where_all_wrong_facts_are_asked_for_there_is_no_placebo(space: Workspace) -> None:
    typed(space, "evaluate report first")

    for command in ("synth run --tickets --placebo", "synth run --placebo"):
        ran = make.run(command, cwd=space.root)
        assert ran.code == 2
        assert "placebo" in ran.output


def test_what_a_placebo_would_have_gained_is_weighed_by_what_was_wrong() -> None:
    flips = [
        *(placebo.Flip(f"w{n}", before=False, after=n < 5) for n in range(10)),
        *(placebo.Flip(f"r{n}", before=True, after=n < 27) for n in range(30)),
    ]

    alike, mostly_wrong = (placebo.gain_at(share, flips, seed=1) for share in (0.25, 0.8))

    assert alike is not None
    assert alike.mean == pytest.approx((5 - 3) / 40)
    assert mostly_wrong is not None
    assert mostly_wrong.mean == pytest.approx(0.8 * 0.5 - 0.2 * 0.1)
    assert alike.interval.low < alike.mean < alike.interval.high
    assert placebo.gain_at(0.5, [f for f in flips if f.before], seed=1) is None


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
    opened = [each for each in passages(found) if not each.placebo]
    assert sum(each.wanted for each in opened) <= 75
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
