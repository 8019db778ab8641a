from collections import Counter
from pathlib import Path

from curation.sources import exports, profiles, slack
from curation.sources.exports import Export
from curation.sources.files import Folder
from curation.sources.units import Notes, Unit
from data.records import Drop
from tests.curation.sources import exported
from tests.curation.sources.exported import Days, said


def read(path: Path, days: Days) -> tuple[list[Unit], list[Drop], Notes]:
    notes = Notes()
    tree = Folder(exported.folder(path, days))
    export = Export(tree, exports.roots(tree.names)[0], "slack")
    told = slack.Told(lambda key: key.removeprefix("slack:"))
    found = list(slack.read(export, told, notes))
    units = [each for each in found if isinstance(each, Unit)]
    return units, [each for each in found if isinstance(each, Drop)], notes


def texts(unit: Unit) -> list[str]:
    return [turn.text for turn in unit.turns]


def test_a_thread_is_whole_across_day_files(tmp_path: Path) -> None:
    (thread,), drops, notes = read(tmp_path, exported.THREAD)

    assert thread.locator == "slack/help#1772400000.000100"
    assert [(turn.speaker, turn.text, turn.at) for turn in thread.turns] == [
        ("U1ASKER", "How do I turn off the nightly e-mail?", "1772400000.000100"),
        ("U2HELPS", "Settings > **Mail**, @U1ASKER.", "1772400060.000200"),
        ("U1ASKER", "that did it, thanks Tom", "1772490000.000300"),
    ]
    assert (drops, notes.counts["messages"], notes.counts["threads"]) == ([], 3, 1)


def test_messages_within_minutes_are_one_question(tmp_path: Path) -> None:
    root = "1772400200.000300"
    units, _, _ = read(
        tmp_path,
        {
            "help/2026-03-01.json": [
                said("1772400000.000100", "hi all"),
                said("1772400100.000200", "export hangs at 99 %"),
                said(root, "any idea?", thread_ts=root),
                said("1772400230.000400", "unrelated: lunch?"),
                said("1772400900.000500", "Restart it.", "U2HELPS", thread_ts=root),
            ]
        },
    )

    assert [texts(each) for each in units] == [
        ["hi all", "export hangs at 99 %", "any idea?", "Restart it."],
        ["unrelated: lunch?"],
    ]


def test_replies_without_their_first_message_are_an_orphan_thread(tmp_path: Path) -> None:
    lost = "1772000000.000100"
    units, _, notes = read(
        tmp_path,
        {"help/2026-03-01.json": [said("1772400000.000200", "still the same", thread_ts=lost)]},
    )

    assert [(texts(each), each.signals) for each in units] == [(["still the same"], ("orphan",))]
    assert notes.counts["orphan threads"] == 1


def test_noise_leaves_with_its_reason(tmp_path: Path) -> None:
    _, drops, notes = read(
        tmp_path,
        {
            "help/2026-03-01.json": [
                said("1.1", "<@U1ASKER> has joined", subtype="channel_join"),
                said("2.1", "deploy ok", "", subtype="bot_message", bot_id="B1"),
                said("3.1", "posted by an app user", "U9BOT"),
                said("4.1", "This message was deleted.", "USLACKBOT", subtype="tombstone"),
                said("5.1", "", files=[{"url_private": "https://files.slack.com/x?t=xoxe-1"}]),
                said("NaN", "no clock"),
                {"type": "message", "user": "U1ASKER", "text": "no clock at all"},
                {"id": "F1", "mode": "quip", "type": "file"},
                "",
                said("6.1", "kept", subtype="brand_new_thing"),
            ]
        },
    )

    assert [each.reason for each in drops] == [
        "no-timestamp",
        "no-timestamp",
        "not-a-message",
        "not-a-message",
        "notice",
        "bot-message",
        "bot-message",
        "deleted",
        "empty",
    ]
    assert drops[0].locator == "slack/help/2026-03-01.json#item6"
    assert drops[4].locator == "slack/help#1.1"
    assert notes.counts["messages"] == 10
    assert notes.counts["messages in units"] == 1
    assert notes.counts["unknown subtype brand_new_thing, kept"] == 1


