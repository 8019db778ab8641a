"""The real screen in a real browser: what annotators and an adjudicator see and do.

What `evaluate humans` asks is tested here too, because a second server takes seconds to start.

`SCREENSHOTS=docs/images pytest tests/curation/review/test_screen.py` takes the pictures of
docs/review.md anew.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from data import store
from data.records import Example
from data.workspace import Workspace
from eval import evaluation
from eval.humans import votes
from tests import make
from tests.annotators import Annotator
from tests.curation.review import desk
from tests.curation.review.desk import dataset_id, typed
from tests.eval import canned
from tests.served import Served

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HOSTILE = """<b>Ask</b> <img src=x onerror="top.owned=1"> *support*.

They know, <script>top.owned=1</script>and answer &lt;soon&gt;."""
RIGHT = "Open Settings, then Security, and press Reset password."


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with playwright.sync_playwright() as machine:
        chromium = machine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def shop(tmp_path: Path, server: Served) -> Iterator[Workspace]:
    """Under a name that looks well in a picture."""
    with server.signed_in():
        yield desk.workspace(tmp_path / "shop", server, "helpdesk")


@contextmanager
def signed_in(browser: Any, server: Served, name: str, dataset: str) -> Iterator[Any]:
    """A page with a dataset open; nothing but the server can be reached from it."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.route("**/*", lambda way: _only(way, server.url))
    page.goto(f"{server.url}/sign-in")
    page.fill("input[name=Username]", name)
    page.fill("input[type=password]", server.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{server.url}/dataset/{dataset}/annotation-mode")
    page.wait_for_selector("button.button--submit")
    yield page
    context.close()


def _only(way: Any, url: str) -> None:
    if way.request.url.startswith(url):
        way.continue_()
    else:
        way.abort()


def search(page: Any, words: str) -> None:
    page.click("[data-title=Search]")
    page.fill("input.search-area__input", words)
    page.keyboard.press("Enter")
    shown(page)


def keep_only(page: Any, what: str, value: str) -> None:
    """Filter by metadata."""
    page.click("text=Filters")
    page.click("text=Metadata")
    page.click(f"text={what}")
    page.click(f"label:has-text('{value}')")
    page.mouse.click(700, 20)
    shown(page)


def shown(page: Any) -> None:
    """Wait for the one record that was looked for; a form that is still loading forgets clicks."""
    page.get_by_text("1 of 1").wait_for()
    page.wait_for_load_state("networkidle")


CHOSEN = "name => document.getElementById(name).checked"
ANSWERED = "() => !document.querySelector('button.button--submit').disabled"


def choose(page: Any, label: str, taken: str = CHOSEN) -> None:
    """Choose an option, and see that the screen took it."""
    for _ in range(6):
        page.click(f"label[for={label}]")
        try:
            page.wait_for_function(taken, arg=label, timeout=3000)
        except page_timeout():
            continue
        return
    raise AssertionError(f"{label} cannot be chosen")


def page_timeout() -> type[Exception]:
    from playwright.sync_api import TimeoutError as Timeout

    return Timeout


def submit(page: Any, verdict: str, corrected: str = "") -> None:
    choose(page, f"verdict_{verdict}", ANSWERED)
    if corrected:
        page.click("[aria-label='Question: corrected'] [contenteditable]")
        page.keyboard.type(corrected)
    send(page)


def send(page: Any) -> None:
    with page.expect_response(lambda said: "/responses" in said.url) as answered:
        page.click("button.button--submit")
    assert answered.value.status in (200, 201)


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.wait_for_timeout(1000)
        page.screenshot(path=Path(folder) / name)


def test_annotators_disagree_on_the_screen_and_the_adjudicators_word_reaches_the_split(
    server: Served, shop: Workspace, browser: Any
) -> None:
    typed("curate review push", shop)
    examples = dataset_id(server, "examples", shop)

    with signed_in(browser, server, "ann", examples) as page:
        search(page, "password")
        keep_only(page, "chosen_for", "audit")
        page.get_by_text("Drawn at random").wait_for()
        assert page.locator("mark").inner_text().startswith("Open Settings, choose Security")
        picture(page, "review-annotate.png")
        submit(page, "fix", RIGHT)
    with signed_in(browser, server, "bob", examples) as page:
        search(page, "password")
        choose(page, "reasons_wrong")
        submit(page, "reject")
    assert "2 responses are new" in typed("curate review pull", shop)
    typed("curate review push", shop)
    disputes = dataset_id(server, "examples-adjudication", shop)
    with signed_in(browser, server, "eve", disputes) as page:
        page.get_by_text("Opinion 2").wait_for()
        page.wait_for_load_state("networkidle")
        picture(page, "review-adjudicate.png")
        submit(page, "fix", RIGHT)
    typed("curate review pull", shop)
    typed("curate split", shop)

    [learnt] = store.read(shop.split / "train.jsonl", Example)
    assert learnt.answer == RIGHT
    assert [(r.annotator, r.verdict, r.role) for r in learnt.reviews] == [
        ("ann", "fix", "annotator"),
        ("bob", "reject", "annotator"),
        ("eve", "fix", "adjudicator"),
    ]


def answered(space: Workspace) -> None:
    """A run whose tuned model is better than its base on all probes but one."""
    told = {f"{question} Please help.": text for question, text in desk.PAIRS.items()}
    probes = [make.example(question, text) for question, text in told.items()]
    canned.split(space, train=[make.example()], probes=probes)
    base = dict.fromkeys(told, "Please write to our support team, who will be glad to help you.")
    tuned = {question: f"{text} It takes a minute." for question, text in told.items()}
    for question in told:
        if "backups" in question:
            base[question] = HOSTILE
        if "region" in question:
            base[question] = tuned[question] = "No."
    models = canned.models(lambda asked: base.get(asked, ""), lambda asked: tuned.get(asked, ""))
    evaluation.answer(space, space.runs / "first", models)


def test_people_compare_answers_blind_and_what_they_say_becomes_a_strength(
    server: Served, shop: Workspace, browser: Any
) -> None:
    answered(shop)

    said = typed("evaluate humans push", shop)

    assert "first/tuned against first/base: the same answer to 1 question" in said
    assert "3 sent, 3 wait" in said
    assert "0 sent, 3 wait" in typed("evaluate humans push", shop)
    assert "nobody has answered yet" in typed("evaluate humans pull", shop)
    key = dataset_id(server, "examples-comparisons", shop)
    there = server.send("GET", f"/datasets/{key}/records").text
    there += server.send("GET", f"/datasets/{key}").text
    assert not {word for word in ("tuned", "base", "first", "run") if f'"{word}' in there.lower()}
    with signed_in(browser, server, "ann", key) as page:
        search(page, "password")
        picture(page, "humans-compare.png")
        page.fill("input.search-area__input", "backups")
        page.keyboard.press("Enter")
        page.get_by_text(HOSTILE.splitlines()[0]).wait_for()
        assert not page.evaluate("window.owned")
        choose(page, "better_good")
        send(page)
    bob = Annotator.sign_in(server.url, "bob", server.password)
    for record in bob.pending(key):
        fields = record["fields"]
        bob.answer(record, {"better": "a" if "minute" in fields["answer_a"] else "b"})

    pulled = typed("evaluate humans pull", shop)
    server.send("DELETE", f"/datasets/{key}/records?ids={record['id']}")

    assert "votes: 4 in all, 4 new or changed" in pulled
    assert "3 of 3 comparisons answered, by 2 people in 4 votes" in pulled
    assert "better in 3, equal in 0, worse in 0 of 3" in pulled
    assert "0 new or changed" in typed("evaluate humans pull", shop)
    assert votes.comparisons_path(shop).exists()
