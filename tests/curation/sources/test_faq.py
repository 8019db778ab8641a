from curation.sources import faq, markdown
from curation.sources.units import Notes, Unit
from data.records import Drop


def read(text: str, name: str = "faq.md") -> tuple[list[Unit], list[Drop], Notes]:
    notes = Notes()
    found = list(faq.read(markdown.parse(text), name, notes))
    units = [each for each in found if isinstance(each, Unit)]
    return units, [each for each in found if isinstance(each, Drop)], notes


def titles(text: str, name: str = "faq.md") -> list[str]:
    return [each.title for each in read(text, name)[0] if each.kind == "faq"]


MIXED = """\
# Help desk FAQ

- [Accounts](#accounts)
  - [How do I reset my password?](#reset)
  - [Can I use `SSO`?](#sso)

## Accounts

### How do I reset my password? {#reset}

Open **Settings**:

1. choose *Security*
2. press `Reset`

#### On a phone

Tap the cog first.

<h3 name="sso">
Can I use <code>SSO</code>?
</h3>

Yes, on [Team].

### Two-step verification

It is on by default.

### Is there an API?

## Billing

### Why was I charged twice? <a name="twice"></a>

See the [bill].

[Team]: https://acme.example/team
[bill]:
  https://acme.example/bill
"""


def test_questions_are_found_at_mixed_levels_and_once_each() -> None:
    units, drops, notes = read(MIXED)

    assert [each.title for each in units] == [
        "How do I reset my password?",
        "Can I use `SSO`?",
        "Two-step verification",
        "Why was I charged twice?",
    ]
    assert [(each.reason, each.locator) for each in drops] == [("no-answer", "faq.md#L30")]
    assert notes.counts["contents entries skipped"] == 3


def test_an_answer_keeps_its_markdown_and_its_sub_headings() -> None:
    (reset, sso, *_, charged), _, _ = read(MIXED)

    assert reset.locator == "faq.md#L9"
    assert reset.text == (
        "Open **Settings**:\n\n1. choose *Security*\n2. press `Reset`\n\n"
        "#### On a phone\n\nTap the cog first."
    )
    assert sso.text == "Yes, on [Team](https://acme.example/team)."
    assert charged.text == "See the [bill](https://acme.example/bill)."


def test_code_is_kept_to_the_letter() -> None:
    code = "```sh\n# Is this a heading?\n\n\n<!-- kept -->\necho [a]\n```"

    (unit,), _, _ = read(f"# FAQ\n\n## How do I run it?\n\n{code}\n\n[a]: https://a.example\n")

    assert unit.text == code


def test_an_index_page_has_no_entries() -> None:
    page = "# FAQ\n\n## Contents\n\n- [When do I need it?](a.md#when)\n- [Who may?](a.md#who)\n"

    units, drops, _ = read(page)

    assert units == []
    assert [each.reason for each in drops] == ["only-links"]


def test_front_matter_directives_and_labels_are_not_text() -> None:
    page = (
        "---\ntitle: Help\n---\n# FAQ\n\n```{contents}\n:local:\n```\n\n"
        "## Is it safe? I wonder\n\nYes.\n\n(labels/next)=\n\n## 2. What does it cost?\n\nNothing.\n"
    )

    units, _, _ = read(page)

    assert [(each.title, each.text) for each in units] == [
        ("Is it safe? I wonder", "Yes."),
        ("What does it cost?", "Nothing."),
    ]


def test_q_and_a_lines_bold_questions_and_summaries_are_entries_too() -> None:
    page = """\
**Q: How do I export?**

A: Use *Export*.

Q2. Is it
free?
A: Yes.

**Can I pay by card?**
Yes, too.

<details>
<summary>What about <b>SSO</b>?</summary>

Only on Team.

</details>
"""

    units, _, _ = read(page)

    assert [(each.title, each.text) for each in units] == [
        ("How do I export?", "Use *Export*."),
        ("Is it free?", "Yes."),
        ("Can I pay by card?", "Yes, too."),
        ("What about SSO?", "Only on Team."),
    ]


def test_a_bold_question_inside_an_answer_is_part_of_it() -> None:
    page = "# FAQ\n\n## How do I pay?\n\nBy card.\n\n**Why not cash?**\nToo heavy.\n"

    assert titles(page) == ["How do I pay?"]


def test_a_page_that_asks_nothing_is_cut_at_its_headings() -> None:
    page = (
        "# Deploying\n\nRead this first.\n\n## Requirements\n\n- a server\n\n## Why?\n\nSpeed.\n"
    )

    units, drops, _ = read(page, "deploy.md")

    assert [(each.kind, each.title, each.text) for each in units] == [
        ("page", "Deploying", "Read this first."),
        ("page", "Requirements", "- a server"),
        ("page", "Why?", "Speed."),
    ]
    assert drops == []


