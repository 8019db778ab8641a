"""The tables of the search in a database: made, mended, and one text index a dataset."""

import json
import sqlite3
from array import array
from math import sqrt
from pathlib import Path

from curation.review.server.inside.tables import (
    DOCS,
    METADATA,
    RESPONSES,
    SUGGESTIONS,
    TABLES,
    TRIGGERS,
    VECTORS,
    VERSION,
)
from curation.review.server.inside.words import field_words

TIMEOUT_SECONDS = 30
PRAGMAS = {
    "busy_timeout": TIMEOUT_SECONDS * 1000,
    "journal_mode": "WAL",
    "synchronous": "FULL",  # What was acknowledged outlives a power cut too.
    "foreign_keys": "ON",
    "cache_size": -32_000,  # KB a connection; the default of 2 MB is read again and again.
    "wal_autocheckpoint": 8_000,  # Pages; one batch of records fills the default of 1,000.
}
WRONG = (
    "SELECT id FROM records EXCEPT SELECT record_id FROM search_docs",
    "SELECT record_id FROM search_docs EXCEPT SELECT id FROM records",
)
"""What finds rows only where records were written without the triggers."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection of our own to the server's database; it commits each statement by itself."""
    connection = sqlite3.connect(path, timeout=TIMEOUT_SECONDS, isolation_level=None)
    install(connection)
    return connection


def install(connection: sqlite3.Connection) -> None:
    """Set up a connection so that the triggers can run on it."""
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    connection.create_function("search_words", 2, field_words, deterministic=True)
    connection.create_function("search_unit", 1, _unit, deterministic=True)


def _unit(value: str) -> bytes:
    """A vector, stored as JSON, at length 1; one of length 0 stays as it is."""
    vector = json.loads(value)
    length = sqrt(sum(x * x for x in vector)) or 1.0
    return array("f", [x / length for x in vector]).tobytes()


def prepare(connection: sqlite3.Connection) -> None:
    """Make what is missing, and build all of it anew where it cannot be right."""
    connection.execute("BEGIN IMMEDIATE")
    if not _complete(connection):
        _drop_all(connection)
        _build(connection)
    _finish_jobs(connection)
    connection.execute("COMMIT")


def _complete(connection: sqlite3.Connection) -> bool:
    """Whether every table and trigger is there, of this version, and no record is missing."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    wanted = {_trigger_name(event) for event in TRIGGERS}
    for (dataset,) in _published(connection):
        wanted |= {text_table(dataset), *_text_triggers(connection, dataset)}
    if "search_about" not in names or wanted - names:
        return False
    if connection.execute("SELECT version FROM search_about").fetchone() != (VERSION,):
        return False
    return not any(connection.execute(f"SELECT EXISTS ({each})").fetchone()[0] for each in WRONG)


def _drop_all(connection: sqlite3.Connection) -> None:
    found = connection.execute(
        "SELECT type, name FROM sqlite_master WHERE name LIKE 'search\\_%' ESCAPE '\\' "
        "AND (type = 'trigger' OR type = 'table' AND name NOT GLOB 'search_text_*_*') "
        "ORDER BY type DESC"
    ).fetchall()
    for kind, name in found:
        connection.execute(f'DROP {kind} IF EXISTS "{name}"')


def _build(connection: sqlite3.Connection) -> None:
    for statement in TABLES.split(";"):
        connection.execute(statement)
    everything = [DOCS, METADATA, *SUGGESTIONS.values(), *RESPONSES.values(), VECTORS]
    for statement in everything:
        connection.execute(statement.format(which="1"))
    for event, body in TRIGGERS.items():
        _create_trigger(connection, _trigger_name(event), event, body)
    for (dataset,) in _published(connection):
        add_text(connection, dataset)


def _published(connection: sqlite3.Connection) -> list[tuple[str]]:
    return connection.execute("SELECT id FROM datasets WHERE status = 'ready'").fetchall()


def _trigger_name(event: str) -> str:
    return "search_" + "_".join(event.lower().replace(",", "").split())


def _create_trigger(
    connection: sqlite3.Connection, name: str, event: str, body: list[str]
) -> None:
    connection.execute(f"CREATE TRIGGER {name} {event} BEGIN {'; '.join(body)}; END")


def _finish_jobs(connection: sqlite3.Connection) -> None:
    """Do what a job of the last run may have left: statuses after a change of `min_submitted`."""
    connection.execute("""
