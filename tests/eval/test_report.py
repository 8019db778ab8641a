import base64
import hashlib
import html
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from data.records import Finding
from eval import report, story
from eval.explorer import Row
from eval.items import SEEN_WORDING, UNSEEN_SOURCE
from eval.story import LeakCertificate, LeakRule, Stage, Story
from tests.eval import canned

PAYLOADS = (
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<!--<script>document.title='owned'",
    "{{7*7}} {% raw %} ${7*7}",
    "line\u2028and\u2029paragraph",
    "half a pair: \ud83d",
    "javascript:document.title='owned'",
)
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
        said.append((item, f"base {payload}", f"tuned {payload}"))
        findings.append(
            Finding("first", "tuned", item.id, "empty@1", "error", (0, 5), f"found {payload}")
        )
    found = canned.evaluation(said, findings, run=PAYLOADS[1])
    annotators = tuple(story.Annotator(payload, 3, 1, 2) for payload in PAYLOADS)
    agreed = story.Agreement((story.Alpha("verdict", 9, 18, 0.71, 0.6, 0.8),), annotators)
    return replace(found, story=replace(found.story, agreement=agreed))


def test_the_page_tells_how_far_annotators_agree() -> None:
    page = page_of(hostile())

    assert "How far annotators agree" in page
    assert "0.60 to 0.80" in page


def page_of(found: report.Evaluation) -> str:
    return report.render(found).decode()


def data_of(page: str) -> list[Row]:
    block = re.search(r'<script type="application/json" id="items">(.*?)</script>', page, re.S)
    assert block is not None
    return msgspec.json.decode(block[1], type=list[Row])


def test_no_text_of_a_model_or_a_user_becomes_markup() -> None:
    page = page_of(hostile())

    elements = Elements(page).seen

    assert [tag for tag, _ in elements].count("script") == 2
    assert not any(tag == "img" for tag, _ in elements)
    assert not any(name.startswith("on") for _, attributes in elements for name in attributes)
    assert "{{7*7}}" in page
    assert "\u2028" not in page.partition('id="items"')[2].partition("</script>")[0]
    assert [row.question for row in data_of(page)] == [
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

    assert data_of(page)[0].outcome == outcome
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


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_shows_the_payloads_as_text_and_runs_none(tmp_path: Path) -> None:
    found = hostile()
    path = tmp_path / "report.html"
    path.write_bytes(report.render(found))
    second = found.results[1].item.id

    shown = browse(f"{path.as_uri()}#item={second}", tmp_path / "profile")

    assert 'data-ready="1"' in shown
    assert "owned</title>" not in shown
    detail = shown.partition('id="detail"')[2].partition("</article>")[0]
    assert "<ins>tuned </ins>" in detail
    assert "&lt;img src=x onerror=" in detail
    assert "<mark " in detail


def browse(address: str, profile: Path) -> str:
    """The page as it stands after its script ran."""
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --dump-dom"
        " --disable-background-networking --disable-component-update --disable-sync"
        f" --virtual-time-budget=3000 --user-data-dir={profile}"
    )
    ran = subprocess.run(
        ["chromium", *options.split(), address],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ran.stdout
