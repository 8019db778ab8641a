"""JSON and XML in the shapes that FAQs, chatbots, translations and help centres have."""

import json
from contextlib import suppress

import pytest

from curation.sources import markup, nested
from curation.sources.files import UnreadableError
from curation.sources.units import Notes, Unit
from data.records import Drop


def read(content: object, notes: Notes | None = None) -> list[tuple[str, str]]:
    """Question and answer; of a drop, the reason and what it was about."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    found = nested.read(text, "faq.json", notes or Notes())
    return [(x.title, x.text) if isinstance(x, Unit) else (x.reason, x.evidence) for x in found]


PAIRS = [("Who is it?", "You."), ("Is it free?", "Yes.")]


@pytest.mark.parametrize(
    "content",
    [
        [{"q": "Who is it?", "a": "You."}, {"q": "Is it free?", "a": "Yes."}],
        {"nav": {"home": "Home"}, "faq": {"title": "FAQ", "q1": "Who is it?", "a1": "You.", "q2": "Is it free?", "a2": "Yes."}},
        {"faq.one.question": "Who is it?", "faq.one.answer": "You.", "faq.two.question": "Is it free?", "faq.two.answer": "Yes."},
        {"categories": [{"name": "All", "description": "What we are asked", "questions": [{"question": "Who is it?", "answer": "You."}, {"question": "Is it free?", "answer": "Yes."}]}]},
        [["FAQ", "Who is it?", "You."], ["FAQ", "Is it free?", "Yes."]],
        {"data": [{"id": 1, "attributes": {"Question": "Who is it?", "Answer": "You."}}, {"id": 2, "attributes": {"Question": "Is it free?", "Answer": "Yes."}}]},
        {"data": [{"paragraphs": [{"context": "You. Yes.", "qas": [{"question": "Who is it?", "answers": [{"text": "You."}]}, {"question": "Is it free?", "answers": [{"text": "Yes."}]}]}]}]},
        {"seoTitle": "FAQ", "questionOne": "Who is it?", "answerOne": "You.", "questionTwo": "Is it free?", "answerTwo": "Yes."},
        {"faqHeader": "FAQ", "faqWho": "Who is it?", "faqWhoContent": "You.", "faqFree": "Is it free?", "faqFreeContent": "Yes."},
        {"who_title": "Who is it?", "who_text": "You.", "free_title": "Is it free?", "free_text": "Yes.", "seo_title": "FAQ", "seo_text": "All."},
        [{"question": "**Who** is it?", "answer": "You.", "answer_short": "U"}, {"question": "Is it <i>free</i>?", "answer": "Yes."}],
        '{"prompt": "Who is it?\\n\\n###\\n\\n", "completion": " You. END"}\n{"prompt": "Is it free? ->", "completion": " Yes.\\n"}',
        '[{"q": "Who is it?", "a": "You."},\n {"q": "Is it free?", "a": "Yes."},\n]',
        '{\n "q": "Who is it?",\n "a": "You."\n}\n{\n "q": "Is it free?", "a": "Yes."}',
    ],
)  # fmt: skip
def test_entries_are_found_in_every_nesting(content: object) -> None:
    assert read(content) == PAIRS


def test_an_intent_is_an_entry_for_each_wording_of_one_family() -> None:
    notes = Notes()
    intent = {
        "tag": "pay",
        "patterns": ["pay", "How can I pay?"],
        "responses": ["By card.", "Card!"],
    }

    found = list(nested.read(json.dumps({"intents": [intent]}), "faq.json", notes))

    first, second = (each for each in found if isinstance(each, Unit))
    assert (first.title, first.text) == ("How can I pay?", "By card.")
    assert (second.title, second.text, second.translates) == ("pay", "By card.", first.locator)
    assert second.signals == ("wording",)
    assert notes.counts["other replies left out"] == 1


def test_a_task_asks_with_its_input() -> None:
    tasks = [
        {"instruction": "Name the capital.", "input": "France", "output": "Paris."},
        {"instruction": "Say hello.", "input": "", "output": "Hello."},
    ]

    assert read(tasks) == [("Name the capital. France", "Paris."), ("Say hello.", "Hello.")]


def test_a_question_without_an_answer_in_its_text_is_told() -> None:
    qas = {"question": "Who?", "answers": [], "plausible_answers": [{"text": "Me"}]}

    assert read({"qas": [qas, {"question": "What?", "answers": [{"text": "That"}]}]}) == [
        ("no-answer", "Who?"),
        ("What?", "That"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"faq": [{"question": {"en": "Who?", "de": "Wer?"}, "answer": {"en": "You.", "de": "Du."}}]},
        {"faq": [{"question_en": "Who?", "question_de": "Wer?", "answer_en": "You.", "answer_de": "Du."}]},
        {"en": {"faq": [{"q": "Who?", "a": "You."}]}, "de": {"faq": [{"q": "Wer?", "a": "Du."}]}},
        {"questions": {"en": ["Who?"], "de": ["Wer?"]}, "answers": {"en": ["You."], "de": ["Du."]}},
    ],
)  # fmt: skip
def test_each_language_is_an_entry_that_knows_what_it_translates(content: object) -> None:
    units = list(nested.read(json.dumps(content), "faq.json", Notes()))

    (english, german) = [each for each in units if isinstance(each, Unit)]
    assert (english.language, english.title, english.text) == ("en", "Who?", "You.")
    assert (german.language, german.title, german.text) == ("de", "Wer?", "Du.")
    assert (english.translates, german.translates) == ("", english.locator)


def test_titles_with_texts_count_beside_entries_where_they_stand_in_a_list_that_asks() -> None:
    asked = [{"title": "Is it safe?", "text": "Yes."}, {"title": "Lost card", "text": "Call."}]
    site = {
        "title": "Any doubts?",
        "text": "Read on.",
        "faqs": [{"q": "Who?", "a": "You."}, *asked],
    }

    assert read(site) == [("Who?", "You."), ("Is it safe?", "Yes."), ("Lost card", "Call.")]


def test_a_broken_line_is_told_with_its_number_and_the_rest_is_kept() -> None:
    notes = Notes()
    lines = '{"q": "Who is it?", "a": "You."}\n{"q": "Lost?", "a": "\n{"q": "Is it free?", "a": "Yes."}'

    found = list(nested.read(lines, "faq.jsonl", notes))

    assert [each.locator for each in found] == ["faq.jsonl#L2", "faq.jsonl#L1", "faq.jsonl#L3"]
    assert notes.names["lines that are not JSON"] == ["faq.jsonl:2"]


@pytest.mark.parametrize(
    "content",
    [
        {"name": "app", "version": "1.0", "scripts": {"test": "run"}, "description": "An app"},
        [{"id": 1, "title": "Crash", "body": "It crashes.", "state": "open", "html_url": "x"}],
        {"openapi": "3.0", "info": {"title": "Shop", "description": "What is it?"}},
        {"ask": {"delete": "Really delete?", "leave": "Are you sure?"}, "ok": "OK"},
        {"form": {"question": "Question", "answer": "Answer", "send": "Send"}},
    ],
)
def test_what_is_no_faq_gives_no_entries(content: object) -> None:
    found: list[Unit | Drop] = []
    with suppress(UnreadableError):
        found = list(nested.read(json.dumps(content), "x.json", Notes()))

    assert all(isinstance(each, Unit) and each.kind == "page" for each in found)


ARTICLE: dict[str, dict[str, object]] = {
    "Intercom": {"id": "1", "type": "article", "workspace_id": "w", "title": "Add users", "description": "short", "body": "<p>Press <b>Add</b>.</p>", "state": "published", "parent_id": 3, "default_locale": "en", "translated_content": {"type": "t", "fr": {"title": "Ajouter", "body": "<p>Non</p>"}}},
    "Freshdesk": {"id": 1, "folder_id": 2, "title": "Add users", "description": "<p>Press <b>Add</b>.</p>", "description_text": "Press Add.", "status": 2},
    "Help Scout": {"id": "1", "collectionId": "c", "number": 4, "status": "published", "name": "Add users", "text": "<p>Press <b>Add</b>.</p>"},
}  # fmt: skip
DRAFT: dict[str, dict[str, object]] = {"Intercom": {"state": "draft"}, "Freshdesk": {"status": 1}, "Help Scout": {"status": "notpublished"}}  # fmt: skip


@pytest.mark.parametrize("make", ARTICLE)
def test_articles_of_a_help_centre_are_entries_and_its_drafts_are_not(make: str) -> None:
    folder = {"name": "Users", "description": "All of them", "category_id": 1, "updated_at": ""}
    draft = {**ARTICLE[make], **DRAFT[make], "id": 2}

    found = read([{"folder": {**folder, "articles": [ARTICLE[make], draft]}}])

    assert found == [("Add users", "Press **Add**."), ("draft", "Add users")]


def of_xml(text: str) -> list[tuple[str, str]]:
    found = list(markup.read(text.encode(), "faq.xml", Notes()))
    return [
        (x.title, x.text) for x in found if isinstance(x, Unit) and x.kind == "faq"
    ] + [(x.reason, x.evidence) for x in found if isinstance(x, Drop)]  # fmt: skip


def test_xml_is_read_as_json_is() -> None:
    freshdesk = """<?xml version="1.0" encoding="UTF-8"?><solution-categories><solution-category><name>All</name>
      <folders><solution-folder><name>Users</name><articles>
      <solution-article><title>Add users</title><description>&lt;p&gt;Press &lt;b&gt;Add&lt;/b&gt;.&lt;/p&gt;</description>
        <desc-un-html>Press Add.</desc-un-html><status>2</status></solution-article>
      <solution-article><title>Soon</title><description>x</description><desc-un-html>x</desc-un-html><status>1</status></solution-article>
      </articles></solution-folder></folders></solution-category></solution-categories>"""
    own = "<faq><entry><question>Who is it?</question><answer>You.</answer></entry><entry><question>Is it free?</question><answer>Yes.</answer></entry></faq>"

    assert of_xml(freshdesk) == [("Add users", "Press **Add**."), ("draft", "Soon")]
    blog = "<rss><item><title>Who is it?</title><encoded><![CDATA[<p>You.</p>]]></encoded></item><item><title>Is it free?</title><description></description><encoded>Yes.</encoded></item></rss>"

    assert of_xml(own) == PAIRS
    assert of_xml(own.replace("You.", "<p>You.</p>")) == PAIRS
    assert of_xml(blog) == PAIRS
    with pytest.raises(UnreadableError, match=r"faq\.xml: not XML"):
        of_xml("<faq><entry>")


def test_a_space_of_confluence_is_read_page_by_page() -> None:
    body = (
        '<h2>Who is it?</h2><p>You.&nbsp;See <ac:link><ri:page ri:content-title="People"/></ac:link>.</p>'
        '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">bash</ac:parameter>'
        "<ac:plain-text-body><![CDATA[who < am]]]]><![CDATA[></ac:plain-text-body></ac:structured-macro>"
    )
    folded = (
        '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">Is it free?</ac:parameter>'
        "<ac:rich-text-body><p>Yes.</p></ac:rich-text-body></ac:structured-macro>"
    )

    def page(
        key: int, title: str, more: str = "", status: str = "current", body: str = body
    ) -> str:
        return (
            f'<object class="Page"><id name="id">{key}</id>{more}<property name="title">{title}</property>'
            f'<property name="contentStatus">{status}</property></object><object class="BodyContent"><id name="id">9{key}</id>'
            f'<property name="body"><![CDATA[{body}]]></property><property name="content" class="Page"><id name="id">{key}</id></property></object>'
        )

    old = '<property name="originalVersion"><id name="id">1</id></property>'
    pages = (
        page(1, "FAQ")
        + page(2, "FAQ", old)
        + page(3, "Gone", status="deleted")
        + page(4, "More FAQ", body=folded)
    )
    notes = Notes()

    found = list(
        markup.read(
            f"<hibernate-generic>{pages}</hibernate-generic>".encode(), "entities.xml", notes
        )
    )

    told = [(each.title, each.text) for each in found if isinstance(each, Unit)]
    assert told == [
        ("Who is it?", "You. See People.\n\n```bash\nwho < am\n```"),
        ("Is it free?", "Yes."),
    ]
    assert found[0].locator.startswith("entities.xml/FAQ#L")
    assert notes.counts["old versions and drafts skipped"] == 2


def test_of_objects_whose_keys_name_nothing_one_key_asks_and_one_tells() -> None:
    content = {
        "bug": {"id": "b1", "control": "How do I report it?", "panel": "Write it into the tracker."},
        "sell": {"id": "b2", "control": "May I sell it?", "panel": "Not yet; the wallet can do it."},
    }  # fmt: skip

    assert read(content) == [
        ("How do I report it?", "Write it into the tracker."),
        ("May I sell it?", "Not yet; the wallet can do it."),
    ]


@pytest.mark.parametrize(
    "content",
    [
        [{"text": "How old are you?", "kind": "number"}, {"text": "Where do you live?", "kind": "text"}],
        [{"question": "How old are you?", "hint": "The years that you have lived."},
         {"question": "Where do you live?", "hint": "The town is enough for us."}],
    ],
)  # fmt: skip
def test_the_questions_of_a_form_have_no_answers(content: object) -> None:
    with pytest.raises(UnreadableError, match="no questions with answers"):
        read(content)


@pytest.mark.parametrize(
    "quiz",
    [
        {"question": "Where is it?", "options": ["Rome", "Paris"], "answer": "B"},
        {"question": "Where is it?", "options": {"A": "Rome", "B": "Paris"}, "answer": "(b)"},
        {"pregunta": "Where is it?", "respuestas": [
            {"texto": "Rome", "correcta": False}, {"texto": "Paris", "correcta": True}]},
    ],
)  # fmt: skip
def test_the_answer_to_a_quiz_is_its_right_option(quiz: dict[str, object]) -> None:
    assert read([quiz]) == [("Where is it?", "Paris")]
