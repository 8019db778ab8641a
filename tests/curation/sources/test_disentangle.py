from pathlib import Path

from curation import ingest
from curation.sources import disentangle, threads
from curation.sources.threads import Said
from data import store
from data.records import Example, Passage
from tests import make
from tests.curation.sources import exported
from tests.curation.sources.exported import said


def talk(*lines: tuple[int, str, str]) -> list[list[str]]:
    """The texts of the conversations that these seconds, authors and words fall into."""
    told = [Said(f"{1000 + at}.0", f"{1000 + at}.0", who, text, "x") for at, who, text in lines]
    joined = disentangle.join(threads.build(told), lambda author: author)
    return [[each.text for each in conversation.said] for conversation in joined]


def test_two_talks_at_once_are_told_apart_by_who_is_addressed() -> None:
    found = talk(
        (0, "ann", "how do I mount a volume in the worker?"),
        (20, "bob", "does the registry support deletes?"),
        (40, "eve", "ann: use the volumes key of the worker"),
        (60, "tim", "bob: yes, but only by digest"),
        (80, "ann", "eve: thanks, that works"),
    )

    assert found == [
        [
            "how do I mount a volume in the worker?",
            "ann: use the volumes key of the worker",
            "eve: thanks, that works",
        ],
        ["does the registry support deletes?", "bob: yes, but only by digest"],
    ]


def test_what_comes_hours_later_is_another_talk() -> None:
    assert len(talk((0, "ann", "is it up?"), (20_000, "bob", "lunch at noon"))) == 2


def test_an_answer_outside_threads_is_found_only_on_request_and_marked(tmp_path: Path) -> None:
    days = {
        "help/2026-03-01.json": [
            said("1772400000.1", "How do I turn off the nightly mail?"),
            said("1772400100.1", "<@U1ASKER> Settings, Mail, untick Nightly.", "U2HELPS"),
            said("1772400160.1", "perfect, that worked"),
        ]
    }
    export = exported.folder(tmp_path / "acme", days)
    plain, guessed = make.space(tmp_path / "plain"), make.space(tmp_path / "guessed")

    ingest.run(plain, [export])
    ingest.run(guessed, [export], disentangle=True)

    assert list(store.read(plain.ingested, Example)) == []
    (passage,) = store.read(guessed.passages, Passage)
    assert passage.signals == ("disentangled",)
    (pair,) = store.read(guessed.ingested, Example)
    assert pair.answer == "Settings, Mail, untick Nightly."
    assert "disentangled" in pair.signals
