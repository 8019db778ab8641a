"""The search engine of Argilla's server over its own SQLite database.

Everything to be found is written by the triggers of `schema`, so what Argilla calls after it has
written something has nothing left to do. Reading runs in threads with connections of their own:
a long search holds up neither other requests nor the writer.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Self, TypeVar
from uuid import UUID

from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.models import (
    Dataset,
    MetadataProperty,
    Record,
    Response,
    Suggestion,
    User,
    VectorSettings,
)
from argilla_server.search_engine.base import (
    Filter,
    FloatMetadataMetrics,
    IntegerMetadataMetrics,
    MetadataMetrics,
    Order,
    SearchEngine,
    SearchResponseItem,
    SearchResponses,
    TermsMetrics,
    TextQuery,
)
from argilla_server.settings import settings

from curation.review.server.inside import schema, search, vectors

T = TypeVar("T")
_mine = threading.local()
_matrices = vectors.Matrices()


def database() -> Path:
    return Path(settings.home_path) / "argilla.db"


def warm() -> None:
    """Read the vectors now: for 100,000 of them the first who asks would wait for a second."""
    with closing(schema.connect(database())) as db:
        sizes = (
            "SELECT settings_id, max(length(unit)) / 4 FROM search_vectors GROUP BY settings_id"
        )
        for name, dimensions in db.execute(sizes).fetchall():
            _matrices.get(db, name, dimensions)


def _connection() -> sqlite3.Connection:
    """One a thread, for as long as the thread lives."""
    known: sqlite3.Connection | None = getattr(_mine, "connection", None)
    if known is None:
        known = _mine.connection = schema.connect(database())
    return known


async def _run(work: Callable[[sqlite3.Connection], T]) -> T:
    return await asyncio.to_thread(lambda: work(_connection()))


@SearchEngine.register(engine_name="sqlite")
class SqliteSearchEngine(SearchEngine):
    @classmethod
    async def new_instance(cls) -> Self:
        return cls()

    async def close(self) -> None:
        """Connections belong to threads, not to an engine, which lives for one request."""

    async def ping(self) -> bool:
        return await _run(lambda db: db.execute("SELECT 1").fetchone() == (1,))

    async def info(self) -> dict[str, object]:
        version = {"number": sqlite3.sqlite_version, "distribution": "sqlite"}
        return {"name": "gristmill", "version": version}

    async def create_index(self, dataset: Dataset) -> None:
        await _run(lambda db: _in_one(db, schema.add_text, dataset.id.hex))

    async def delete_index(self, dataset: Dataset) -> None:
        await _run(lambda db: _in_one(db, schema.drop_text, dataset.id.hex))

    async def configure_metadata_property(
        self, dataset: Dataset, metadata_property: MetadataProperty
    ) -> None: ...

    async def configure_index_vectors(self, vector_settings: VectorSettings) -> None: ...

    async def index_records(self, dataset: Dataset, records: Iterable[Record]) -> None: ...

    async def partial_record_update(self, record: Record, **update: object) -> None: ...

    async def delete_records(self, dataset: Dataset, records: Iterable[Record]) -> None: ...

    async def update_record_response(self, response: Response) -> None: ...

    async def delete_record_response(self, response: Response) -> None: ...

    async def update_record_suggestion(self, suggestion: Suggestion) -> None: ...

    async def delete_record_suggestion(self, suggestion: Suggestion) -> None: ...

    async def get_dataset_progress(self, dataset: Dataset) -> dict[str, int]:
        if dataset.is_draft:
            return {}
        return await _run(
            lambda db: _counts(
                db,
                "SELECT status, count(*) FROM search_docs WHERE dataset_id = ? GROUP BY status",
                dataset.id.hex,
            )
        )

    async def get_dataset_user_progress(self, dataset: Dataset, user: User) -> dict[str, int]:
        """Of this user's own responses; upstream's counts those of others to the same records."""
        if dataset.is_draft:
            return {}
        return await _run(
            lambda db: _counts(
                db,
                "SELECT value, count(*) FROM search_facets "
                "WHERE facet = ? || '.status' AND user_id = ? GROUP BY value",
                dataset.id.hex,
                user.id.hex,
            )
        )

    async def compute_metrics_for(self, metadata_property: MetadataProperty) -> MetadataMetrics:
        facet = metadata_property.id.hex
        if metadata_property.type == "terms":
            counted = await _run(lambda db: _terms(db, facet))
            values = [TermsMetrics.TermCount(term=term, count=count) for term, count in counted]
            return TermsMetrics(total=sum(count for _, count in counted), values=values)
        low, high = await _run(lambda db: _ends(db, facet))
        if metadata_property.type == "integer":
            return IntegerMetadataMetrics(min=low, max=high)
        return FloatMetadataMetrics(min=low, max=high)

    async def search(
        self,
        dataset: Dataset,
        query: TextQuery | str | None = None,
        filter: Filter | None = None,  # noqa: A002  (Argilla passes it by this name)
        sort: list[Order] | None = None,
        offset: int = 0,
        limit: int = 100,
        user_id: UUID | None = None,
    ) -> SearchResponses:
        if dataset.is_draft:
            return SearchResponses(items=[], total=0)
        request = await _request(dataset, query, filter)
        order = search.Page(sort or [], user_id.hex if user_id else "", offset, limit)
        total, found = await _run(lambda db: search.page(db, request, order))
        return SearchResponses(items=_items(found), total=total)

    async def similarity_search(
        self,
        dataset: Dataset,
        vector_settings: VectorSettings,
        value: list[float] | None = None,
        record: Record | None = None,
        query: TextQuery | str | None = None,
        filter: Filter | None = None,  # noqa: A002
        max_results: int = 100,
        order: str = "most_similar",
        threshold: float | None = None,
    ) -> SearchResponses:
        if bool(value) == bool(record):
            raise ValueError(
                "Must provide either vector value or record to compute the similarity search"
            )
        vector = value or (record and record.vector_value_by_vector_settings(vector_settings))
        if not vector:
            raise ValueError("Cannot find a vector value to apply with provided info")
        if order == "least_similar":
            vector = [-x for x in vector]
        request = await _request(dataset, query, filter)
        name, skip = vector_settings.id.hex, record.id.hex if record else ""
        found = await _run(
            lambda db: search.similar(
                db, request, _matrices.get(db, name, len(vector)), vector, max_results, skip
            )
        )
        items = [item for item in _items(found) if threshold is None or item.score >= threshold]
        return SearchResponses(items=items, total=len(items))


def _items(found: list[tuple[str, float]]) -> list[SearchResponseItem]:
    return [SearchResponseItem(record_id=UUID(record), score=score) for record, score in found]


async def _request(
    dataset: Dataset, query: TextQuery | str | None, wanted: Filter | None
) -> search.Request:
    query = TextQuery(q=query) if isinstance(query, str) else query
    if query is None:
        return search.Request(dataset.id.hex, None, "", wanted)
    if not query.field:
        return search.Request(dataset.id.hex, query.q, "", wanted)
    for field in await dataset.awaitable_attrs.fields:
        if field.name == query.field:
            return search.Request(dataset.id.hex, query.q, field.id.hex, wanted)
    raise UnprocessableEntityError(f"Field `{query.field}` not found in dataset `{dataset.id}`.")


def _in_one(
    db: sqlite3.Connection, change: Callable[[sqlite3.Connection, str], None], dataset_id: str
) -> None:
    db.execute("BEGIN IMMEDIATE")
    with db:
        change(db, dataset_id)


def _counts(db: sqlite3.Connection, sql: str, *values: str) -> dict[str, int]:
    counts = dict(db.execute(sql, values).fetchall())
    return {"total": sum(counts.values()), **counts}


def _terms(db: sqlite3.Connection, facet: str) -> list[tuple[str, int]]:
    return db.execute(
        "SELECT value, count(*) FROM search_facets WHERE facet = ? GROUP BY value "
        "ORDER BY 2 DESC, 1",
        (facet,),
    ).fetchall()


def _ends(db: sqlite3.Connection, facet: str) -> tuple[float | None, float | None]:
    low, high = db.execute(
        "SELECT min(value), max(value) FROM search_facets WHERE facet = ?", (facet,)
    ).fetchone()
    return low, high
