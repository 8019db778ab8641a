"""The bundled samples against what their writer knows to be true of them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from curation import ingest, qa
from curation.conflicts import Conflict
from curation.ingest import Ingested
from data import store
from data.records import Drop, Example, Passage
from data.workspace import Workspace
from tests import make

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "samples"


class Thread(msgspec.Struct):
    channel: str
    root_ts: str
    answer_ts: list[str] = []
    right_ts: list[str] = []
    wrong_ts: list[str] = []


class Post(msgspec.Struct):
    channel: str
    ts: str
    thread_ts: str = ""


class Faq(msgspec.Struct):
    entries_with_answer: int
    without_answer: list[str]
    toc_links: int


class Table(msgspec.Struct):
    rows: int
    rows_with_answer: int
    repeats_of_faq_md: list[str]


class Slack(msgspec.Struct):
    messages: int
    channels: int
    channels_missing_from_channels_json: list[str]
    top_level_units: dict[str, int]


class Truth(msgspec.Struct):
    faq_md: Faq
    faq_billing_csv: Table
    slack: Slack
    resolved: list[Thread]
    unanswered: list[Post]
    corrected: list[Thread]
    orphan_messages: list[Post]
    must_never_appear: dict[str, list[str]]


class Sample(NamedTuple):
    truth: Truth
    space: Workspace
    done: Ingested
    passages: list[Passage]

    def thread(self, ts: str) -> Passage:
        """The passage that holds a message."""
        return next(p for p in self.passages if any(turn.at == ts for turn in p.turns))

    def written(self) -> Iterator[str]:
        for path in self.space.work.glob("*.json*"):
            yield path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    space = make.space(tmp_path_factory.mktemp("samples") / "w")
    paths = [SAMPLES / name for name in ("faq.md", "faq_billing.csv", "slack")]
    done = ingest.run(space, paths)
    truth = msgspec.json.decode((ROOT / "tests/samples/truth.json").read_bytes(), type=Truth)
    return Sample(truth, space, done, list(store.read(space.passages, Passage)))


def test_the_counts_are_those_of_the_writer(sample: Sample) -> None:
    truth, dropped = sample.truth, sample.done.passages.dropped
    units = truth.slack.top_level_units
    entries = [p for p in sample.passages if p.kind == "faq"]
    repeats = len(truth.faq_billing_csv.repeats_of_faq_md)

    assert len(entries) == (
        truth.faq_md.entries_with_answer + truth.faq_billing_csv.rows_with_answer - repeats
    )
    assert dropped["repeated"] == repeats
    assert dropped["no-answer"] == (
        len(truth.faq_md.without_answer)
        + truth.faq_billing_csv.rows
        - truth.faq_billing_csv.rows_with_answer
    )
    assert dropped["bot-message"] == units["bot_message"] + units["thread_bot_root"]
    assert dropped["notice"] == units["join"]
    assert dropped["deleted"] == units["thread_deleted_root"]


def test_every_message_is_in_a_passage_or_a_drop(sample: Sample) -> None:
    turns = sum(len(p.turns) for p in sample.passages)
    lost = [
        drop
        for drop in store.read(store.drops_path(sample.space.passages), Drop)
        if drop.locator.startswith("slack/")
    ]

    assert turns + len(lost) == sample.truth.slack.messages
    for manifest in (sample.done.passages, sample.done.ingested):
        assert manifest.taken == manifest.kept + sum(manifest.dropped.values())


def test_what_the_lists_of_the_export_lack_is_told_and_read(sample: Sample) -> None:
    sources = json.loads(store.manifest_path(sample.space.passages).read_text())["details"][
        "sources"
    ]
    missing = sample.truth.slack.channels_missing_from_channels_json

    assert sources["slack"]["names"]["channels missing from channels.json"] == missing
    assert sources["slack"]["counts"]["channels"] == sample.truth.slack.channels
    assert sources["faq.md"]["counts"]["contents entries skipped"] == sample.truth.faq_md.toc_links
    assert sources["slack"]["counts"]["orphan threads"] == len(
        {post.thread_ts for post in sample.truth.orphan_messages}
    )
    assert any(f"slack/{missing[0]}#" in p.origin.locator for p in sample.passages)
    assert all("orphan" in sample.thread(o.ts).signals for o in sample.truth.orphan_messages)


def test_the_two_facts_that_changed_are_the_only_conflicts(sample: Sample) -> None:
    ran = make.run("curate dedup", cwd=sample.space.root)
    assert ran.code == 0, ran.output

    cards = store.read(sample.space.conflicts, Conflict)
    assert sorted(card.differs for card in cards) == [
        ("figure day: 30 or 90",),
        ("figure gb: 5 or 20",),
    ]


def test_at_least_nine_in_ten_resolved_threads_have_the_right_answer(sample: Sample) -> None:
    wrong = []
    for thread in sample.truth.resolved:
        found = qa.answer(sample.thread(thread.root_ts).turns)
        if found is None or not set(found.times) & set(thread.answer_ts):
            wrong.append(thread.root_ts)

    assert len(wrong) <= len(sample.truth.resolved) / 10, wrong


def test_resolved_threads_become_examples_and_unanswered_questions_do_not(sample: Sample) -> None:
    examples = [qa.example(sample.thread(t.root_ts)) for t in sample.truth.resolved]
    silent = [qa.example(sample.thread(post.ts)) for post in sample.truth.unanswered]

    assert sum(isinstance(each, Example) for each in examples) >= 0.9 * len(examples)
    assert {each.reason for each in silent if isinstance(each, Drop)} == {"no-answer"}
    assert not any(isinstance(each, Example) for each in silent)


def test_a_correction_is_chosen_over_what_it_corrects(sample: Sample) -> None:
    for thread in sample.truth.corrected:
        found = qa.answer(sample.thread(thread.root_ts).turns)

        assert found is not None
        assert set(found.times) == set(thread.right_ts)


def test_confirmed_answers_are_right_answers(sample: Sample) -> None:
    right = {t.root_ts: {*t.answer_ts, *t.right_ts} for t in sample.truth.resolved}
    confirmed = {
        root: found.times
        for root in right
        if (found := qa.answer(sample.thread(root).turns)) and found.confirmed
    }

    assert len(confirmed) >= 0.6 * len(right)
    hits = [set(times) <= right[root] for root, times in confirmed.items()]
    assert sum(hits) >= 0.95 * len(confirmed)


def test_nothing_planted_reaches_a_file(sample: Sample) -> None:
    planted = [each for kind in sample.truth.must_never_appear.values() for each in kind]

    for written in sample.written():
        assert not [each for each in planted if each in written]
        assert not re.search(r"<@[UW]|<#C|&(?:amp|lt|gt);|xox[a-z]-|files\.slack", written)