def test_statements_are_entries_where_the_page_is_an_faq() -> None:
    page = "# Frequently asked questions\n\n## Refunds\n\n14 days.\n\n## Export\n\nUse the menu.\n"

    assert titles(page, "help.md") == ["Refunds", "Export"]


def test_an_empty_page_and_a_page_of_backticks_end_at_once() -> None:
    assert read("")[0] == []
    assert read("# FAQ\n\n## What is this?\n\n" + "`" * 20_000)[0][0].title == "What is this?"


def test_a_group_with_questions_below_it_is_no_entry_whatever_follows_them() -> None:
    page = (
        "# FAQ\n\n## How do I upgrade?\n\nRun it.\n\n## Errors\n\n### EACCES\n\nUse sudo.\n\n"
        "### ENOENT: what is that?\n\nA missing file.\n\n### EPERM\n\nAsk.\n"
    )

    assert titles(page) == ["How do I upgrade?", "EACCES", "ENOENT: what is that?", "EPERM"]


def test_an_answer_keeps_its_sentences_that_look_like_prefixes() -> None:
    (unit,) = read("# FAQ\n\n## Is it META?\n\nIt is META.yml, plan A: take it.\n")[0]

    assert unit.text == "It is META.yml, plan A: take it."


def test_a_question_in_a_manual_leaves_it_a_manual() -> None:
    units, _, _ = read(
        "# Guide\n\n## What is a tag?\n\nA word.\n\n## Setup\n\nRun it.\n", "guide.md"
    )

    assert [each.kind for each in units] == ["page", "page"]


def test_an_faq_inside_a_readme_is_found_and_the_readme_stays_pages() -> None:
    page = "# Tool\n\n## Install\n\nRun `pip` and wait until it has done all that it wants to do here.\n\n## FAQ\n\n### Does it work?\n\nYes.\n\n### Linux\n\nYes, too.\n"

    units, _, _ = read(page, "README.md")

    assert [(each.kind, each.title) for each in units] == [
        ("page", "Install"),
        ("faq", "Does it work?"),
        ("faq", "Linux"),
    ]


def test_an_answer_loses_its_label_and_keeps_its_emphasis() -> None:
    page = (
        "# FAQ\n\n**Q1: How?**\n*Answer*: **By weight**, not by heat.\n\n"
        "**P:** ¿Cuánto?\n**R:** Nada.\n\n#### Frage 3\n\nWann?\n\n#### Antwort 3\n\nNie.\n"
    )

    units, _, _ = read(page)

    assert [(each.title, each.text) for each in units] == [
        ("How?", "**By weight**, not by heat."),
        ("¿Cuánto?", "Nada."),
        ("Wann?", "Nie."),
    ]


def test_a_letter_is_a_label_only_of_what_asks() -> None:
    assert titles("# FAQ\n\n## Paths\n\nF: the drive.\n\n## D: drives\n\nNo.\n") == [
        "Paths",
        "D: drives",
    ]


def test_what_a_page_asks_its_reader_is_no_entry_however_it_is_written() -> None:
    page = (
        "# FAQ\n\n**How do I fill it?**\n\nPour.\n\n**How hot?**\n\nHot.\n\n"
        "**Still have questions?**\n\nWrite to us.\n"
    )

    assert titles(page) == ["How do I fill it?", "How hot?"]


def test_pages_that_ask_in_a_folder_called_faq_are_faqs() -> None:
    page = "# Errors\n\n## It leaks\n\nTurn it.\n\n## Why is it cold?\n\nNo power.\n"

    assert titles(page, "docs/faq/errors.md") == ["It leaks", "Why is it cold?"]
    assert titles(page, "docs/guide/errors.md") == []


def test_the_notes_say_which_detector_won_and_why_the_others_lost() -> None:
    page = (
        "# FAQ\n\n**Q: How do I fill it?**\n\nPour:\n\n- Is it open?\n\n  Look.\n\n"
        "**Q: Lid**\n\nPush.\n\n**How hot?**\n\nHot.\n"
    )

    units, _, notes = read(page)

    assert [each.title for each in units] == ["How do I fill it?", "Lid", "How hot?"]
    assert notes.names["detectors"] == ["mixed 3"]
    assert "bold in 'FAQ': 2 of 2 ask, mixed won" in notes.names["detectors rejected"]


def test_a_question_that_comes_again_stays_only_with_other_facts() -> None:
    asked = "## How large may a file be?\n\nA file may be up to {}.\n\n"
    text = "# FAQ\n\n" + "".join(map(asked.format, ("5 GB", "20 GB", "5 GB, on every plan")))

    units, drops, _ = read(text)

    assert [each.text for each in units] == [f"A file may be up to {n} GB." for n in (5, 20)]
    assert [each.reason for each in drops] == ["same-question"]
