"""What the search adds to Argilla's database: tables of its own, kept by triggers.

* `search_docs`: a narrow copy of what is filtered and sorted in `records`, with a row number.
* `search_facets`: one row per record and value that can be filtered: metadata, suggestions,
  answers. `facet` names what the value is of (a metadata property, a question with the
  part of the suggestion), `user_id` who said it.
* `search_text_DATASET`: the words of each field of a published dataset, as FTS5.
* `search_versions`: counts the changes of records and suggestions of a published dataset.
* `search_vectors`: each vector at length 1, as 32-bit floats.

Triggers write them in the transaction that writes the record. So what Argilla has committed can
be found, also after a crash at any moment; nothing has to be told to the index. `prepare` makes
or mends all of it at each start, for databases that were written without the triggers.

No statement in a trigger has an ON CONFLICT clause: SQLite overrules it by that of the statement
that fires the trigger, and Argilla's upserts would turn it into an error.
"""

import json
import sqlite3
from array import array
from math import sqrt
from pathlib import Path

from curation.review.server.inside.words import field_words

VERSION = 2
"""Raise it whenever a definition below changes: `prepare` then builds all of it anew."""
TIMEOUT_SECONDS = 30
PRAGMAS = {
    "busy_timeout": TIMEOUT_SECONDS * 1000,
    "journal_mode": "WAL",
    "synchronous": "FULL",  # What was acknowledged outlives a power cut too.
    "foreign_keys": "ON",
    "cache_size": -32_000,  # KB a connection; the default of 2 MB is read again and again.
    "wal_autocheckpoint": 8_000,  # Pages; one batch of records fills the default of 1,000.
}
SCALAR = "j.type IN ('text', 'integer', 'real', 'true', 'false')"
KEYWORD = (
    "CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(j.value AS TEXT) END"
)

TABLES = f"""
CREATE TABLE search_about (version INTEGER);
INSERT INTO search_about VALUES ({VERSION});
CREATE TABLE search_docs (
  doc INTEGER PRIMARY KEY AUTOINCREMENT, record_id TEXT NOT NULL UNIQUE, dataset_id TEXT NOT NULL,
  status TEXT, external_id TEXT, inserted_at TEXT, updated_at TEXT
);
CREATE INDEX search_docs_status ON search_docs (dataset_id, status);
CREATE TABLE search_facets (
  facet TEXT NOT NULL, value NOT NULL, user_id TEXT NOT NULL, doc INTEGER NOT NULL,
  PRIMARY KEY (facet, value, user_id, doc)
) WITHOUT ROWID;
CREATE INDEX search_facets_doc ON search_facets (doc, facet, user_id, value);
CREATE TABLE search_versions (dataset_id TEXT PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE search_vectors (
  version INTEGER PRIMARY KEY AUTOINCREMENT, settings_id TEXT NOT NULL, doc INTEGER NOT NULL,
  unit BLOB NOT NULL, UNIQUE (settings_id, doc)
);
CREATE INDEX search_vectors_doc ON search_vectors (doc);
"""

DOCS = """
INSERT INTO search_docs (record_id, dataset_id, status, external_id, inserted_at, updated_at)
SELECT r.id, r.dataset_id, r.status, r.external_id, r.inserted_at, r.updated_at
FROM records r WHERE {which}
"""
METADATA = f"""
INSERT INTO search_facets SELECT DISTINCT
  p.id, CASE json_extract(p.settings, '$.type') WHEN 'terms' THEN {KEYWORD} ELSE j.value END, '', d.doc
FROM records r JOIN search_docs d ON d.record_id = r.id
JOIN metadata_properties p ON p.dataset_id = r.dataset_id
JOIN json_each(r.metadata, '$."' || p.name || '"') j
WHERE {{which}} AND {SCALAR}
AND (json_extract(p.settings, '$.type') = 'terms' OR j.type IN ('integer', 'real'))
"""
PARTS = ("value", "score", "agent", "type")
_VALUE = f"CASE json_extract(q.settings, '$.type') WHEN 'rating' THEN j.value ELSE {KEYWORD} END"
_FILTERED = (
    "json_extract(q.settings, '$.type') IN ('rating', 'label_selection', 'multi_label_selection')"
)
SUGGESTIONS = {
    "value": f"""
INSERT INTO search_facets SELECT DISTINCT
  s.question_id || '.value', {_VALUE}, '', d.doc
FROM suggestions s JOIN search_docs d ON d.record_id = s.record_id
JOIN questions q ON q.id = s.question_id JOIN json_each(s.value) j
WHERE {{which}} AND {_FILTERED} AND {SCALAR}
""",
    "score": """
INSERT INTO search_facets SELECT DISTINCT
  s.question_id || '.score', j.value, '', d.doc
FROM suggestions s JOIN search_docs d ON d.record_id = s.record_id JOIN json_each(s.score) j
WHERE {which} AND j.type IN ('integer', 'real')
""",
    "agent": """
INSERT INTO search_facets SELECT DISTINCT
  s.question_id || '.agent', s.agent, '', d.doc
FROM suggestions s JOIN search_docs d ON d.record_id = s.record_id
WHERE {which} AND s.agent IS NOT NULL
""",
    "type": """
INSERT INTO search_facets SELECT DISTINCT
  s.question_id || '.type', s.type, '', d.doc
FROM suggestions s JOIN search_docs d ON d.record_id = s.record_id
WHERE {which} AND s.type IS NOT NULL
""",
}
RESPONSES = {
    "status": """
INSERT INTO search_facets SELECT DISTINCT
  d.dataset_id || '.status', a.status, a.user_id, d.doc
FROM responses a JOIN search_docs d ON d.record_id = a.record_id WHERE {which}
""",
    "answer": f"""
INSERT INTO search_facets SELECT DISTINCT
  q.id || '.answer', {_VALUE}, a.user_id, d.doc
FROM responses a JOIN search_docs d ON d.record_id = a.record_id
JOIN questions q ON q.dataset_id = d.dataset_id
JOIN json_each(a."values", '$."' || q.name || '".value') j
WHERE {{which}} AND {_FILTERED} AND {SCALAR}
""",
}
VECTORS = """
INSERT INTO search_vectors (settings_id, doc, unit)
SELECT v.vector_settings_id, d.doc, search_unit(v.value)
FROM vectors v JOIN search_docs d ON d.record_id = v.record_id WHERE {which}
"""
_DOC = "(SELECT doc FROM search_docs WHERE record_id = OLD.record_id)"
_NO_SUGGESTION = f"""
DELETE FROM search_facets WHERE doc = {_DOC}
AND facet IN ({", ".join(f"OLD.question_id || '.{part}'" for part in PARTS)})
"""
_NO_RESPONSE = f"DELETE FROM search_facets WHERE doc = {_DOC} AND user_id = OLD.user_id"
_NO_METADATA = f"""
DELETE FROM search_facets WHERE doc = {_DOC.replace("OLD.record_id", "OLD.id")}
AND facet IN (SELECT id FROM metadata_properties WHERE dataset_id = OLD.dataset_id)
"""
_NO_VECTOR = (
    f"DELETE FROM search_vectors WHERE settings_id = OLD.vector_settings_id AND doc = {_DOC}"
)


