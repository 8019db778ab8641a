import base64
import hashlib
import html
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from data.errors import BadInputError
from data.ledger import Spent
from data.records import Finding, Origin, Review
from data.settings import JudgeSettings
from eval import report, story
from eval.explorer import Index, Row
from eval.items import SEEN_WORDING, UNSEEN_SOURCE, Item
from eval.judge.card import Card
from eval.judge.judgement import Judgement, Verdict
from eval.judge.labels import Opinion
from eval.story import LeakCertificate, LeakRule, Stage, Story
from tests import make
from tests.eval import canned, screen
from tests.eval.payloads import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RIGHT = "Open Settings, choose Security and press Reset."


class Elements(HTMLParser):
    """The elements of a page, as a browser without scripts sees them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def hostile() -> report.Evaluation:
    """Payloads wherever a text of a user or a model can stand."""
    said: list[canned.Said] = []
    findings = []
    for payload in PAYLOADS:
        item = canned.item(payload, payload, family=payload)
        origin = Origin(payload, payload, (payload,), payload, payload)
        review = Review(payload, "keep", payload)
        example = msgspec.structs.replace(item.example, origin=origin, reviews=(review,))
        said.append((Item(example, item.question_set), f"base {payload}", f"tuned {payload}"))
        findings.append(
            Finding("first", "tuned", item.id, f"{payload}@1", "error", (0, 5), f"found {payload}")
        )
    found = canned.with_people(canned.evaluation(said, findings, run=PAYLOADS[1]), PAYLOADS)
    annotators = tuple(story.Annotator(payload, 3, 1, 2) for payload in PAYLOADS)
    agreed = story.Agreement((story.Alpha("verdict", 9, 18, 0.71, 0.6, 0.8),), annotators)
    stages = [Stage(each, each, 2, 1, {each: 1}, canned.ANSWERED) for each in PAYLOADS]
    rules = tuple(LeakRule(each, ran=True, note=each) for each in PAYLOADS)
    told = Story(stages, LeakCertificate(rules, 1, 1), agreement=agreed)
    return replace(
        found,
        story=told,
        judged=judged_by_payloads(found),
        meanings={each: each for each in PAYLOADS[:20]},
        trained_on=[result.item.example for result in found.results],
    )


def judged_by_payloads(found: report.Evaluation) -> Card:
    """A judge that passes and fails all that is said, with a payload as the reason."""
    results = {each.item.id: each for each in found.results}
    said: tuple[tuple[str, Verdict], ...] = (("tuned", "pass"), ("base", "unscored"))
    graded = [
        Judgement(
            "first", arm, key, "rubric", "drawn", verdict, payload, criteria={payload: "fail"}
        )
        for (key, payload) in zip(results, PAYLOADS, strict=False)
        for arm, verdict in said
    ]
    pairs = [
        Judgement("first", "tuned", key, "pairwise", "drawn", "pass", payload, payload, {}, "base")
        for key, payload in zip(results, PAYLOADS, strict=False)
    ]
    opinions: dict[tuple[str, str], Opinion] = {(key, "tuned"): "fail" for key in results}
    settings = JudgeSettings(model=PAYLOADS[0])
    judgements = [*graded, *pairs]
    return Card(
        settings, PAYLOADS[1], judgements, results, opinions, 1, Spent(1, 2, 3), PAYLOADS[:3]
    )


def test_the_page_tells_how_far_annotators_agree() -> None:
    page = page_of(hostile())

    assert "How far annotators agree" in page
    assert "What people prefer" in page
    assert "What people called the errors" in page
    assert "0.60 to 0.80" in page


def page_of(found: report.Evaluation) -> str:
    return report.render(found).decode()


def unpacked(page: str, name: str) -> bytes:
    block = re.search(
        rf'<script type="application/octet-stream" id="{name}">([^<]*)</script>', page
    )
    assert block is not None
    return zlib.decompress(base64.b64decode(block[1], validate=True))


def data_of(page: str) -> list[Row]:
    return msgspec.json.decode(unpacked(page, "texts-0"), type=list[Row])


def test_no_text_of_a_model_or_a_user_becomes_markup() -> None:
    page = page_of(hostile())

    elements = Elements(page).seen

    assert [tag for tag, _ in elements].count("script") == 4
    assert not any(tag == "img" for tag, _ in elements)
    assert not any(name.startswith("on") for _, attributes in elements for name in attributes)
    assert "{{7*7}}" in page
    previews = msgspec.json.decode(unpacked(page, "index"), type=Index).preview
    assert [start + row.rest for start, row in zip(previews, data_of(page), strict=True)] == [
        payload.replace("\ud83d", "?") for payload in PAYLOADS
    ]


def test_nothing_is_fetched_from_anywhere() -> None:
    for tag, attributes in Elements(page_of(hostile())).seen:
        assert "src" not in attributes
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        assert (attributes.get("href") or "#").startswith("#")


def test_the_policy_allows_exactly_the_script_and_style_of_the_page() -> None:
    page = page_of(hostile())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    script = re.search(r"<script>(.*?)</script>", page, re.S)
    assert policy is not None
    assert style is not None
    assert script is not None

    allowed = html.unescape(policy[1]).split("; ")

    for kind, text in (("style-src", style[1]), ("script-src", script[1])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in allowed
    assert "default-src 'none'" in allowed
    assert "require-trusted-types-for 'script'" in allowed
    assert not any("unsafe" in rule for rule in allowed)
    assert not any("style" in attributes for _, attributes in Elements(page).seen)


def test_equal_input_gives_equal_bytes() -> None:
    assert report.render(hostile()) == report.render(hostile())


@pytest.mark.parametrize(
    ("base", "tuned", "outcome"),
    [
        ("", RIGHT, "fixed"),
        (RIGHT, "", "broken"),
        (RIGHT, RIGHT, "both-right"),
        ("", "", "both-wrong"),
    ],
)
def test_one_item_is_enough_for_a_report(base: str, tuned: str, outcome: str) -> None:
    page = page_of(canned.evaluation([(canned.item(), base, tuned)]))

    index = msgspec.json.decode(unpacked(page, "index"), type=Index)
    assert index.outcomes[index.outcome[0]] == outcome
    assert "of 1 taught answers exactly" in page


def test_the_page_says_what_each_set_of_questions_means() -> None:
    said = [
        (canned.item(), "", RIGHT),
        (canned.item("Invoices?", question_set=UNSEEN_SOURCE), "", ""),
        (canned.item("Reset?", question_set=SEEN_WORDING), "", RIGHT),
    ]

    page = page_of(canned.evaluation(said))

    assert "This is the score to watch." in page
    assert "it cannot know them" in page
    assert "This checks memory only" in page


def test_the_place_of_a_finding_is_counted_as_javascript_counts() -> None:
    item = canned.item()
    found = Finding("first", "tuned", item.id, "misspelling@1", "warning", (2, 9), "typo")

    page = page_of(canned.evaluation([(item, "", "🙂 recieve")], [found]))

    [mark] = data_of(page)[0].findings
    assert (mark.start, mark.end) == (3, 10)


def test_the_story_of_the_data_names_what_left_and_which_rule_did_not_run() -> None:
    stages = [
        Stage("dedup", "work/unique.jsonl", 391, 360, {"near-duplicate": 31}, canned.ANSWERED)
    ]
    rules = (LeakRule("minhash", ran=True, barred=5), LeakRule("embedding", ran=False))
    told = Story(stages, LeakCertificate(rules, 200, 70), losses=[(1, 4.0), (2, 1.0), (3, 0.25)])
    found = canned.evaluation([(canned.item(), "", RIGHT)])

    page = page_of(
        report.Evaluation(found.trained, found.results, {}, canned.ANSWERED, story=told)
    )

    assert "near-duplicate&nbsp;31" in page
    assert "did not run" in page
    assert "from 4.00" in page


def test_a_page_is_shortened_until_it_fits_and_says_so() -> None:
    long = " ".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(60))
    both_right = canned.item("Long?", long)
    broken = canned.item("Short?", RIGHT)
    found = canned.evaluation([(both_right, long, long), (broken, RIGHT, "")])
    whole = report.render(found)

    small = report.render(found, len(whole) - 500)

    first, second = data_of(small.decode())
    assert (first.short, second.short) == (True, False)
    assert len(first.expected) < 200
    assert "1 of 2 items show only the beginning" in small.decode()
    with pytest.raises(BadInputError, match="ask for at least 1"):
        report.render(found, 10_000)


def test_items_beyond_the_first_block_are_found_by_their_number() -> None:
    said = [(canned.item(f"Question {n}?", "Yes."), "No.", "Yes.") for n in range(300)]

    page = page_of(canned.evaluation(said))

    index = msgspec.json.decode(unpacked(page, "index"), type=Index)
    later = msgspec.json.decode(unpacked(page, "texts-1"), type=list[Row])
    assert index.size == 256
    assert index.preview[259] == "Question 259?"
    assert later[3].family == said[259][0].example.family


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    if screen.CHROMIUM is None:
        pytest.skip("needs chromium")
    with screen.browser() as chromium:
        yield chromium


def test_nothing_runs_and_nothing_is_fetched_whatever_the_texts_hold(
    browser: "Browser", tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(report.render(hostile()))

    assert screen.harm(browser, path) == []


def test_a_link_leads_to_an_item_with_its_differences_and_evidence(
    browser: "Browser", tmp_path: Path
) -> None:
    item = canned.item("Reset?", "Open Settings and press Reset.")
    said = [(canned.item(), RIGHT, ""), (item, "", "Open Setings and press Reset now.")]
    found = Finding("first", "tuned", item.id, "empty@1", "error", (5, 12), "a typo")
    path = tmp_path / "report.html"
    taught = make.example("How to reset?", "Press Reset now.")
    told = replace(canned.evaluation(said, [found]), trained_on=[taught])
    path.write_bytes(report.render(told))

    with screen.opened(browser, path, anchor=f"#item={item.id}") as page:
        page.wait_for_selector("#detail h3:text('Reset?')")
        tuned = page.locator("#detail .tuned dd")

        assert tuned.locator("del").all_inner_texts() == ["Settings "]
        assert "Setings" in tuned.locator("mark").inner_text()
        assert tuned.locator("ins").last.inner_text() == "now"
        assert f"curate show {taught.id}" in page.inner_text("#detail .taught")
        page.fill("input[name=q]", "press setings")
        page.wait_for_function("document.getElementById('shown').textContent === '1 of 2'")
        assert "q=press+setings" in page.url


def test_labels_and_notes_are_kept_and_exported_by_keyboard(
    browser: "Browser", tmp_path: Path
) -> None:
    said = [(canned.item(f"Question {n}?", "Yes."), "", "No.") for n in range(2)]
    path = tmp_path / "report.html"
    path.write_bytes(report.render(canned.evaluation(said)))

    with screen.opened(browser, path) as page:
        for key in ("l", "v", "a", "g", "u", "e", "Enter", "Escape", "j", "1", "c", "x", "Escape"):
            page.keyboard.press(key)
        page.reload()
        page.wait_for_selector("#kept:text('2 coded')")
        page.fill("#coder", "ann")
        with page.expect_download() as download:
            page.click("#export")
        lines = download.value.path().read_text(encoding="utf-8").splitlines()

    coded = [json.loads(line) for line in lines]
    assert {(each["coder"], *each["labels"], each["note"]) for each in coded} == {
        ("ann", "vague", ""),
        ("ann", "vague", "x"),
    }
    assert {each["example"] for each in coded} == {item.id for item, _, _ in said}


def test_a_screen_reader_meets_no_obstacle(browser: "Browser", tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    said = [(canned.item(), "", RIGHT), (canned.item("Two?", RIGHT), RIGHT, "Press Reset.")]
    found = canned.with_people(canned.evaluation(said), ("vague", "wrong plan", "odd"))
    path.write_bytes(report.render(replace(found, judged=judged_by_payloads(found))))

    met = [each for dark in (False, True) for each in screen.obstacles(browser, path, dark=dark)]

    assert met == []
