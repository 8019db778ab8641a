"""What the search adds to Argilla's database: tables of its own, kept by triggers.

* `search_docs`: a narrow copy of what is filtered and sorted in `records`, with a row number.
* `search_facets`: one row per record and value that can be filtered: metadata, suggestions,
  answers. `facet` names what the value is of (a metadata property, a question with the
  part of the suggestion), `user_id` who said it.
* `search_text_DATASET`: the words of each field of a published dataset, as FTS5.
* `search_versions`: counts the changes of records and suggestions of a published dataset.
* `search_vectors`: each vector at length 1, as 32-bit floats.

Triggers write them in the transaction that writes the record. So what Argilla has committed can
be found, also after a crash at any moment; nothing has to be told to the index. `schema.prepare`
makes or mends all of it at each start, for databases that were written without the triggers.

No statement in a trigger has an ON CONFLICT clause: SQLite overrules it by that of the statement
that fires the trigger, and Argilla's upserts would turn it into an error.
"""

VERSION = 2
"""Raise it whenever a definition below changes: `schema.prepare` then builds all of it anew."""
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
