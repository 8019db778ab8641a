"""What a search finds: a page of record ids, or the most similar records."""

import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.search_engine.base import (
    Filter,
    Order,
    RecordFilterScope,
    ResponseFilterScope,
    TermsFilter,
)
from numpy.typing import NDArray

from curation.review.server.inside import columns, query, schema, vectors
from curation.review.server.inside.columns import Integers
from curation.review.server.inside.filters import (
    Clause,
    Held,
    clauses,
    ends_of,
    sorted_values,
    terms_of,
)

MOST_ALIKE = 10
"""Words that one inexact word stands for; as many as Argilla asks Elasticsearch for."""
MOST_RANKED = 25_000
"""Hits; a search with more says little about which of them is meant, and ranking takes 3 us each."""
PRIME = 2_147_483_647
_columns = columns.Columns()
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


def page(db: sqlite3.Connection, request: Request, shown: Page) -> tuple[int, Found]:
    """How many records are found, and those of the page."""
    match = _match(db, request)
    part = slice(shown.offset, shown.offset + shown.limit)
    if match.expression and not match.negated and not shown.sort:
        if request.filter is None:
            return _best(db, request, match, shown)
        docs, scores = _ranked(db, request, match, _wanted(db, request, match))
    else:
        docs = _wanted(db, request, match)
        docs = docs[_order(db, request.dataset_id, shown, docs)]
        scores = np.ones(len(docs))
    ids = _record_ids(db, docs[part].tolist())
    chosen = zip(docs[part].tolist(), scores[part].tolist(), strict=True)
    return len(docs), [(ids[doc], score) for doc, score in chosen if doc in ids]


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
        allowed = _wanted(db, request, _match(db, request))
    nearest = vectors.nearest(matrix, vector, count + bool(skip), allowed)
    ids = _record_ids(db, [doc for doc, _ in nearest])
    found = [(ids[doc], score) for doc, score in nearest if ids.get(doc, skip) != skip]
    return found[:count]


def _match(db: sqlite3.Connection, request: Request) -> query.Match:
    """What the text asks for; no text asks for everything."""
    if request.text is None:
        return query.EVERYTHING
    return query.parse(
        request.text,
        lambda word, distance: similar_words(db, request.dataset_id, word, distance),
    )


def _wanted(db: sqlite3.Connection, request: Request, match: query.Match) -> Integers:
    """Row numbers of the records that match text and filter, in order.

    Sets are brought together here: SQLite looks each row up in each set, which takes four times
    as long.
    """
    found: Integers | None = None
    without: list[Integers] = []
    wanted: list[Clause | Held] = []
    if request.filter:
        wanted += clauses(request.dataset_id, request.filter)
    if match != query.EVERYTHING:
        wanted.insert(0, _text_clause(request, match))
    for clause in wanted:
        docs = _held(db, request, clause) if isinstance(clause, Held) else _docs(db, clause)
        if isinstance(clause, Clause) and clause.negated:
            without.append(docs)
        else:
            found = docs if found is None else np.intersect1d(found, docs, assume_unique=True)
    if found is None:
        everything = "SELECT doc, 0 FROM search_docs WHERE dataset_id = ? ORDER BY doc"
        found = _column(db, request.dataset_id, Clause(everything, (request.dataset_id,))).docs
    for docs in without:
        found = np.setdiff1d(found, docs, assume_unique=True)
    return found


def _text_clause(request: Request, match: query.Match) -> Clause:
    if not match.expression:
        return Clause("SELECT 0 WHERE 0", ())
    table = schema.text_table(request.dataset_id)
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ?"
    return Clause(sql, (_expression(request, match),), match.negated)


def _expression(request: Request, match: query.Match) -> str:
    column = f"{{{schema.text_column(request.field_id)}}} : " if request.field_id else ""
    return f"{column}({match.expression})"


def _held(db: sqlite3.Connection, request: Request, asked: Held) -> Integers:
    values = _column(db, request.dataset_id, asked.facet)
    if isinstance(asked.wanted, TermsFilter):
        return values.any_of(terms_of(asked.wanted))
    return values.between(*ends_of(asked.wanted))


def _column(db: sqlite3.Connection, dataset_id: str, clause: Clause) -> columns.Column:
    name = f"{clause.sql} {clause.values}"
    return _columns.get(
        db,
        dataset_id,
        name,
        lambda: columns.column(db.execute(clause.sql, clause.values).fetchall()),
    )


def _docs(db: sqlite3.Connection, clause: Clause) -> Integers:
    """Sorted, each once."""
    rows = _rows(db, clause.sql, clause.values)
    return np.unique(np.fromiter((doc for (doc,) in rows), np.int64, len(rows)))


def _rows(
    db: sqlite3.Connection, sql: str, values: Sequence[str | float]
) -> list[tuple[int, ...]]:
    try:
        return db.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if "fts5" in str(error):
            raise UnprocessableEntityError("This search is too long.") from error
        raise


def _best(
    db: sqlite3.Connection, request: Request, match: query.Match, shown: Page
) -> tuple[int, Found]:
    """The same for a search for nothing but text, ranked where the text is indexed."""
    table = schema.text_table(request.dataset_id)
    matching = f"FROM {table} WHERE {table} MATCH ?"
    expression = _expression(request, match)
    ((total,),) = _rows(db, f"SELECT count(*) {matching}", (expression,))
    score, order = ("-rank", "ORDER BY rank") if total <= MOST_RANKED else ("1.0", "")
    rows = _rows(
        db,
        f"SELECT rowid, {score} {matching} {order} LIMIT ? OFFSET ?",
        (expression, shown.limit, shown.offset),
    )
    ids = _record_ids(db, [doc for doc, _ in rows])
    return total, [(ids[doc], score) for doc, score in rows if doc in ids]


def _ranked(
    db: sqlite3.Connection, request: Request, match: query.Match, docs: Integers
) -> tuple[Integers, NDArray[np.float64]]:
    """The same records with their scores, the best first."""
    table = schema.text_table(request.dataset_id)
    sql = f"SELECT rowid, rank FROM {table} WHERE {table} MATCH ?"
    rows = _rows(db, sql, (_expression(request, match),))
    hits = np.fromiter((doc for doc, _ in rows), np.int64, len(rows))
    scores = np.fromiter((-rank for _, rank in rows), np.float64, len(rows))
    kept = np.isin(hits, docs, assume_unique=True)
    hits, scores = hits[kept], scores[kept]
    order = np.lexsort((hits, -scores))
    return hits[order], scores[order]


def _order(db: sqlite3.Connection, dataset_id: str, shown: Page, docs: Integers) -> Integers:
    """Where each row number comes, by the sort keys, or as this user sees them."""
    if shown.sort:
        keys = [_places(db, dataset_id, order, docs) for order in shown.sort]
        return np.lexsort((docs, *reversed(keys)))
    if shown.user_id:
        seed = zlib.crc32(shown.user_id.encode()) % PRIME or 1
        mixed = (docs % PRIME * seed + seed // 3) % PRIME
        return np.lexsort((docs, mixed * mixed % PRIME))
    return np.arange(len(docs))


def _places(db: sqlite3.Connection, dataset_id: str, order: Order, docs: Integers) -> Integers:
    clause = sorted_values(dataset_id, order.scope)
    changing = isinstance(order.scope, ResponseFilterScope | RecordFilterScope)
    if changing:
        values = columns.column(db.execute(clause.sql, clause.values).fetchall())
    else:
        values = _column(db, dataset_id, clause)
    return values.order(docs, descending=order.order == "desc")


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
