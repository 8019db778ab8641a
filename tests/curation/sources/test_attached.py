"""What hangs on a message: said only where the message itself says nothing."""

import msgspec

from curation.sources import attached
from curation.sources.mrkdwn import Names

NAMES = Names(
    user={"U1": "User_01"}.__getitem__,
    channel={"C1": "help"}.__getitem__,
    is_forgotten="U9".__eq__,
)


def raw(*content: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(content))


def blocks(text: str) -> list[object]:
    words = {"type": "text", "text": text}
    return [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [words]}],
        }
    ]


def test_a_card_is_told_with_title_text_and_fields() -> None:
    card = {
        "fallback": "[db1] disk is full",
        "pretext": "Heads up <@U1>",
        "title": "Disk &amp; quota",
        "title_link": "https://x.io/7",
        "text": "*90 %* used",
        "fields": [{"title": "Host", "value": "db1", "short": True}, {"value": 7}],
    }

    assert attached.cards(raw(card), NAMES) == (
        "Heads up @User_01\n\n[Disk & quota](https://x.io/7)\n\n**90 %** used\n\n**Host:** db1\n7"
    )


def test_a_fallback_is_told_only_where_nothing_else_is() -> None:
    of_blocks = {"fallback": "[no preview available]", "blocks": blocks("Deployed")}

    assert attached.cards(raw(of_blocks, {"fallback": "a &lt; b"}), NAMES) == "Deployed\n\na < b"
    assert attached.cards(raw({"fallback": "[no preview available]"}), NAMES) == ""


def test_a_shared_message_is_a_quote() -> None:
    inside = [{"message": {"blocks": blocks("one\ntwo")}}]
    shared = {"is_share": True, "text": "one", "message_blocks": inside, "fallback": "[x] one"}

    assert attached.cards(raw(shared), NAMES) == "> one\n> two"


def test_words_of_somebody_forgotten_are_not_shared() -> None:
    assert attached.cards(raw({"author_id": "U9", "text": "mine"}), NAMES) == ""


def test_a_pasted_table_is_told_beside_the_text() -> None:
    cells = [{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 3}]
    table = {"blocks": [*blocks("x"), {"type": "table", "rows": [cells]}]}

    assert attached.tables(raw(table, {"text": "preview"}), NAMES) == "| a | 3 |\n| --- | --- |"


def test_a_snippet_is_code_and_other_files_are_nothing() -> None:
    snippet = {"mode": "snippet", "filetype": "python", "preview": "x = 1\r\ny = 2"}
    picture = {"mode": "hosted", "filetype": "png", "url_private": "https://x.io", "preview": "?"}

    assert attached.snippets(raw(snippet, picture)) == "```python\nx = 1\ny = 2\n```"


def test_what_cannot_be_read_costs_only_itself() -> None:
    assert attached.cards(raw({"text": 7}, {"text": "still here"}), NAMES) == "still here"
    assert attached.snippets(raw({"preview": 7})) == ""
    assert attached.cards(msgspec.Raw(b'"?"'), NAMES) == ""
