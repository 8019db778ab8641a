import msgspec
import pytest

from curation.sources import blocks, mrkdwn
from curation.sources.mrkdwn import Names

NAMES = Names(user={"U1": "User_01"}.__getitem__, channel={"C1": "help"}.__getitem__)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("*bold* _it_ ~no~ 2 * 3 * 4", "**bold** _it_ ~~no~~ 2 * 3 * 4"),
        ("a &lt;b&gt; &amp;lt; c", "a <b> &lt; c"),
        ("<https://x.io/a?b=1&amp;c=2|the page>", "[the page](https://x.io/a?b=1&c=2)"),
        ("run <http://build.sh|build.sh> on <http://x.io>", "run build.sh on http://x.io"),
        ("<mailto:a@b.io|a@b.io> <tel:5552025|555 2025>", "a@b.io 555 2025"),
        ("<@U1> <@U1|lena>: see <#C1|> <#C9|news>", "@User_01 @User_01: see #help #news"),
        ("<!here> <!subteam^S1|@ops> <!date^1^{d}|May 1>", "@here @ops May 1"),
        ("x <- c(1) and <stdio.h>", "x <- c(1) and <stdio.h>"),
        ("&gt; quoted\n• one\n◦ two", "> quoted\n\n- one\n- two"),
        ("`a &amp;&amp; *b*`", "`a && *b*`"),
        (
            "so ```if a &lt; b:\n  *x = <http://n.py|n.py>```",
            "so\n```\nif a < b:\n  *x = n.py\n```",
        ),
        ("<https://files.slack.com/files-pri/T1-F1/a.txt?t=xoxe-1|a.txt>", "a.txt"),
        ("at 12:30:45 :+1::skin-tone-2:", "at 12:30:45 :+1:"),
        ("*Run `a*b` now* _*both*_", "**Run `a*b` now** _**both**_"),
        ("<https://x.io/*a*/~b~> ~no~", "https://x.io/*a*/~b~ ~~no~~"),
        ("<https://x.io/a(b|odd>", "[odd](<https://x.io/a(b>)"),
        ("&gt; said\nagreed", "> said\n\nagreed"),
        ("why:\n&gt;&gt;&gt; one\n\ntwo", "why:\n> one\n>\n> two"),
        ("```python\nx = 1```", "```python\nx = 1\n```"),
        ("due <!date^1700000000^{date_long}>", "due 2023-11-14"),
    ],
)
def test_slack_text_becomes_markdown(text: str, markdown: str) -> None:
    assert mrkdwn.decode(text, NAMES) == markdown


def rendered(content: object, names: Names) -> str:
    return blocks.decode(msgspec.Raw(msgspec.json.encode(content)), names)


def rich(*elements: dict[str, object]) -> list[dict[str, object]]:
    return [{"type": "rich_text", "elements": list(elements)}]


def section(*elements: dict[str, object], kind: str = "rich_text_section") -> dict[str, object]:
    return {"type": kind, "elements": list(elements)}


def words(text: str, **style: bool) -> dict[str, object]:
    return (
        {"type": "text", "text": text, "style": style} if style else {"type": "text", "text": text}
    )


def test_rich_text_is_not_unescaped() -> None:
    found = rendered(rich(section(words("a &lt; b ", bold=True), words("x", code=True))), NAMES)

    assert found == "**a &lt; b** `x`"


def test_mentions_links_and_emoji_of_rich_text_are_named() -> None:
    found = rendered(
        rich(
            section(
                {"type": "user", "user_id": "U1"},
                words(" in "),
                {"type": "channel", "channel_id": "C1"},
                words(" "),
                {"type": "link", "url": "https://x.io", "text": "page"},
                {"type": "emoji", "name": "tada", "unicode": "1f389"},
            )
        ),
        NAMES,
    )

    assert found == "@User_01 in #help [page](https://x.io):tada:"


def test_nested_lists_and_code_keep_their_shape() -> None:
    def bullets(indent: int, style: str, *items: str, offset: int = 0) -> dict[str, object]:
        return {
            "type": "rich_text_list",
            "style": style,
            "indent": indent,
            "offset": offset,
            "elements": [section(words(item)) for item in items],
        }

    found = rendered(
        rich(
            section(words("Do this:\n")),
            bullets(0, "ordered", "first"),
            bullets(1, "bullet", "a", "b"),
            bullets(0, "ordered", "second", offset=1),
            section(words("then ")),
            section(words("x = [1]\n\ny"), kind="rich_text_preformatted"),
        ),
        NAMES,
    )

    assert found == (
        "Do this:\n1. first\n    - a\n    - b\n2. second\n\nthen \n```\nx = [1]\n\ny\n```"
    )


def test_headers_sections_and_tables_have_text_too() -> None:
    cell = rich(section(words("Plan")))[0]
    found = rendered(
        [
            {"type": "header", "text": {"type": "plain_text", "text": "Prices & plans"}},
            {"type": "section", "text": {"type": "mrkdwn", "text": "*new* &amp; old"}},
            {"type": "divider"},
            {"type": "table", "rows": [[cell, cell], [cell, cell]]},
        ],
        NAMES,
    )

    assert found == (
        "Prices & plans\n\n**new** & old\n\n| Plan | Plan |\n| --- | --- |\n| Plan | Plan |"
    )


def test_blocks_of_an_unknown_shape_are_left_to_the_text() -> None:
    assert rendered([{"type": 7}], NAMES) == ""
    assert rendered({"type": "rich_text"}, NAMES) == ""


def test_neighbours_of_one_style_share_its_marks() -> None:
    found = rendered(
        rich(
            section(
                words("Set "),
                words("both", bold=True),
                words(" "),
                words("flags ", bold=True),
                words("twice", bold=True, italic=True),
                words(", not "),
                words("once\nnow", strike=True),
            )
        ),
        NAMES,
    )

    assert found == "Set **both flags _twice_**, not ~~once~~\n~~now~~"


def test_code_in_a_line_keeps_its_ticks_and_half_a_word_its_slant() -> None:
    found = rendered(
        rich(section(words("a`b", code=True), words(" un"), words("like", italic=True))), NAMES
    )

    assert found == "`` a`b `` un*like*"


def test_a_list_that_skips_a_level_is_one_step_deeper() -> None:
    def bullet(indent: int, text: str) -> dict[str, object]:
        inside = [section(words(text))]
        return {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": indent,
            "elements": inside,
        }

    assert rendered(rich(bullet(1, "a"), bullet(3, "b"), bullet(1, "c")), NAMES) == (
        "- a\n    - b\n- c"
    )


def test_what_follows_a_quote_is_not_quoted() -> None:
    found = rendered(
        rich(section(words("really?\nyes"), kind="rich_text_quote"), section(words("ok"))), NAMES
    )

    assert found == "> really?\n> yes\n\nok"


def test_colours_dates_and_languages_are_told() -> None:
    code = {**section(words("x = 1"), kind="rich_text_preformatted"), "language": "python"}
    colour: dict[str, object] = {"type": "color", "value": "#ff0000"}
    date: dict[str, object] = {"type": "date", "timestamp": 1700000000, "format": "{date_long}"}

    assert rendered(rich(section(colour, words(" on "), date), code), NAMES) == (
        "#ff0000 on 2023-11-14\n```python\nx = 1\n```"
    )
