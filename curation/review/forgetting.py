"""What is forgotten leaves the label server too: the records, and what people answered to them.

A server of the workspace's own is a file of the workspace and is cleaned as one, whether it runs or
not. A team's server is asked to delete what was pushed there; what its backups and indexes keep
is its owner's to clean.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from curation.review import places, queue
from curation.review.server import process
from curation.review.server.inside import schema
from data.errors import GristmillError
from data.workspace import Workspace

IsGone = Callable[[str], bool]
AT_ONCE = 100
"""Records of one statement or request."""
_SAID = """
SELECT id, external_id, fields FROM records
UNION ALL SELECT record_id, '', "values" FROM responses WHERE "values" IS NOT NULL
UNION ALL SELECT record_id, '', value FROM suggestions
"""
_INDEXES = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5(%'"


def forget(space: Workspace, is_gone: IsGone) -> int:
    """Delete each record with a text of which `is_gone` holds; how many there were.

    Raises GristmillError where a server that has such records cannot be cleaned now.
    """
    return _own(process.folder_of(space) / "argilla.db", is_gone) + _teams(space, is_gone)


def _own(database: Path, is_gone: IsGone) -> int:
    if not database.exists():
        return 0
    try:
        with closing(schema.connect(database)) as db:
            gone = sorted(
                {key for key, name, said in db.execute(_SAID) if is_gone(_plain(name, said))}
            )
            for some in _parts(gone):
                marks = ", ".join("?" * len(some))
                db.execute(f"DELETE FROM records WHERE id IN ({marks})", some)
            if gone:
                _wipe(db)
    except sqlite3.DatabaseError as error:
        raise GristmillError(
            f"The review server's database could not be cleaned ({error}). Stop the server by "
            "`curate review stop`, and give this command again: it goes on where it was."
        ) from error
    return len(gone)


def _wipe(db: sqlite3.Connection) -> None:
    """Have nothing of what was deleted stay in the file, the indexes or the log beside it."""
    for (index,) in db.execute(_INDEXES).fetchall():
        db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _teams(space: Workspace, is_gone: IsGone) -> int:
    known = places.read(space).by_name
    if not (space.settings.review.url and known):
        return 0
    with queue.signed_in(space) as server:
        return sum(server.forget(place, is_gone) for place in known.values())


def _plain(name: str | None, said: str) -> str:
    """JSON as people read it: what it escapes would not be found."""
    return "\n".join((name or "", *queue.strings(json.loads(said))))


def _parts(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
