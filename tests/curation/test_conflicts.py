from pathlib import Path

import pytest

from curation import conflicts, contradictions, figures, settle
from curation.conflicts import Keep
from data import store
from data.records import Drop, Example, Origin
from data.settings import DedupSettings
from tests import make

OLD = make.example("How large may a file be?", "A single file may be up to 5 GB on every plan.")
NEW = make.example(
    "what is the real cap for one file?",
    "Since March it is 20 GB for a single file, on every plan.",
    origin=Origin("slack", "slack/help/2026-04-07.json#1775575202.536019"),
)


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("up to 5 GB", "up to 20 GB", ["gb: 5 or 20"]),
        ("after 30 days", "new ones live 90 days now, old ones 30 days", ["day: 30 or 30, 90"]),
        ("within 14 days", "you have 14 days", []),
        ("5 seats and 50 GB", "50 GB", []),
        ("keep 30 days", "30 days, in 3 steps", []),
        ("see https://x.example/5-days", "6 days", []),
        ("10 percent", "15 %", ["%: 10 or 15"]),
        ("a break of 1 hour", "60 minutes", []),
        ("up to 1 GB", "1024 MB", []),
        ("six months", "6 months", []),
        ("an hour and a half", "90 minutes", []),
        ("2 weeks", "three days", ["time: 2 week or 3 day"]),
        ("until 6 pm", "until 18:00", []),
        ("until 6 pm", "until 20:30", ["o'clock: 18:00 or 20:30"]),
        ("on port 8080", "on port 3000", ["port: 8080 or 3000"]),
        ("3 to 5 working days", "10 days", ["day: 5 or 10"]),
        ("$75", "75 dollars", []),
        ("by the 5th of the month", "by the 20th of each month", ["th month: 5 or 20"]),
    ],
)
def test_figures_differ_where_a_unit_has_other_values(
    one: str, other: str, differs: list[str]
) -> None:
    assert list(map(str, figures.different(one, other))) == differs


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (
            "Use Ferrybox Pro here.",
            "Use Ferrybox Lite here.",
            "name: Ferrybox Pro or Ferrybox Lite",
        ),
        ("It is kept in Frankfurt.", "It is kept in Dublin.", "name: Frankfurt or Dublin"),
        ("Yes, it is.", "No, that was removed.", "negation: yes or no"),
        ("Guests can read it.", "Guests cannot read it.", "negation: guest read"),
        ("It is enabled for guests.", "It is disabled for guests.", "negation: enabl guest"),
        ("Overtime is unpaid.", "Overtime is paid.", "negation: overtim paid"),
        (
            "An appointment is necessary.",
            "No appointment is necessary.",
            "negation: appointment requir",
        ),
        (
            "You need a referral here.",
            "Come here without a referral.",
            "negation: referral requir",
        ),
        ("You can read. You cannot read mail.", "You can read. You cannot read mail!", ""),
        ("You need the Business plan.", "The Business plan has it, ask Sales.", ""),
        ("Guests cannot read it.", "Guests can't read it, nor can bots.", ""),
        ("Open Settings.", "Open Settings. Do not press Reset.", ""),
    ],
)
def test_names_and_denials_in_the_same_place_contradict(
    one: str, other: str, differs: str
) -> None:
    assert contradictions.differences(one, other) == ((differs,) if differs else ())


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("Open **Sync > Folders** and clear a box.", "Open **Profile** and press **Wipe**.", ""),
        ("First seen in Wuhan, in 2019.", "In Berlin the virus is rare.", ""),
        ("Wash your hands for 20 seconds.", "Stay at home for 14 days.", ""),
        ("In grade K-12 schools open.", "In COVID-19 schools close.", ""),
        ("Keep the shared folder. ```\ncd Docs\n```", "Use it. ```\ncd Files\n```", ""),
        ("See the Healthcare Setting rules.", "See the Healthcare Settings rules.", ""),
        ("Not all releases are bugfix releases.", "They are all bugfix releases.", ""),
        ("Yes, you may pay by card.", "No, cheques are not taken.", ""),
        (
            "Use it. Audit logs are part of Business.",
            "Yes. Audit logs are part of Enterprise.",
            "name: Business or Enterprise",
        ),
        (
            "A link expires after 30 days. Renew it.",
            "Sorry! New links live for 90 days now.",
            "figure day: 30 or 90",
        ),
    ],
)
def test_answers_to_two_questions_are_compared_where_they_speak_of_the_same(
    one: str, other: str, differs: str
) -> None:
    told = contradictions.differences(one, other, same_question=False)

    assert told == ((differs,) if differs else ())


