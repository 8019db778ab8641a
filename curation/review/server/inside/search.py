"""What a search finds: a page of record ids, or the most similar records."""

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.search_engine.base import Filter, Order

from curation.review.server.inside import query, schema, vectors
from curation.review.server.inside.filters import Conditions

MOST_ALIKE = 10
"""Words that one inexact word stands for; as many as Argilla asks Elasticsearch for."""
PRIME = 2_147_483_647
Found = list[tuple[str, float]]
"""Ids of records as the database holds them, each with its score."""


@dataclass(frozen=True)
class Request:
    """Which records of a dataset are wanted."""

    dataset_id: str
    text: str | None
    """In Argilla's search language; None is no search for text."""
    field_id: str
    """The one field that is searched, or empty for all."""
    filter: Filter | None


@dataclass(frozen=True)
class Page:
    """Which of them are shown, in which order."""

    sort: list[Order]
    user_id: str
    """Without a query and a sort key each user sees the records in an order of his own."""
    offset: int
    limit: int


class _Query:
    """One request as SQL over `search_docs d`."""

    def __init__(self, db: sqlite3.Connection, request: Request) -> None:
        self.conditions = Conditions(request.dataset_id)
        self.text = schema.text_table(request.dataset_id)
        self.where = [self.conditions.of_dataset()]
        self.ranking = ""
        if request.text is not None:
            self._search_text(db, request, request.text)
        if request.filter is not None:
            self.where.append(self.conditions.filter(request.filter))

    def _search_text(self, db: sqlite3.Connection, request: Request, text: str) -> None:
        match = query.parse(
            text, lambda word, distance: similar_words(db, request.dataset_id, word, distance)
        )
        if match == query.EVERYTHING:
            return
        if not match.expression:
            self.where.append("0")
            return
        column = f"{{{schema.text_column(request.field_id)}}} : " if request.field_id else ""
        matching = f"{self.text} MATCH {self.conditions.bind(f'{column}({match.expression})')}"
        isin = "NOT IN" if match.negated else "IN"
        self.where.append(f"d.doc {isin} (SELECT rowid FROM {self.text} WHERE {matching})")
        self.ranking = "" if match.negated else matching

    def rows(self, db: sqlite3.Connection, sql: str) -> list[tuple[str | int, float]]:
        sql = sql.replace("{where}", " AND ".join(self.where))
        try:
            return db.execute(sql, self.conditions.values).fetchall()
        except sqlite3.OperationalError as error:
            if "fts5" in str(error):
                raise UnprocessableEntityError("This search is too long.") from error
            raise


def page(db: sqlite3.Connection, request: Request, shown: Page) -> tuple[int, Found]:
    """How many records are found, and those of the page."""
    wanted = _Query(db, request)
    ((total, _),) = wanted.rows(db, "SELECT count(*), 0 FROM search_docs d WHERE {where}")
    limit = f"LIMIT {shown.limit:d} OFFSET {shown.offset:d}"
    if wanted.ranking and not shown.sort:
        wanted.where[0] = wanted.ranking
        joined = f"{wanted.text} JOIN search_docs d ON d.doc = {wanted.text}.rowid"
        found = wanted.rows(
            db, f"SELECT d.record_id, -rank FROM {joined} WHERE {{where}} ORDER BY rank {limit}"
        )
    else:
        keys = ", ".join(_keys(wanted.conditions, shown))
        found = wanted.rows(
            db,
            f"SELECT d.record_id, 1.0 FROM search_docs d WHERE {{where}} ORDER BY {keys} {limit}",
        )
    return int(total), [(str(record), score) for record, score in found]


def _keys(conditions: Conditions, shown: Page) -> Iterator[str]:
    if shown.sort:
        yield from map(conditions.order, shown.sort)
    elif shown.user_id:
        seed = zlib.crc32(shown.user_id.encode()) % PRIME or 1
        mixed = f"((d.doc * {seed} + {seed // 3}) % {PRIME})"
        yield f"({mixed} * {mixed}) % {PRIME}"
    yield "d.doc"


def similar(
    db: sqlite3.Connection,
    request: Request,
    matrix: vectors.Matrix,
    vector: list[float],
    count: int,
    skip: str,
) -> Found:
    """The records nearest to a vector, the best first, without the record of id `skip`."""
    allowed = None
    if request.text is not None or request.filter is not None:
        wanted = _Query(db, request)
        rows = wanted.rows(db, "SELECT d.doc, 0 FROM search_docs d WHERE {where}")
        allowed = np.fromiter((int(doc) for doc, _ in rows), np.int64, len(rows))
    nearest = vectors.nearest(matrix, vector, count + bool(skip), allowed)
    ids = _record_ids(db, [doc for doc, _ in nearest])
    found = [(ids[doc], score) for doc, score in nearest if ids.get(doc, skip) != skip]
    return found[:count]


def _record_ids(db: sqlite3.Connection, docs: list[int]) -> dict[int, str]:
    listed = ", ".join(map(str, docs))
    return dict(db.execute(f"SELECT doc, record_id FROM search_docs WHERE doc IN ({listed})"))


def similar_words(db: sqlite3.Connection, dataset_id: str, word: str, distance: int) -> list[str]:
    """The most frequent words of a dataset that differ from this one in at most so many letters."""
    words = db.execute(
        f"SELECT term FROM {schema.vocabulary(dataset_id)} "
        "WHERE length(term) BETWEEN ? AND ? ORDER BY doc DESC",
        (len(word) - distance, len(word) + distance),
    )
    alike = (term for (term,) in words if query.differ(word, term, distance) <= distance)
    return [term for term, _ in zip(alike, range(MOST_ALIKE), strict=False)]
