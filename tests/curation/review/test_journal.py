from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from curation.review import journal
from curation.review.journal import Opinion
from tests.curation.review.told import opinion


def merged(known: list[Opinion], fetched: list[Opinion]) -> list[Opinion]:
    """After a fetch from a server that holds three records."""
    return journal.merge(known, fetched, frozenset(f"record of {e}" for e in ("e1", "e2", "e3")))


@given(st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.sampled_from(["e1", "e2", "e3"]))))
def test_fetching_again_loses_nothing_and_doubles_nothing(said: list[tuple[str, str]]) -> None:
    fetched = list({each.id: each for each in (opinion(e, a) for a, e in said)}.values())

    once = merged([], fetched)

    assert sorted(each.id for each in once) == sorted(each.id for each in fetched)
    assert merged(once, fetched) == once
    assert merged(merged([], fetched[: len(fetched) // 2]), fetched) == once


def test_a_changed_response_replaces_the_earlier_one() -> None:
    earlier, later = opinion("e1", verdict="keep"), opinion("e1", verdict="reject", at="05:00")

    assert merged([earlier], [later]) == [later]


def test_a_response_that_was_taken_back_is_kept_and_does_not_count() -> None:
    [left] = merged([opinion("e1")], [])

    assert left.status == "withdrawn"
    assert journal.reviews([left]) == {}


def test_what_was_said_about_a_record_that_is_gone_from_the_server_stays() -> None:
    assert merged([opinion("gone")], []) == [opinion("gone")]


def test_a_record_that_was_deleted_and_sent_again_keeps_what_was_said() -> None:
    before = msgspec.structs.replace(opinion("e1"), id="before", record="deleted")
    again = opinion("e1", verdict="reject", at="05:00")

    kept = merged([before], [])
    both = merged([before], [again])

    assert kept == [before]
    assert [review.verdict for review in journal.reviews(both)["e1"]] == ["reject"]


def test_a_draft_is_of_no_interest_until_it_was_submitted() -> None:
    draft = msgspec.structs.replace(opinion("e1"), status="draft")

    assert merged([], [draft]) == []
    assert journal.reviews(merged([opinion("e1")], [draft])) == {}


def test_a_rating_left_as_it_was_filled_in_is_no_rating() -> None:
    values = {"verdict": "keep", "quality": 4}
    said = [opinion("e1", values=values, untouched=["quality"]), opinion("e2", values=values)]

    found = journal.reviews(said)

    assert found["e1"][0].rating is None
    assert found["e2"][0].rating == 4


def test_what_cannot_be_read_is_counted_and_no_opinion() -> None:
    said = [opinion("e1", verdict="splendid"), opinion("e2")]

    assert set(journal.reviews(said)) == {"e2"}
    assert journal.unreadable(said) == 1


def test_time_is_counted_between_responses_and_not_over_breaks() -> None:
    said = [opinion("e1", at="00:00"), opinion("e2", at="00:40"), opinion("e3", at="40:00")]

    assert journal.seconds(said) == {said[1].id: 40.0}


def test_the_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "opinions.jsonl"
    said = [opinion("e1", values={"verdict": "fix", "corrected": "Press Reset."})]

    journal.write(path, said)

    assert journal.read(path, Opinion) == said
