"""What must survive a crash in the middle of a stage: `work/ledger.sqlite`.

Pseudonyms (one person, one name, in every round of the workspace) and every reply of a
teacher or a judge, by the hash of what was asked, so that a killed run pays for nothing twice. The
file is readable by its owner alone, because the pseudonym table leads back to people.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

from data.errors import BadInputError
from data.people import NOBODY_IN_PARTICULAR

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (
  key TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS call (
  key TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('sent', 'done', 'failed')),
  reply TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  prompt_tokens INTEGER NOT NULL DEFAULT 0,
  completion_tokens INTEGER NOT NULL DEFAULT 0,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
"""


JUDGE = "judge:"
"""How the keys of requests to a judge begin; all others were asked of a teacher."""


class Spent(NamedTuple):
    """What a teacher or a judge was asked, and how much was read and written for it."""

    calls: int
    prompt_tokens: int
    completion_tokens: int


class Ledger:
    """One open ledger. Each method is one durable transaction, or a part of one `together`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self._together = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what is drawn in this block durable at its end, all at once or not at all."""
        with self._sql:
            self._together = True
            try:
                yield
            finally:
                self._together = False

    def pseudonym(self, key: str) -> str:
        """The name that stands for a person: `User_07`. The same key, the same name, for ever.

        Somebody who was forgotten has none.
        """
        if self.is_forgotten(key):
            return NOBODY_IN_PARTICULAR
        with nullcontext() if self._together else self._sql:
            self._sql.execute(
                "INSERT OR IGNORE INTO person SELECT ?, COALESCE(MAX(number), 0) + 1 FROM person",
                (key,),
            )
        row = self._sql.execute("SELECT number FROM person WHERE key = ?", (key,)).fetchone()
        return f"User_{row[0]:02d}"

    def known_as(self, key: str) -> str | None:
        """The name of a person, forgotten or not; None where nobody was ever met by this key."""
        asked = "SELECT number FROM person WHERE key IN (?, ?)"
        row = self._sql.execute(asked, (key, _forgotten(key))).fetchone()
        return None if row is None else f"User_{row[0]:02d}"

    def forget(self, key: str) -> None:
        """Cut the way from a name to the person; only a hash stays, to know them again.

        A source (`source:acme`) or a file (`file:SHA-256`) is forgotten in the same way.
        """
        with self._sql:
            self._sql.execute(
                "INSERT OR IGNORE INTO person SELECT ?, COALESCE(MAX(number), 0) + 1 FROM person"
                " WHERE NOT EXISTS (SELECT 1 FROM person WHERE key = ?)",
                (_forgotten(key), key),
            )
            self._sql.execute("UPDATE person SET key = ? WHERE key = ?", (_forgotten(key), key))

    def is_forgotten(self, key: str) -> bool:
        asked = "SELECT 1 FROM person WHERE key = ?"
        return self._sql.execute(asked, (_forgotten(key),)).fetchone() is not None

    def forgets(self) -> bool:
        """Whether anybody or anything was forgotten."""
        asked = "SELECT 1 FROM person WHERE key LIKE 'forgotten:%' LIMIT 1"
        return self._sql.execute(asked).fetchone() is not None

    def drop_replies(self, telling: Sequence[str]) -> int:
        """Remove the teacher's replies that hold one of these texts; how many there were.

        All of a judge's go with them: its reasons retell what they are about in other words.
        """
        rows = self._sql.execute("SELECT key, reply FROM call WHERE reply != ''").fetchall()
        gone = [
            (key,)
            for key, reply in rows
            if key.startswith(JUDGE) or any(text in reply for text in telling)
        ]
        with self._sql:
            self._sql.executemany("DELETE FROM call WHERE key = ?", gone)
        return len(gone)

    def wipe(self) -> None:
        """Overwrite what was deleted: SQLite leaves its bytes in the file and in the log."""
        self._sql.execute("VACUUM")
        self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def reply(self, key: str) -> str | None:
        """What the teacher answered to this request before; None if it never did."""
        row = self._sql.execute(
            "SELECT reply FROM call WHERE key = ? AND state = 'done'", (key,)
        ).fetchone()
        return None if row is None else str(row[0])

    def sent(self, key: str) -> None:
        """Note that a request is about to leave."""
        with self._sql:
            self._sql.execute(
                "INSERT INTO call (key, state) VALUES (?, 'sent')"
                " ON CONFLICT (key) DO UPDATE SET state = 'sent', error = ''",
                (key,),
            )

    def done(self, key: str, reply: str, *, prompt_tokens: int, completion_tokens: int) -> None:
        """Keep a reply, before anything uses it."""
        with self._sql:
            self._sql.execute(
                "UPDATE call SET state = 'done', reply = ?, prompt_tokens = ?,"
                " completion_tokens = ? WHERE key = ?",
                (reply, prompt_tokens, completion_tokens, key),
            )

    def failed(self, key: str, error: str) -> None:
        with self._sql:
            self._sql.execute(
                "UPDATE call SET state = 'failed', error = ? WHERE key = ?", (error, key)
            )

    def spent(self, *, by_judge: bool = False) -> Spent:
        """All that a teacher, or else a judge, ever answered in this workspace."""
        asked = (
            "SELECT COUNT(*), COALESCE(SUM(prompt_tokens), 0),"
            " COALESCE(SUM(completion_tokens), 0) FROM call"
            " WHERE state = 'done' AND (key LIKE ?) = ?"
        )
        return Spent(*self._sql.execute(asked, (f"{JUDGE}%", by_judge)).fetchone())

    def unknown(self, *, by_judge: bool = False) -> int:
        """How many requests left and never came to an end: their outcome is unknown."""
        asked = "SELECT COUNT(*) FROM call WHERE state = 'sent' AND (key LIKE ?) = ?"
        return int(self._sql.execute(asked, (f"{JUDGE}%", by_judge)).fetchone()[0])


def _forgotten(key: str) -> str:
    return f"forgotten:{hashlib.sha256(key.encode()).hexdigest()}"


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """Open the ledger, or make it; nobody but its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    # A teacher writes from several threads, one at a time behind a lock of its own.
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
        yield Ledger(connection)
    except sqlite3.DatabaseError as error:
        raise BadInputError(
            f"{path}: {error}; restore it from a copy, or move it away."
        ) from error
    finally:
        connection.close()
