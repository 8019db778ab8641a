import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.review import page, sources
from curation.review.journal import Asked
from curation.review.sources import Sources
from data.records import Review
from tests import make

PASSAGE = make.passage("How long?", "Backups are kept for thirty days. Then they are deleted.")
KNOWN = Sources({}, {PASSAGE.family: PASSAGE}, {})
OURS = {"div", "mark", "br", "b"}


class Shown(HTMLParser):
    """What a browser makes of a field."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(field)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs
        self.tags.append(tag)
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"])))
def test_nothing_in_a_source_becomes_markup_and_all_of_it_is_shown(text: str) -> None:
    shown = page.marked(text, sources.evidence(text, text))

    seen = Shown(shown)
    assert set(seen.tags) <= OURS
    assert "\n" not in shown
    assert seen.text == (text or "(no source is known)")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"])))
def test_a_question_shows_as_it_stands_although_the_screen_takes_it_for_html(text: str) -> None:
    """Whatever would be an element, and `&amp;` of a text that is about HTML."""
    for asked in (text, f"<b>{text}</b>", f"&lt;{text}", "R&D <3 a < b && c"):
        shown = page.of_comparison("c", asked, ("Yes.", "No."), "Yes.").fields["question"]

        seen = Shown(shown)
        assert (seen.tags, seen.text) == ([], asked)
    assert shown == asked


@pytest.mark.parametrize(
    "payload",
    [
        "<img src=x onerror=alert(1)>",
        "</div>\n\n![track](http://evil.example/p.png)",
        "</mark><script>alert(1)</script>",
        "half a pair \ud83d, \x00 and \u202e turned",
    ],
)
def test_a_hostile_opinion_or_source_is_text(payload: str) -> None:
    row = make.example(payload, payload, family="f")
    told = page.of_dispute(
        row,
        Asked(row.id, "adjudication", "disagreement"),
        Sources({}, {"f": make.passage(payload, payload)}, {}),
        [Review("ann", "fix", reason=payload, edited_answer=payload)],
    )

    for field in ("source", "opinions"):
        assert set(Shown(told.fields[field]).tags) <= OURS
        assert "\n" not in told.fields[field]
    assert "\x00" not in str(told.fields)
    assert "ann" not in re.sub(r"<[^>]*>", "", told.fields["opinions"].split(":")[0])
    str(told.fields).encode()


def test_what_the_answer_shares_with_its_source_is_marked() -> None:
    row = make.example("How long?", "They are kept for thirty days.", family=PASSAGE.family)

    shown = page.of_example(row, Asked(row.id, "examples", "audit"), KNOWN)

    assert "<mark>are kept for thirty days</mark>" in shown.fields["source"]


def test_an_annotator_reads_why_a_record_was_chosen_and_for_what_it_stands() -> None:
    row = make.example(family=PASSAGE.family)

    shown = page.of_example(row, Asked(row.id, "examples", "probe", members=("a", "b")), KNOWN)

    assert "examined" in shown.fields["why"]
    assert "stands for 2 more" in shown.fields["why"]


def test_a_judges_mark_fills_in_the_quality_and_never_the_verdict() -> None:
    scores = {"judge_a": 0.9, "judge_b": 0.7}
    row = msgspec.structs.replace(make.example(family=PASSAGE.family), scores=scores)

    [filled] = page.of_example(row, Asked(row.id, "examples", "audit"), KNOWN).prefilled

    assert (filled.question, filled.value, filled.score) == ("quality", 4, 0.8)
    assert filled.agent == "judge_a, judge_b"
