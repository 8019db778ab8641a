"""Argilla's filters and sort orders as SQL.

A condition stands for the records that Elasticsearch would find by Argilla's own engine: any of
several values, ranges with both ends in, dates in UTC. What Argilla does not index there (text,
ranking and span answers) is not found here either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.search_engine.base import (
    AndFilter,
    Filter,
    FilterScope,
    MetadataFilterScope,
    RangeFilter,
    RecordFilterScope,
    ResponseFilterScope,
    SuggestionFilterScope,
    TermsFilter,
)

COLUMNS = {
    "id": "record_id",
    "external_id": "external_id",
    "status": "status",
    "inserted_at": "inserted_at",
    "updated_at": "updated_at",
}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STORED = "%Y-%m-%d %H:%M:%S.%f"
Bound = float | str | None


@dataclass(frozen=True)
class Clause:
    """SQL that yields row numbers of records; `negated` means all records of the dataset but those."""

    sql: str
    values: tuple[str | float, ...]
    negated: bool = False


@dataclass(frozen=True)
class Held:
    """What a column holds, and the filter on it."""

    facet: Clause
    wanted: TermsFilter | RangeFilter


def clauses(dataset_id: str, wanted: Filter) -> Iterator[Clause | Held]:
    """What a filter asks for; a record must be in every one of them."""
    if isinstance(wanted, AndFilter):
        for each in wanted.filters:
            yield from clauses(dataset_id, each)
    elif isinstance(wanted.scope, RecordFilterScope):
        yield _of_record(dataset_id, wanted.scope, wanted)
    elif isinstance(wanted.scope, ResponseFilterScope) and wanted.scope.question is None:
        yield from _of_status(dataset_id, wanted.scope, wanted)
    elif isinstance(wanted.scope, ResponseFilterScope):
        facet, values = _facet(dataset_id, wanted.scope)
        condition, bounds = _condition(wanted)
        yield Clause(
            f"SELECT doc FROM search_facets WHERE {facet} AND {condition}", (*values, *bounds)
        )
    else:
        yield Held(sorted_values(dataset_id, wanted.scope), wanted)


def terms_of(wanted: TermsFilter) -> list[str | float]:
    """The values that are asked for; numbers are asked for as text too."""
    numbers = [float(term) for term in wanted.values if _NUMBER.fullmatch(str(term))]
    return [*map(str, wanted.values), *numbers]


def ends_of(wanted: RangeFilter) -> tuple[float | None, float | None]:
    try:
        low, high = (None if end is None else float(end) for end in (wanted.ge, wanted.le))
    except ValueError as error:
        raise UnprocessableEntityError(f"a range goes from number to number: {error}") from error
    return low, high


def sorted_values(dataset_id: str, scope: FilterScope) -> Clause:
    """SQL that yields row number and value of each record that has one, by value."""
    if isinstance(scope, RecordFilterScope):
        column = _column(scope)
        return Clause(
            f"SELECT doc, {column} FROM search_docs WHERE dataset_id = ? "
            f"AND {column} IS NOT NULL ORDER BY {column}",
            (dataset_id,),
        )
    facet, values = _facet(dataset_id, scope)
    rows = f"FROM search_facets WHERE {facet}"
    if not isinstance(scope, ResponseFilterScope):
        return Clause(f"SELECT doc, value {rows} ORDER BY value", values)
    # Elasticsearch sorts by the average of what several annotators said.
    mean = "coalesce(avg(CASE typeof(value) WHEN 'text' THEN NULL ELSE value END), min(value))"
    return Clause(f"SELECT doc, {mean} AS mean {rows} GROUP BY doc ORDER BY mean", values)


def _facet(dataset_id: str, scope: FilterScope) -> tuple[str, tuple[str, ...]]:
    if isinstance(scope, MetadataFilterScope):
        return f"facet = {_id_of('metadata_properties')}", (dataset_id, scope.metadata_property)
    if isinstance(scope, SuggestionFilterScope):
        known = (dataset_id, scope.question, f".{scope.property}")
        return f"facet = {_id_of('questions')} || ?", known
    if isinstance(scope, ResponseFilterScope):
        user = (scope.user.id.hex,) if scope.user else ()
        mine = " AND user_id = ?" if user else ""
        if scope.question is None:
            return f"facet = ? || '.status'{mine}", (dataset_id, *user)
        facet = f"facet = {_id_of('questions')} || '.answer'{mine}"
        return facet, (dataset_id, scope.question, *user)
    raise UnprocessableEntityError(f"cannot filter or sort by {scope}")


def _id_of(table: str) -> str:
    return f"(SELECT id FROM {table} WHERE dataset_id = ? AND name = ?)"


def _of_status(dataset_id: str, scope: ResponseFilterScope, wanted: Filter) -> Iterator[Clause]:
    """Any of these statuses; `pending` has no response, by the user or by anybody.

    Together: not those that have responses, but none with a status that is asked for.
    """
    if not isinstance(wanted, TermsFilter):
        raise UnprocessableEntityError("a status is filtered by terms, not by a range")
    facet, known = _facet(dataset_id, scope)
    statuses = {str(value) for value in wanted.values}
    given = tuple(sorted(statuses - {"pending"}))
    marks = ", ".join("?" * len(given))
    said = f"SELECT doc FROM search_facets WHERE {facet}"
    if not statuses:
        return
    if "pending" not in statuses:
        yield Clause(f"{said} AND value IN ({marks})", (*known, *given))
    elif given:
        with_given = f"{said} AND value IN ({marks})"
        yield Clause(f"{said} EXCEPT {with_given}", (*known, *known, *given), negated=True)
    else:
        yield Clause(said, known, negated=True)


def _of_record(dataset_id: str, scope: RecordFilterScope, wanted: Filter) -> Clause:
    column = _column(scope)
    if scope.property == "id" and isinstance(wanted, TermsFilter):
        wanted = TermsFilter(scope, [_hex(value) for value in wanted.values])
    elif scope.property.endswith("_at") and isinstance(wanted, RangeFilter):
        wanted = RangeFilter(scope, _moment(wanted.ge), _moment(wanted.le, latest=True))
    condition, values = _condition(wanted, column, text_only=True)
    return Clause(
        f"SELECT doc FROM search_docs WHERE dataset_id = ? AND {condition}", (dataset_id, *values)
    )


def _column(scope: RecordFilterScope) -> str:
    if scope.property not in COLUMNS:
        raise UnprocessableEntityError(f"cannot filter or sort by record {scope.property}")
    return COLUMNS[scope.property]


def _condition(
    wanted: Filter, column: str = "value", *, text_only: bool = False
) -> tuple[str, tuple[str | float, ...]]:
    if isinstance(wanted, TermsFilter):
        terms = list(map(str, wanted.values)) if text_only else terms_of(wanted)
        return f"{column} IN ({', '.join('?' * len(terms))})", tuple(terms)
    if not isinstance(wanted, RangeFilter):
        raise UnprocessableEntityError(f"cannot filter by {wanted}")
    bounds = {">=": wanted.ge, "<=": wanted.le}
    there = {sign: _number(end) for sign, end in bounds.items() if end is not None}
    parts = [f"{column} {sign} ?" for sign in there]
    if not text_only:
        parts.append(f"typeof({column}) <> 'text'")
    return " AND ".join(parts), tuple(there.values())


def _number(bound: float | str) -> float | str:
    return float(bound) if isinstance(bound, str) and _NUMBER.fullmatch(bound) else bound


def _hex(value: str) -> str:
    try:
        return UUID(value).hex
    except ValueError:
        return value  # It is the id of no record.


def _moment(bound: Bound, *, latest: bool = False) -> str | None:
    """A date as the database holds it. A number is milliseconds; a day as an end is all of it."""
    if bound is None:
        return None
    if isinstance(bound, int | float) or _NUMBER.fullmatch(bound):
        return datetime.fromtimestamp(float(bound) / 1000, UTC).strftime(_STORED)
    try:
        moment = datetime.fromisoformat(bound)
    except ValueError as error:
        raise UnprocessableEntityError(f"{bound!r} is not a date such as 2026-01-31") from error
    if latest and _DAY.fullmatch(bound):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime(_STORED)