UPDATE records SET status = fresh.status FROM (
  SELECT r.id, CASE WHEN count(a.id) >= json_extract(d.distribution, '$.min_submitted')
    THEN 'completed' ELSE 'pending' END AS status
  FROM records r JOIN datasets d ON d.id = r.dataset_id
  LEFT JOIN responses a ON a.record_id = r.id AND a.status = 'submitted' GROUP BY r.id
) fresh WHERE fresh.id = records.id AND fresh.status <> records.status
""")


def text_table(dataset_id: str) -> str:
    return f"search_text_{dataset_id}"


def vocabulary(dataset_id: str) -> str:
    """The table of the words that occur in a dataset."""
    return f"search_vocabulary_{dataset_id}"


def add_text(connection: sqlite3.Connection, dataset_id: str) -> None:
    """Make the text index of a dataset, with the words of all its records."""
    table = text_table(dataset_id)
    fields = _fields(connection, dataset_id)
    columns = ", ".join(text_column(field) for field, _, _ in fields)
    connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} "
        f"""USING fts5({columns}, tokenize = "ascii tokenchars '_'")"""
    )
    connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {vocabulary(dataset_id)} USING fts5vocab({table}, row)"
    )
    for name, (event, body) in _text_triggers(connection, dataset_id).items():
        connection.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {event} BEGIN {body}; END")
    connection.execute("DELETE FROM search_versions WHERE dataset_id = ?", (dataset_id,))
    connection.execute("INSERT INTO search_versions VALUES (?, 0)", (dataset_id,))
    connection.execute(f"DELETE FROM {table}")
    connection.execute(_words_of(fields, dataset_id, f"d.dataset_id = '{dataset_id}'"))


def drop_text(connection: sqlite3.Connection, dataset_id: str) -> None:
    table = text_table(dataset_id)
    for event in ("insert", "update", "delete"):
        connection.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
    connection.execute(f"DROP TABLE IF EXISTS {vocabulary(dataset_id)}")
    connection.execute(f"DROP TABLE IF EXISTS {table}")


def text_column(field_id: str) -> str:
    return f"f{field_id}"


def _fields(connection: sqlite3.Connection, dataset_id: str) -> list[tuple[str, str, str]]:
    """Id, name and kind of each field."""
    return connection.execute(
        "SELECT id, name, json_extract(settings, '$.type') FROM fields "
        "WHERE dataset_id = ? ORDER BY inserted_at",
        (dataset_id,),
    ).fetchall()


def _words_of(fields: list[tuple[str, str, str]], dataset_id: str, which: str) -> str:
    columns = ", ".join(text_column(field) for field, _, _ in fields)
    values = ", ".join(
        f"search_words(json_extract(r.fields, '$.\"{name}\"'), '{kind}')"
        for _, name, kind in fields
    )
    return (
        f"INSERT INTO {text_table(dataset_id)} (rowid, {columns}) SELECT d.doc, {values} "
        f"FROM search_docs d JOIN records r ON r.id = d.record_id WHERE {which}"
    )


def _text_triggers(connection: sqlite3.Connection, dataset_id: str) -> dict[str, tuple[str, str]]:
    """Event and body by name. A new record gets its words when it has got its row number."""
    table, fields = text_table(dataset_id), _fields(connection, dataset_id)
    mine = f"WHEN {{row}}.dataset_id = '{dataset_id}'"
    of_record = "(SELECT doc FROM search_docs WHERE record_id = NEW.id)"
    return {
        f"{table}_insert": (
            f"AFTER INSERT ON search_docs {mine.format(row='NEW')}",
            _words_of(fields, dataset_id, "d.doc = NEW.doc"),
        ),
        f"{table}_update": (
            f"AFTER UPDATE OF fields ON records {mine.format(row='NEW')}",
            f"DELETE FROM {table} WHERE rowid = {of_record}; "
            + _words_of(fields, dataset_id, "r.id = NEW.id"),
        ),
        f"{table}_delete": (
            f"AFTER DELETE ON search_docs {mine.format(row='OLD')}",
            f"DELETE FROM {table} WHERE rowid = OLD.doc",
        ),
    }