_CHANGED = "UPDATE search_versions SET version = version + 1 WHERE dataset_id = {dataset}"
_NEW_CHANGED = _CHANGED.format(dataset="NEW.dataset_id")
_OLD_CHANGED = _CHANGED.format(dataset="OLD.dataset_id")
_OF_RECORD_CHANGED = _CHANGED.format(
    dataset="(SELECT dataset_id FROM search_docs WHERE record_id = {row}.record_id)"
)


def _all(statements: dict[str, str], which: str) -> list[str]:
    return [statement.format(which=which) for statement in statements.values()]


_METADATA_OF_NEW = METADATA.format(which="r.id = NEW.id")
TRIGGERS: dict[str, list[str]] = {
    "AFTER INSERT ON records": [
        DOCS.format(which="r.id = NEW.id"),
        _METADATA_OF_NEW,
        _NEW_CHANGED,
    ],
    "AFTER UPDATE OF status, external_id, inserted_at, updated_at ON records": [
        "UPDATE search_docs SET status = NEW.status, external_id = NEW.external_id, "
        "inserted_at = NEW.inserted_at, updated_at = NEW.updated_at WHERE record_id = NEW.id"
    ],
    "AFTER UPDATE OF metadata ON records": [_NO_METADATA, _METADATA_OF_NEW, _NEW_CHANGED],
    "AFTER DELETE ON records": ["DELETE FROM search_docs WHERE record_id = OLD.id", _OLD_CHANGED],
    "AFTER DELETE ON search_docs": [
        "DELETE FROM search_facets WHERE doc = OLD.doc",
        "DELETE FROM search_vectors WHERE doc = OLD.doc",
    ],
    "AFTER INSERT ON metadata_properties": [METADATA.format(which="p.id = NEW.id"), _NEW_CHANGED],
    "AFTER DELETE ON metadata_properties": ["DELETE FROM search_facets WHERE facet = OLD.id"],
    "AFTER INSERT ON suggestions": [
        *_all(SUGGESTIONS, "s.id = NEW.id"),
        _OF_RECORD_CHANGED.format(row="NEW"),
    ],
    "AFTER UPDATE ON suggestions": [
        _NO_SUGGESTION,
        *_all(SUGGESTIONS, "s.id = NEW.id"),
        _OF_RECORD_CHANGED.format(row="NEW"),
    ],
    "AFTER DELETE ON suggestions": [_NO_SUGGESTION, _OF_RECORD_CHANGED.format(row="OLD")],
    "AFTER INSERT ON responses": _all(RESPONSES, "a.id = NEW.id"),
    "AFTER UPDATE ON responses": [_NO_RESPONSE, *_all(RESPONSES, "a.id = NEW.id")],
    "AFTER DELETE ON responses": [_NO_RESPONSE],
    "AFTER INSERT ON vectors": [VECTORS.format(which="v.id = NEW.id")],
    "AFTER UPDATE OF value ON vectors": [_NO_VECTOR, VECTORS.format(which="v.id = NEW.id")],
    "AFTER DELETE ON vectors": [_NO_VECTOR],
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
