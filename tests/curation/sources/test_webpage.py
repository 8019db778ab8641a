import time

import pytest

from curation.sources import faq, webpage
from curation.sources.units import Notes, Unit


def pairs(body: str, name: str = "faq.html") -> list[tuple[str, str]]:
    found = faq.read(webpage.parse(f"<html><body>{body}</body></html>"), name, Notes())
    return [(x.title, x.text) for x in found if isinstance(x, Unit) and x.kind == "faq"]


def test_an_answer_keeps_code_lists_tables_and_links() -> None:
    body = (
        '<h1>FAQ</h1><h2>How?<a class="headerlink" href="#how">¶</a></h2><p>As <a href="/m">here</a>:</p>'
        '<pre><code class="language-sh">run  it</code></pre><ul><li>one<ol><li>a</li></ol></li></ul>'
        "<table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>x|y</td></tr></table>"
        "<h2>Why?</h2><p>So.</p>"
    )

    assert pairs(body)[0] == (
        "How?",
        "As [here](/m):\n\n```sh\nrun  it\n```\n\n- one\n  1. a\n\n| k | v |\n| --- | --- |\n| 1 | x\\|y |",
    )


def test_an_accordion_of_a_script_library_is_read_by_its_roles() -> None:
    item = (
        '<div class="MuiAccordion-root"><div class="MuiAccordionSummary-root" role="button" '
        'aria-expanded="false"><div class="MuiAccordionSummary-content">{}</div></div><div>{}</div></div>'
    )
    body = "<h1>Support</h1>" + item.format("Where is it?", "Here.") + item.format("Who?", "Me.")

    assert pairs(body) == [("Where is it?", "Here."), ("Who?", "Me.")]


def test_tabs_are_groups_and_boxes_that_a_label_opens_are_questions() -> None:
    box = '<input type="checkbox" id="{0}"><label for="{0}">{1}</label><div>{2}</div>'
    body = (
        '<button role="tab" aria-controls="t1">Billing</button><div id="t1">'
        f"<div>{box.format('a', 'Can I pay later?', 'No.')}</div><div>{box.format('b', 'Or never?', 'No!')}</div></div>"
    )

    assert pairs(body) == [("Can I pay later?", "No."), ("Or never?", "No!")]


def test_what_a_page_declares_and_shows_counts_once() -> None:
    question = '<div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">Q1: {}</h3><div itemprop="acceptedAnswer" itemscope><div itemprop="text"><p>{}</p></div></div></div>'
    body = question.format("What is it?", "A <b>mug</b>.") + question.format("Is it blue?", "Yes.")

    assert pairs(body * 2) == [("What is it?", "A **mug**."), ("Is it blue?", "Yes.")]


def test_what_asks_around_the_questions_is_none() -> None:
    body = (
        '<nav><h3>Where to?</h3><p>Home</p></nav><main><h1>FAQ</h1><h2>Is it on?</h2><p>Yes. <a href="#top">Back to top</a></p>'
        '<h2>Still have questions?</h2><p>Call.</p></main><div role="dialog"><h2>Do you accept cookies?</h2><p>OK</p></div>'
    )

    assert pairs(body) == [("Is it on?", "Yes.")]


FLAT = '<div><button class="accordion-header">How is {0}?</button><div>Fine {0}.</div></div>'
LOOSE = '<a class="faq-title">How is {0}?</a>'
SAME = "<h3>How is it?</h3><p>red{0} green{0} blue{0}</p>"


@pytest.mark.parametrize("row", [FLAT, LOOSE, SAME, FLAT.replace("<div>", "", 1)])
def test_time_grows_with_the_page_and_no_faster(row: str) -> None:
    def seconds(count: int) -> float:
        page = "<h1>FAQ</h1>" + "".join(map(row.format, range(count)))
        started = time.process_time()
        pairs(page)
        return time.process_time() - started

    assert seconds(1600) < 12 * seconds(200) + 0.2


@pytest.mark.parametrize("open_tag", ["<font size=2>", "<b>", "<div>", "<ul><li>", "<details>"])
def test_a_page_that_never_closes_its_tags_is_read(open_tag: str) -> None:
    body = "<h1>FAQ</h1><h2>Is it closed?</h2><p>No.</p>" + f"{open_tag} more" * 1000

    assert pairs(body)[0][1].startswith("No.")


def test_a_font_that_is_never_closed_hides_no_question() -> None:
    row = "<font color=red><h3>Is {0} a number?</h3><p>{0} is.</p>"

    assert len(pairs("".join(map(row.format, range(500))))) == 500