def test_a_broadcast_reply_stands_once_in_its_thread(tmp_path: Path) -> None:
    root = "1772400000.000100"
    reply = said("1772400060.000200", "for all", subtype="thread_broadcast", thread_ts=root)

    (thread,), drops, _ = read(
        tmp_path,
        {"help/2026-03-01.json": [said(root, "why?", thread_ts=root), reply, reply]},
    )

    assert texts(thread) == ["why?", "for all"]
    assert [each.reason for each in drops] == ["repeated"]


def test_a_broken_day_is_reported_and_the_rest_kept(tmp_path: Path) -> None:
    export = exported.folder(tmp_path, exported.THREAD)
    (export / "help" / "2026-03-03.json").write_text('[{"type": "message", "te')
    (export / "help" / "canvas_in_the_conversation.json").write_text('[{"id": "F1"}]')

    units, drops, notes = read(tmp_path, {})

    assert len(units) == 1
    assert [(each.reason, each.locator) for each in drops] == [
        ("unreadable-file", "slack/help/2026-03-03.json")
    ]
    assert notes.names["unreadable files"] == ["help/2026-03-03.json"]
    assert notes.names["files without messages"] == ["help/canvas_in_the_conversation.json"]


def test_a_channel_that_no_list_names_is_read_and_told(tmp_path: Path) -> None:
    units, _, notes = read(tmp_path, {"old-help/2026-03-01.json": [said("1.1", "anyone here?")]})

    assert len(units) == 1
    assert notes.names["channels missing from channels.json"] == ["old-help"]


def test_reactions_and_edits_are_signals(tmp_path: Path) -> None:
    root = "1772400000.000100"
    reactions = [
        {"name": "white_check_mark", "users": ["U1ASKER"], "count": 1},
        {"name": "+1::skin-tone-2", "users": ["U3OTHER"], "count": 1},
    ]

    (thread,), _, _ = read(
        tmp_path,
        {
            "help/2026-03-01.json": [
                said(root, "why?", thread_ts=root),
                said("1772400060.000200", "Because.", "U2HELPS", thread_ts=root,
                     reactions=reactions, edited={"user": "U2HELPS", "ts": "1772400070.0"}),
            ]
        },
    )  # fmt: skip

    assert thread.turns[1].signals == (
        "reaction:white_check_mark:asker",
        "reaction:+1",
        "edited",
    )


def test_blocks_win_over_text(tmp_path: Path) -> None:
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a -> b"}]}
    block = {"type": "rich_text", "elements": [code]}

    (unit,), _, _ = read(
        tmp_path,
        {"help/2026-03-01.json": [said("1.1", "```a -&gt; b```", blocks=[block])]},
    )

    assert texts(unit) == ["```\na -> b\n```"]


def test_people_are_those_of_the_list_and_of_the_messages_without_bots(tmp_path: Path) -> None:
    profile = {"real_name": "Gwen Petrakis", "display_name": "Gwen"}
    tree = Folder(
        exported.folder(
            tmp_path,
            {"help/2026-03-01.json": [said("1.1", "hi", "U7GUEST", user_profile=profile)]},
        )
    )

    known = {each.key: each.full[0] for each in profiles.people(Export(tree, "", "slack"))}

    assert known["slack:U1ASKER"] == "Lena Novak"
    assert "Gwen Petrakis" in next(
        each.full for each in profiles.people(Export(tree, "", "s")) if each.key == "slack:U7GUEST"
    )
    assert "slack:U9BOT" not in known


def test_half_an_emoji_in_an_export_costs_nothing_but_itself(tmp_path: Path) -> None:
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "cut \ud83d"}]}
        ],
    }
    day = [said("1.1", "cut \ud83d", blocks=[block]), said("2000.1", "whole \U0001f600")]

    units, _, _ = read(tmp_path, {"help/2026-03-01.json": day})

    assert [texts(each) for each in units] == [["cut \ufffd"], ["whole \U0001f600"]]


