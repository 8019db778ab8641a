"""A Slack export on disk, built from messages written as in real exports."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Item = Mapping[str, object]
USERS: Sequence[Item] = [
    {"id": "U1ASKER", "name": "lnovak", "real_name": "Lena Novak", "profile": {}},
    {"id": "U2HELPS", "name": "tom", "real_name": "Tom Ferrand", "profile": {}},
    {"id": "U3OTHER", "name": "mark", "real_name": "Mark Hill", "profile": {}},
    {"id": "U9BOT", "name": "statusbot", "real_name": "Status Bot", "is_bot": True},
]
CHANNELS: Sequence[Item] = [{"id": "C1HELP", "name": "help"}]
Days = Mapping[str, Sequence[object]]


def said(ts: str, text: str, user: str = "U1ASKER", **more: object) -> Item:
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}


THREAD: Days = {
    "help/2026-03-01.json": [
        said("1772400000.000100", "How do I turn off the nightly e-mail?", thread_ts="1772400000.000100"),
        said("1772400060.000200", "Settings &gt; *Mail*, <@U1ASKER>.", "U2HELPS", thread_ts="1772400000.000100"),
    ],
    "help/2026-03-02.json": [
        said("1772490000.000300", "that did it, thanks Tom", thread_ts="1772400000.000100"),
    ],
}  # fmt: skip


def folder(path: Path, days: Days = THREAD) -> Path:
    """The export as a folder."""
    for name, content in {"users.json": USERS, "channels.json": CHANNELS, **days}.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    return path


def zipped(source: Path, path: Path, *, wrapper: str = "", mark: bytes = b"") -> Path:
    """A folder as a zip; `mark` is put before each file's content."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(source.rglob("*.json"), reverse=True):
            name = wrapper + file.relative_to(source).as_posix()
            archive.writestr(name, mark + file.read_bytes())
    return path
