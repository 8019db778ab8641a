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

    # Eight times the length: the square of it would take 64 times as long.
    assert seconds(1600) < 30 * seconds(200) + 0.5


@pytest.mark.parametrize("open_tag", ["<font size=2>", "<b>", "<div>", "<ul><li>", "<details>"])
def test_a_page_that_never_closes_its_tags_is_read(open_tag: str) -> None:
    body = "<h1>FAQ</h1><h2>Is it closed?</h2><p>No.</p>" + f"{open_tag} more" * 1000

    assert pairs(body)[0][1].startswith("No.")


def test_a_font_that_is_never_closed_hides_no_question() -> None:
    row = "<font color=red><h3>Is {0} a number?</h3><p>{0} is.</p>"

    assert len(pairs("".join(map(row.format, range(500))))) == 500


SHORT = [("Is it blue?", "Yes."), ("Can it fly?", "No.")]
SHAPES = {
    "w3schools": '<button class="accordion">{0}</button><div class="panel">{1}</div>',
    "shopify": '<details><summary role="button" aria-expanded="false"><h3 class="accordion__title">{0}</h3>'
    '</summary><div class="accordion__content">{1}</div></details>',
    "font icon": '<div class="faq-title"><span class="faq-title-symbol">a</span>{0}'
    '<i class="material-icons">expand_more</i></div><div class="faq-body">{1}</div>',
    "marker": '<dl><dt><span class="q">Q</span>{0}</dt><dd><span class="a">A</span><p>{1}</p></dd></dl>',
    "rows": "<table><tr><td>Q.</td><td>{0}</td></tr><tr><td>A.</td><td>{1}</td></tr></table>",
    "docbook": '<table><tr class="question"><td><b>1.</b></td><td>{0}</td></tr>'
    '<tr class="answer"><td></td><td>{1}</td></tr></table>',
    "framed": "<table><tr><td></td><td></td></tr><tr><td></td><td><font><b>{0}</b></font></td></tr></table><p>{1}</p>",
    "list": "<ol><li><b>{0}</b><br>{1}</li></ol>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_questions_are_found_in_the_shapes_that_sites_use(shape: str) -> None:
    rows = "".join(SHAPES[shape].format(*pair) for pair in SHORT)

    assert pairs(f"<h1>Questions</h1>{rows}", "help.html") == SHORT


def test_a_strip_of_tabs_is_neither_a_question_nor_in_the_way() -> None:
    tabs = '<ul><li><button role="tab" data-bs-toggle="tab" data-bs-target="#t">Orders</button></li></ul>'
    rows = "".join(
        f'<h2><button data-bs-toggle="collapse" data-bs-target="#c{n}">{asked}</button></h2><div id="c{n}">{told}</div>'
        for n, (asked, told) in enumerate(SHORT)
    )

    assert pairs(f'<h1>FAQ</h1>{tabs}<div id="t">{rows}</div>') == SHORT


TERMS = '<dt><a href="a.html">{0}</a></dt>'
LINES = '<a href="#q">{0}</a><br>'
CARDS = '<h3><a href="a.html">{0}</a></h3><p>Read more</p>'


@pytest.mark.parametrize("contents", ["<dl>{0}</dl>", "<dl><dt>1. Part<dd><dl>{0}</dl></dl>"])
def test_terms_that_only_lead_elsewhere_are_an_index(contents: str) -> None:
    terms = "".join(TERMS.format(asked) for asked, _ in SHORT)

    assert pairs(f"<h1>FAQ</h1>{contents.format(terms)}") == []


def test_cards_that_all_say_the_same_are_an_index() -> None:
    asked = ("Is it blue?", "Can it fly?", "Who made it?")

    assert pairs("<h1>FAQ</h1>" + "".join(map(CARDS.format, asked))) == []


def test_lines_of_links_under_headings_are_contents() -> None:
    lines = "".join(LINES.format(asked) for asked, _ in SHORT)
    body = "".join(f"<h2>{asked}</h2><p>{told}</p>" for asked, told in SHORT)

    assert (
        pairs(f"<h1>FAQ</h1><h2>General things</h2>{lines}<h1>General things</h1>{body}") == SHORT
    )


def test_an_answer_ends_before_what_turns_pages_and_what_closes_the_page() -> None:
    turn = '<p>Next: <a href="n" rel="next">Parts</a>, Up: <a href="u" rel="up">Top</a></p>'
    body = "".join(f"<h2>{asked}</h2><p>{told}</p>{turn}" for asked, told in SHORT)
    tail = '<p>Last updated: May 3</p><ul><li><a href="i">Home</a></li><li><a href="f">Shop</a></li></ul>'

    assert pairs(f"<h1>FAQ</h1>{body}{tail}") == SHORT


def test_an_answer_may_be_two_links() -> None:
    body = "<h2>Is it blue?</h2><p>Answer: see <a href='#a'>the colours</a>, or <a href='#b'>shades</a>.</p>"

    assert pairs(f"<h1>FAQ</h1>{body}")[0][1] == "see the colours, or shades."


def test_the_sections_of_a_sale_are_no_questions_even_beside_an_faq() -> None:
    sale = "<h2>Why choose us?</h2><p>We are fast.</p><h2>Pricing</h2><p>All of it.</p>"
    end = "<h2>Ready to start?</h2><p>Sign up.</p><div id='sidebar2'><h3>Get our cards</h3><p>Now.</p></div>"
    faq_part = "<h2>FAQ</h2>" + "".join(f"<h3>{asked}</h3><p>{told}</p>" for asked, told in SHORT)

    assert pairs(sale + end, "index.html") == []
    assert pairs(sale + faq_part + end, "index.html") == SHORT


def test_headings_that_group_how_tos_do_not_hide_the_questions_below() -> None:
    body = "<h2>How to work with servers</h2><h3>Is it blue?</h3><p>Yes.</p><h2>Hangs</h2><h3>It hangs at night.</h3><p>Wait.</p>"
    more = "<h2>Lost things</h2><h3>Can it fly?</h3><p>No.</p>"

    assert [asked for asked, _ in pairs(f"<h1>FAQ</h1>{body}{more}")] == [
        "Is it blue?",
        "It hangs at night.",
        "Can it fly?",
    ]


def test_a_page_of_an_faq_is_one_by_the_path_that_leads_to_it() -> None:
    page = '<html><head><link rel="up" title="Frequently Asked Questions" href="i"></head><body>{}</body></html>'
    body = "<h1>Setup</h1><h2>I get an error at the start</h2><p>Wait for it to end.</p>"

    found = faq.read(webpage.parse(page.format(body)), "setup.html", Notes())

    assert [x.title for x in found if isinstance(x, Unit) and x.kind == "faq"] == [
        "I get an error at the start"
    ]


@pytest.mark.parametrize(
    "asked", ["¿Tienes más preguntas?", "解決しませんでしたか\uff1f", "Noch Fragen?"]
)
def test_a_page_that_asks_whether_it_helped_asks_no_question(asked: str) -> None:
    body = "".join(f"<h2>{each}</h2><p>{told}</p>" for each, told in SHORT)

    assert pairs(f"<h1>FAQ</h1>{body}<h2>{asked}</h2><p>Write to us.</p>") == SHORT


def test_numbers_of_sections_leave_titles_even_before_small_letters_and_signs() -> None:
    body = (
        "<h1>Brewer FAQ</h1><h3>1.1 error: cannot find the lid</h3><p>Look below.</p>"
        "<h3>1.2 Why is it cold?</h3><p>It is off.</p><h3>1.3 quiet says nothing</h3><p>Right.</p>"
    )

    titles = [title for title, _ in pairs(body)]

    assert titles == ["error: cannot find the lid", "Why is it cold?", "quiet says nothing"]
    assert pairs("<h1>FAQ</h1><h3>[A.1] Why?</h3><p>So.</p>") == [("Why?", "So.")]


def test_what_a_title_says_of_tags_and_entities_stays() -> None:
    body = "<h1>FAQ</h1><h2>Why is &lt;b&gt; shown as &amp;lt;b&gt;?</h2><p>Twice.</p><h2>Is there no __len__?</h2><p>No.</p>"

    assert [title for title, _ in pairs(body)] == [
        "Why is <b> shown as &lt;b>?",
        "Is there no __len__?",
    ]


def test_rows_of_questions_in_any_language_lose_their_labels() -> None:
    row = (
        '<tr class="{}"><td><p><b>{}:</b></p></td><td><p>{}</p></td></tr>'
        '<tr class="answer"><td><p><b>Odpověď:</b></p></td><td>{}</td></tr>'
    )
    head = '<tr><td colspan="2"><h3>{}</h3></td></tr>'
    body = (
        "<h1>FAQ</h1><table>"
        + head.format("Vývoj")
        + row.format("question", "Otázka", "Kde je kód?<pre>git: error 4</pre>", "<p>Tady.</p>")
        + head.format("Jiné")
        + row.format("question", "Otázka", "Proč?", "<p>Proto.</p><pre>make</pre>")
        + "</table>"
    )

    assert pairs(body) == [
        ("Kde je kód? `git: error 4`", "Tady."),
        ("Proč?", "Proto.\n\n```\nmake\n```"),
    ]


def test_two_words_in_bold_that_come_in_turn_are_labels() -> None:
    pair = "<p><strong>Hỏi: {0}.1</strong> {1} phải không?</p><p><strong>Đáp:</strong> {2}</p>"
    body = "<h1>FAQ</h1>" + "".join(
        pair.format(n, q, a) for n, q, a in zip("123", "ABC", "xyz", strict=True)
    )

    assert pairs(body)[0] == ("A phải không?", "x")
    assert len(pairs(body)) == 3


def test_in_an_faq_of_terms_those_of_a_section_that_only_tells_are_entries_too() -> None:
    body = (
        "<h1>FAQ</h1><h2>Drawing</h2><dl><dt>Fonts show squares</dt><dd>Wrong encoding.</dd></dl>"
        "<h2>Printing</h2><dl><dt>Why does it not print?</dt><dd>It is off.</dd></dl>"
    )

    assert [title for title, _ in pairs(body)] == ["Fonts show squares", "Why does it not print?"]


def test_a_title_that_asks_in_the_name_of_the_questions_below_is_no_entry() -> None:
    below = "".join(
        f"<h2>{word} from the shell?</h2><p>{word} said so.</p>"
        for word in ("Is A", "Is B", "Is C")
    )
    body = f"<h1>Chapter 2: How does it differ from ...?</h1><p>See below.</p><h2>From ksh</h2><p>Not.</p>{below}"

    titles = [title for title, _ in pairs(body)]

    assert titles == [
        "From ksh",
        "Is A from the shell?",
        "Is B from the shell?",
        "Is C from the shell?",
    ]


def test_a_page_below_an_faq_is_one_entry_whatever_its_title() -> None:
    page = '<html><head><link rel="up" href="faq.html" title="FAQ"></head><body><h3>The dot does not match</h3><p>{}</p></body></html>'
    found = list(faq.read(webpage.parse(page.format("Quote it.")), "dot.html", Notes()))

    assert [(x.kind, x.title, x.text) for x in found if isinstance(x, Unit)] == [
        ("faq", "The dot does not match", "Quote it.")
    ]


def test_an_index_whose_numbers_are_anchors_holds_no_entries() -> None:
    item = (
        '<li><a name="toc{0}">{0}</a> <a href="faq-1.html#s{0}">When may I ask no. {0}?</a></li>'
    )
    part = '<h2><a name="t">{}.</a> <a href="faq-1.html">Part</a></h2><ul>{}</ul>'
    body = "<h1>FAQ</h1><h2>A. Writer</h2><p>Version 1.</p>" + "".join(
        part.format(n, item.format(f"{n}.1") + item.format(f"{n}.2")) for n in (1, 2)
    )

    assert pairs(body) == []