def test_bytes_that_are_no_utf_8_cost_nothing_but_themselves(tmp_path: Path) -> None:
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "text", "text": "cut QQ here"}]}]}  # fmt: skip
    export = exported.folder(tmp_path, {"help/2026-03-01.json": [said("1.1", "", blocks=[block])]})
    day = export / "help" / "2026-03-01.json"
    day.write_bytes(day.read_bytes().replace(b"QQ", b"\xff"))

    tree = Folder(export)
    told = slack.Told(lambda key: key)
    (unit,) = slack.read(Export(tree, "", "slack"), told, Notes())

    assert isinstance(unit, Unit)
    assert unit.title == "cut \ufffd here"


def test_each_trouble_of_an_export_is_handled_and_counted(tmp_path: Path) -> None:
    root, gone = "1772400000.000100", "1772400900.000100"
    _, drops, notes = read(
        tmp_path,
        {
            "help/2026-03-01.json": [
                said(root, "Where are the logs? \ud83d", thread_ts=root),
                said("1772400060.000200", "Below /srv.", "U2HELPS", thread_ts=root, edited={}),
                said(
                    "1772409600.000300", "found them", thread_ts=root, subtype="thread_broadcast"
                ),
                said(gone, "This message was deleted.", subtype="tombstone", thread_ts=gone),
                said("1772400960.000100", "why?", "U2HELPS", thread_ts=gone),
                said("1772400970.000100", "me too", "U2HELPS", thread_ts="1772300000.000100"),
                said("NaN", "no time"),
                {"type": "message", "user": "U1ASKER", "text": "none at all"},
                {"id": "F1", "created": 1772400000, "mode": "quip"},
                "",
            ],
            "old/2026-03-01.json": [],
        },
    )

    assert Counter(each.reason for each in drops) == {
        "no-timestamp": 3,
        "not-a-message": 1,
        "deleted": 1,
    }
    assert notes.counts == {
        "channels": 2,
        "messages": 10,
        "messages in units": 5,
        "threads": 1,
        "threads whose first message was dropped": 1,
        "orphan threads": 1,
        "broadcasts": 1,
        "edited messages": 1,
        "messages of another day than their file": 1,
        "files with broken characters": 1,
        "names without the UTF-8 flag": 0,
        "no-timestamp": 3,
        "not-a-message": 1,
        "deleted": 1,
    }
    assert notes.names == {
        "channels missing from channels.json": ["old"],
        "files without messages": ["old/2026-03-01.json"],
    }


def test_an_escaped_mention_is_no_raw_id(tmp_path: Path) -> None:
    (unit,), _, _ = read(
        tmp_path, {"help/2026-03-01.json": [said("1772400000.000100", "&lt;@U2HELPS&gt; hi")]}
    )

    assert texts(unit) == ["@U2HELPS hi"]


def test_a_form_posted_by_an_app_is_the_question_of_whom_it_names(tmp_path: Path) -> None:
    root = "1772400000.000100"
    form = "*Question from <@U1ASKER>*\nHow do I enrol my own phone?"
    posted = said(root, form, "", subtype="bot_message", bot_id="B1", thread_ts=root)
    reply = said("1772400060.000200", "With the portal.", "U2HELPS", thread_ts=root)
    days: Days = {"help/2026-03-01.json": [posted, reply]}

    (thread,), drops, notes = read(tmp_path, days)

    assert [(turn.speaker, turn.text) for turn in thread.turns] == [
        ("U1ASKER", "How do I enrol my own phone?"),
        ("U2HELPS", "With the portal."),
    ]
    assert (drops, notes.counts["forms posted by apps"]) == ([], 1)


def test_a_form_of_somebody_who_was_forgotten_leaves(tmp_path: Path) -> None:
    root = "1772400000.000100"
    form = "*Question from <@U1ASKER>*\nHow do I enrol my own phone?"
    posted = said(root, form, "", subtype="bot_message", bot_id="B1", thread_ts=root)
    tree = Folder(exported.folder(tmp_path, {"help/2026-03-01.json": [posted]}))
    export = Export(tree, exports.roots(tree.names)[0], "slack")
    told = slack.Told(lambda key: key, is_forgotten="slack:U1ASKER".__eq__)

    (drop,) = slack.read(export, told, Notes())

    assert isinstance(drop, Drop)
    assert drop.reason == "forgotten"
