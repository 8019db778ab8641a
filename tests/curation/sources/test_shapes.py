"""The same thread in every packing that tools use is the same passage."""

import gzip
import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from curation import ingest
from data import store
from data.errors import BadInputError
from data.records import Drop, Passage
from tests import make
from tests.curation.sources import exported
from tests.curation.sources.exported import CHANNELS, THREAD, USERS, Item, said

MESSAGES = [dict(each) for day in THREAD.values() for each in day if isinstance(each, Mapping)]
ROOT, *REPLIES = MESSAGES
Writer = Callable[[Path], Path]


def put(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    packed = gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode()
    path.write_bytes(packed)


def lines(items: Sequence[Item]) -> str:
    return "".join(json.dumps(each) + "\n" for each in items)


def dump(path: Path) -> Path:
    inside = {**ROOT, "slackdump_thread_replies": REPLIES}
    put(path / "C1HELP.json", {"channel_id": "C1HELP", "name": "help", "messages": [inside]})
    put(path / "users.json", USERS)
    return path


def chunks(path: Path) -> Path:
    chunk = {"t": 0, "ts": 1, "id": "C1HELP", "n": 1, "m": [ROOT]}
    thread = {"t": 1, "ts": 2, "id": "C1HELP", "p": ROOT, "r": ROOT["ts"], "n": 2, "m": REPLIES}
    put(path / "C1HELP.json.gz", lines([chunk, thread]))
    put(path / "users.json.gz", lines([{"t": 3, "ts": 1, "n": 4, "u": USERS}]))
    put(path / "channels.json.gz", lines([{"t": 4, "ts": 1, "n": 1, "ch": CHANNELS}]))
    return path


def database(path: Path) -> Path:
    path.mkdir(parents=True)
    with closing(sqlite3.connect(path / "slackdump.sqlite")) as crawl, crawl:
        crawl.execute("CREATE TABLE MESSAGE (ID, CHUNK_ID, CHANNEL_ID, TS, DATA BLOB)")
        crawl.execute("CREATE TABLE CHANNEL (ID, CHUNK_ID, NAME, DATA BLOB)")
        crawl.execute("CREATE TABLE S_USER (ID, CHUNK_ID, USERNAME, DATA BLOB)")
        for number, each in enumerate([*REPLIES, ROOT, *MESSAGES]):
            row = (number, 1, "C1HELP", each["ts"], json.dumps(each).encode())
            crawl.execute("INSERT INTO MESSAGE VALUES (?, ?, ?, ?, ?)", row)
        for table, listed in (("CHANNEL", CHANNELS), ("S_USER", USERS)):
            for entry in listed:
                listing = (entry["id"], 1, entry["name"], json.dumps(entry).encode())
                crawl.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", listing)
    crawl.close()
    return path


def site(path: Path) -> Path:
    put(path / "messages" / "help.json", MESSAGES[::-1])
    put(path / "users" / "help.json", {str(each["id"]): each for each in USERS})
    return path


def pages(path: Path) -> Path:
    put(path / "help-1.json", {"ok": True, "messages": [REPLIES[1]], "has_more": True})
    put(path / "help-2.json", {"ok": True, "messages": [REPLIES[0], ROOT], "has_more": False})
    put(path / "users.json", {"ok": True, "members": USERS})
    return path


def mirror(path: Path) -> Path:
    put(path / "help.jsonl.gz", lines([REPLIES[0], ROOT, REPLIES[1]]))
    put(path / "users.json", USERS)
    return path


def discovery(path: Path) -> Path:
    put(path / "users.ndjson.gz", lines(USERS))
    put(path / "channels.ndjson.gz", lines(CHANNELS))
    told = [{**each, "channel": "C1HELP"} for each in MESSAGES]
    put(path / "messages-00001.ndjson.gz", lines(told[1:]))
    put(path / "messages-00002.ndjson.gz", lines(told[:1]))
    return path


def by_id(path: Path) -> Path:
    """As slackdump exports: the folder is called by the channel's id."""
    days = {name.replace("help/", "C1HELP/"): day for name, day in THREAD.items()}
    return exported.folder(path, days)


def grid(path: Path) -> Path:
    exported.folder(path, THREAD)
    (path / "users.json").rename(path / "org_users.json")
    (path / "channels.json").rename(path / "groups.json")
    return path


def teams(path: Path) -> Path:
    """Lists of an organisation above the folder of one workspace, which has none."""
    inside = exported.folder(path / "teams" / "north", THREAD)
    (inside / "users.json").rename(path / "org_users.json")
    (inside / "channels.json").rename(path / "channels.json")
    return path


def shuffled(path: Path) -> Path:
    """Every message in another day file than it belongs to."""
    days = {
        "help/2026-05-01.json": [MESSAGES[2], MESSAGES[0]],
        "help/2020-01-01.json": REPLIES[:1],
    }
    return exported.folder(path, days)


def paged(path: Path) -> Path:
    """Lists as the API gives them, beside folders of days."""
    exported.folder(path, THREAD)
    put(path / "users.json", {"ok": True, "members": USERS})
    put(path / "channels.json", {"ok": True, "channels": CHANNELS})
    return path


def marked(path: Path) -> Path:
    exported.folder(path, THREAD)
    for file in path.rglob("*.json"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    return path


WRITERS = (
    dump,
    chunks,
    database,
    site,
    pages,
    mirror,
    discovery,
    by_id,
    grid,
    teams,
    shuffled,
    marked,
    paged,
)


def ingested(tmp_path: Path, source: Path, name: str = "w") -> tuple[bytes, bytes]:
    space = make.space(tmp_path / name)
    ingest.run(space, [source])
    return space.passages.read_bytes(), space.ingested.read_bytes()


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_every_packing_gives_the_same_bytes(tmp_path: Path, write: Writer) -> None:
    expected = ingested(tmp_path, exported.folder(tmp_path / "a" / "acme"), "expected")

    found = ingested(tmp_path, write(tmp_path / "b" / "acme"))

    assert b"Settings > **Mail**" in expected[0]
    assert found == expected


@pytest.mark.parametrize("write", [dump, chunks, database, site], ids=lambda w: w.__name__)
def test_a_packing_inside_a_zip_gives_the_same_bytes(tmp_path: Path, write: Writer) -> None:
    expected = ingested(tmp_path, exported.folder(tmp_path / "a" / "acme"), "expected")
    folder = write(tmp_path / "b" / "acme")
    with zipfile.ZipFile(tmp_path / "acme.zip", "w") as archive:
        for file in folder.rglob("*.*"):
            archive.write(file, f"wrapped/{file.relative_to(folder)}")

    assert ingested(tmp_path, tmp_path / "acme.zip") == expected


def test_one_file_can_be_named_alone(tmp_path: Path) -> None:
    put(tmp_path / "help.jsonl", lines(MESSAGES))
    space = make.space(tmp_path / "w")

    ingest.run(space, [tmp_path / "help.jsonl"])

    (only,) = store.read(space.passages, Passage)
    assert only.origin.locator == "help.jsonl/help#1772400000.000100"
    assert len(only.turns) == 3


def test_a_day_file_that_was_cut_keeps_what_stands_before_the_cut(tmp_path: Path) -> None:
    export = exported.folder(tmp_path / "acme")
    whole = json.dumps([said("1772700000.1", "is it up?"), said("1772800000.1", "it is down")])
    (export / "help" / "2026-03-05.json").write_text(whole[:-30])
    space = make.space(tmp_path / "w")

    ingest.run(space, [export])

    assert "is it up?" in {each.title for each in store.read(space.passages, Passage)}
    drops = list(store.read(store.drops_path(space.passages), Drop))
    assert [(each.reason, each.locator) for each in drops] == [
        ("truncated-file", "acme/help/2026-03-05.json")
    ]


def test_a_message_that_is_nested_too_deeply_costs_none_before_it(tmp_path: Path) -> None:
    deep = (
        '{"ts": "1772500000.000100", "text": "x", "blocks": ' + "[" * 200_000 + "]" * 200_000 + "}"
    )
    path = exported.folder(tmp_path / "acme", {})
    put(path / "help/2026-03-01.json", f"[{json.dumps(ROOT)}, {deep}]")

    space = make.space(tmp_path / "w")
    ingest.run(space, [path])

    (kept,) = store.read(space.passages, Passage)
    (lost,) = store.read(store.drops_path(space.passages), Drop)
    assert (kept.title, lost.reason) == (ROOT["text"], "truncated-file")


def test_a_message_with_a_strange_part_loses_that_part_alone(tmp_path: Path) -> None:
    odd = said("1772400000.000100", "is it up?", reactions=["+1"], edited="yes")
    space = make.space(tmp_path / "w")

    ingest.run(space, [exported.folder(tmp_path / "acme", {"help/2026-03-01.json": [odd, 7]})])

    assert [each.title for each in store.read(space.passages, Passage)] == ["is it up?"]
    assert [each.reason for each in store.read(store.drops_path(space.passages), Drop)] == [
        "not-a-message"
    ]


def test_of_two_versions_of_a_message_the_later_edit_stands(tmp_path: Path) -> None:
    old = said("1772400000.000100", "is it up")
    new = said("1772400000.000100", "is it up again?", edited={"ts": "1772400090.0"})
    days = {"help/2026-03-01.json": [new], "help/2026-03-02.json": [old]}
    space = make.space(tmp_path / "w")

    done = ingest.run(space, [exported.folder(tmp_path / "acme", days)])

    assert [each.title for each in store.read(space.passages, Passage)] == ["is it up again?"]
    assert done.passages.dropped == {"repeated": 1}


def test_names_in_half_width_and_in_the_extra_field_of_a_zip_are_right(tmp_path: Path) -> None:
    path = tmp_path / "acme.zip"
    raw = "ver?ffentlicht/2026-03-01.json"
    told = struct.pack("<BL", 1, zlib.crc32(raw.encode())) + raw.replace("?", "ö").encode()
    strange = zipfile.ZipInfo(raw)
    strange.extra = struct.pack("<HH", 0x7075, len(told)) + told
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("channels.json", json.dumps([{"id": "C1", "name": "テスト"}]))
        archive.writestr("users.json", "[]")
        archive.writestr(strange, json.dumps([said("1.1", "wo?")]))
        archive.writestr("ﾃｽﾄ/2026-03-01.json", json.dumps([said("2.1", "どこ?")]))
    space = make.space(tmp_path / "w")

    ingest.run(space, [path])

    assert {each.origin.locator for each in store.read(space.passages, Passage)} == {
        "acme/veröffentlicht#1.1",
        "acme/テスト#2.1",
    }


def test_a_gzip_that_explodes_is_told_and_left(tmp_path: Path) -> None:
    put(
        tmp_path / "d" / "help.jsonl.gz",
        lines(MESSAGES) + " " * 30_000_000,
    )
    put(tmp_path / "d" / "news.jsonl", lines([said("1772400000.1", "is it up?")]))
    space = make.space(tmp_path / "w")

    done = ingest.run(space, [tmp_path / "d"])

    assert done.passages.dropped["unreadable-file"] == 1
    assert "is it up?" in {each.title for each in store.read(space.passages, Passage)}


def test_json_that_is_no_chat_is_no_archive(tmp_path: Path) -> None:
    put(tmp_path / "d" / "prices.json", [{"name": "apple", "price": 3}])

    with pytest.raises(BadInputError, match=r"prices\.json: no questions"):
        ingest.run(make.space(tmp_path / "w"), [tmp_path / "d"])


@pytest.mark.parametrize("file", ["C1HELP.json", "C1HELP.jsonl"])
def test_half_an_emoji_in_a_dump_costs_nothing_but_itself(tmp_path: Path, file: str) -> None:
    message = {**ROOT, "text": "How do I turn off \ud83d mails?"}
    inside = {"channel_id": "C1HELP", "name": "help", "messages": [message, REPLIES[0]]}
    chunk = {"t": 0, "id": "C1HELP", "ci": CHANNELS[0], "m": [message, REPLIES[0]]}
    put(tmp_path / "acme" / file, lines([chunk]) if file.endswith("l") else inside)

    space = make.space(tmp_path / "w")
    ingest.run(space, [tmp_path / "acme"])

    (thread,) = store.read(space.passages, Passage)
    assert thread.origin.locator == "acme/help#1772400000.000100"
    assert thread.turns[0].text == "How do I turn off \ufffd mails?"
    assert list(store.read(store.drops_path(space.passages), Drop)) == []


def test_folders_of_days_need_no_list_beside_them(tmp_path: Path) -> None:
    days = exported.folder(tmp_path / "acme", THREAD)
    (days / "users.json").unlink()
    (days / "channels.json").unlink()

    space = make.space(tmp_path / "w")
    ingest.run(space, [days])

    (thread,) = store.read(space.passages, Passage)
    assert thread.origin.locator == "acme/help#1772400000.000100"
    assert len(thread.turns) == 3
