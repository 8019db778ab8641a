"""Slack exports made for the purpose: short messages, a third of them in threads."""

import json
import random
import re
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

MEGABYTE = 1_000_000
CHANNEL = 2 * MEGABYTE
"""A larger export has more channels, not larger ones."""
USERS = 300
WORDS = re.findall(
    r"\w+",
    "the export hangs again after update how do we rotate our keys on staging please check if "
    "server returns 502 because cache is full try to restart worker then clear queue and retry "
    "thanks that worked for me now dashboard shows wrong totals since monday anyone seen this",
)


def export(path: Path, size: int) -> None:
    """A zip whose JSON is about this large: short messages, a third of them in threads."""
    draw = random.Random(size)
    users = [_user(number) for number in range(USERS)]
    channels = [{"id": f"C{n:05}", "name": f"channel-{n}"} for n in range(size // CHANNEL)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps(channels))
        for channel in channels:
            for day, messages in _days(draw, CHANNEL):
                archive.writestr(f"{channel['name']}/{day}.json", json.dumps(messages))


def _user(number: int) -> dict[str, object]:
    first, last = f"Anna{number:03}", f"Berg{number:03}"
    profile = {"real_name": f"{first} {last}", "display_name": first}
    return {"id": f"U{number:05}", "name": f"{first}.{last}".lower(), "profile": profile}


def _days(draw: random.Random, size: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    now, written, root, day = 1_700_000_000, 0, "", 0
    while written < size:
        messages = []
        for _ in range(100):
            now += draw.randrange(20, 900)
            message = _message(draw, f"{now}.{draw.randrange(10**6):06}")
            root = root if root and draw.random() < 0.4 else str(message["ts"])
            message["thread_ts"] = root
            messages.append(message)
        _list_replies(messages)
        written += len(json.dumps(messages))
        yield time.strftime("%Y-%m-%d", time.gmtime(1_700_000_000 + 86_400 * day)), messages
        day += 1


def _list_replies(messages: list[dict[str, object]]) -> None:
    """Tell each first message of the day its replies, as Slack does and some readers need."""
    replies: dict[object, list[dict[str, object]]] = {}
    for each in messages:
        if each["thread_ts"] != each["ts"]:
            reply = {"user": each["user"], "ts": each["ts"]}
            replies.setdefault(each["thread_ts"], []).append(reply)
    for each in messages:
        if each["ts"] in replies:
            each |= {"replies": replies[each["ts"]], "reply_count": len(replies[each["ts"]])}


def _message(draw: random.Random, ts: str) -> dict[str, object]:
    words = " ".join(draw.choices(WORDS, k=draw.randrange(4, 18)))
    end, element = draw.choice((_nothing, _question, _nothing, _mention, _link))(draw)
    message: dict[str, object] = {
        "client_msg_id": str(uuid.UUID(int=draw.getrandbits(128))),
        "type": "message",
        "text": words + end,
        "user": f"U{draw.randrange(USERS):05}",
        "ts": ts,
        "team": "T00001",
    }
    if draw.random() < 0.6:
        said = [{"type": "text", "text": words if element else words + end}]
        section = {
            "type": "rich_text_section",
            "elements": [*said, {"type": "text", "text": " "}, element] if element else said,
        }
        message["blocks"] = [{"type": "rich_text", "block_id": "a1", "elements": [section]}]
    return message


def _nothing(_: random.Random) -> tuple[str, dict[str, str]]:
    return "", {}


def _question(_: random.Random) -> tuple[str, dict[str, str]]:
    return "?", {}


def _mention(draw: random.Random) -> tuple[str, dict[str, str]]:
    user = f"U{draw.randrange(USERS):05}"
    return f" <@{user}>", {"type": "user", "user_id": user}


def _link(_: random.Random) -> tuple[str, dict[str, str]]:
    return " <https://a.io/x|x>", {"type": "link", "url": "https://a.io/x", "text": "x"}