def test_one_answer_in_other_words_is_no_conflict(tmp_path: Path) -> None:
    one = make.example(
        "Is it free?", "Open Settings, choose Security and press Reset.", family="a"
    )
    two = make.example("Is it free?", "Go to Settings, then Security, and hit Reset.", family="b")

    asked = [(one.id, two.id)]
    assert not conflicts.find([one, two], asked, DedupSettings(), tmp_path / "vectors.sqlite")


def test_the_side_that_reviewers_kept_settles_its_card(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    [card] = conflicts.find([OLD, NEW], (), DedupSettings(), space.vectors)
    make.stage_file(space.conflicts, [card], root=tmp_path)

    done = settle.settle_by_example(space, NEW.id, by="ann")

    winner = "first" if card.first.example == NEW.id else "second"
    assert done == [card]
    assert settle.settled(space) == {card.id: winner}
    assert settle.settle_by_example(space, NEW.id, by="ann") == []


def test_a_choice_without_a_card_is_refused(tmp_path: Path) -> None:
    make.space(tmp_path)

    said = make.run("curate settle --keep first", cwd=tmp_path)

    assert said.code == 2
    assert "`--keep` decides about one card" in said.output


def test_a_dedup_elsewhere_leaves_the_cards_of_the_workspace_alone(tmp_path: Path) -> None:
    space = make.space(tmp_path, '[dedup]\nembedder = "none"\n')
    make.stage_file(space.ingested, [OLD], root=tmp_path)
    make.stage_file(space.conflicts, [], root=tmp_path)
    before = space.conflicts.read_bytes(), store.manifest_path(space.conflicts).read_bytes()

    said = make.run("curate dedup -o other.jsonl", cwd=tmp_path)

    assert said.code == 0, said.output
    after = space.conflicts.read_bytes(), store.manifest_path(space.conflicts).read_bytes()
    assert after == before
    assert (tmp_path / "other.conflicts.jsonl").exists()


def test_an_old_faq_and_a_new_thread_make_a_card_with_its_date(tmp_path: Path) -> None:
    cards = conflicts.find([OLD, NEW], (), DedupSettings(), tmp_path / "vectors.sqlite")

    [card] = cards
    assert card.differs == ("figure gb: 5 or 20",)
    assert {card.first.date, card.second.date} == {"", "2026-04-07"}


def test_both_sides_of_an_open_card_stay_out_and_the_winner_of_a_settled_one_stays(
    tmp_path: Path,
) -> None:
    [card] = conflicts.find([OLD, NEW], (), DedupSettings(), tmp_path / "vectors.sqlite")
    winner: Keep = "first" if card.first.example == NEW.id else "second"

    waiting = list(conflicts.set_aside([OLD, NEW], [card], {}))
    decided = list(conflicts.set_aside([OLD, NEW], [card], {card.id: winner}))

    assert [d.reason for d in waiting if isinstance(d, Drop)] == ["conflict", "conflict"]
    assert [d.reason for d in decided if isinstance(d, Drop)] == ["settled-against"]
    assert [e for e in decided if isinstance(e, Example)] == [NEW]


def test_settling_is_kept_and_the_last_word_counts(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    cards = conflicts.find([OLD, NEW], (), DedupSettings(), space.vectors)
    make.stage_file(space.conflicts, cards, root=tmp_path)

    first = make.run(f"curate settle {cards[0].id[:8]} --keep first", cwd=tmp_path)
    second = make.run(f"curate settle {cards[0].id[:8]} --keep both", cwd=tmp_path)

    assert (first.code, second.code) == (0, 0)
    assert settle.settled(space) == {cards[0].id: "both"}
    assert not settle.open_cards(space)


def test_an_unknown_card_or_choice_is_refused_with_what_to_type(tmp_path: Path) -> None:
    make.space(tmp_path)

    card = make.run("curate settle abc --keep first", cwd=tmp_path)
    choice = make.run("curate settle abc --keep newest", cwd=tmp_path)

    assert (card.code, choice.code) == (2, 2)
    assert "No card abc; `curate settle` lists the open ones" in card.output
    assert "first, second, both or neither" in choice.output
