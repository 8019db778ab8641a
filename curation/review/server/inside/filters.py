"""Argilla's filters and sort orders as SQL over `search_docs d`.

A condition stands for the records that Elasticsearch would find by Argilla's own engine: any of
several values, ranges with both ends in, dates in UTC. What Argilla does not index there (text,
ranking and span answers) is not found here either.
"""

import re
from datetime import UTC, datetime
from uuid import UUID

from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.search_engine.base import (
    AndFilter,
    Filter,
    FilterScope,
    MetadataFilterScope,
    Order,
    RangeFilter,
    RecordFilterScope,
    ResponseFilterScope,
    SuggestionFilterScope,
    TermsFilter,
)

_COLUMNS = {
    "id": "d.record_id",
    "external_id": "d.external_id",
    "status": "d.status",
    "inserted_at": "d.inserted_at",
    "updated_at": "d.updated_at",
}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STORED = "%Y-%m-%d %H:%M:%S.%f"
Bound = float | str | None


class Conditions:
    """Builds SQL and keeps the values it refers to by name."""

    def __init__(self, dataset_id: str) -> None:
        self.values: dict[str, str | float] = {}
        self._dataset = self.bind(dataset_id)

    def bind(self, value: str | float) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def of_dataset(self) -> str:
        return f"d.dataset_id = {self._dataset}"

    def filter(self, wanted: Filter) -> str:
        if isinstance(wanted, AndFilter):
            return " AND ".join(map(self.filter, wanted.filters)) or "1"
        scope = wanted.scope
        if isinstance(scope, RecordFilterScope):
            return self._record(scope, wanted)
        if isinstance(scope, ResponseFilterScope) and scope.question is None:
            return self._response_status(scope, wanted)
        facet = self._facet(scope)
        return f"d.doc IN (SELECT doc FROM search_facets WHERE {facet} AND {self._value(wanted)})"

    def order(self, order: Order) -> str:
        """A sort key. Records that have no value come last in both directions."""
        scope, descending = order.scope, order.order == "desc"
        if isinstance(scope, RecordFilterScope):
            key = self._column(scope)
        else:
            facet = self._facet(scope)
            pick = "max(value)" if descending else "min(value)"
            if isinstance(scope, ResponseFilterScope):  # Elasticsearch: mode `avg`.
                pick = "coalesce(avg(CASE typeof(value) WHEN 'text' THEN NULL ELSE value END), min(value))"
            key = f"(SELECT {pick} FROM search_facets WHERE doc = d.doc AND {facet})"
        return f"{key} {'DESC' if descending else 'ASC'} NULLS LAST"

    def _facet(self, scope: FilterScope) -> str:
        if isinstance(scope, MetadataFilterScope):
            return f"facet = {self._id_of('metadata_properties', scope.metadata_property)}"
        if isinstance(scope, SuggestionFilterScope):
            part = self.bind(f".{scope.property}")
            return f"facet = {self._id_of('questions', scope.question)} || {part}"
        if isinstance(scope, ResponseFilterScope):
            user = f" AND user_id = {self.bind(scope.user.id.hex)}" if scope.user else ""
            if scope.question is None:
                return f"facet = {self._dataset} || '.status'{user}"
            return f"facet = {self._id_of('questions', scope.question)} || '.answer'{user}"
        raise UnprocessableEntityError(f"cannot filter or sort by {scope}")

    def _id_of(self, table: str, name: str) -> str:
        return f"(SELECT id FROM {table} WHERE dataset_id = {self._dataset} AND name = {self.bind(name)})"

    def _response_status(self, scope: ResponseFilterScope, wanted: Filter) -> str:
        """Any of these statuses; `pending` has no response, by the user or by anybody."""
        if not isinstance(wanted, TermsFilter):
            raise UnprocessableEntityError("a status is filtered by terms, not by a range")
        facet = self._facet(scope)
        said = f"d.doc IN (SELECT doc FROM search_facets WHERE {facet}"
        statuses = [str(value) for value in wanted.values]
        parts = [f"NOT {said})"] if "pending" in statuses else []
        if given := [self.bind(status) for status in statuses if status != "pending"]:
            parts.append(f"{said} AND value IN ({', '.join(given)}))")
        return f"({' OR '.join(parts)})" if parts else "1"

    def _record(self, scope: RecordFilterScope, wanted: Filter) -> str:
        column = self._column(scope)
        if scope.property == "id" and isinstance(wanted, TermsFilter):
            wanted = TermsFilter(scope, [_hex(value) for value in wanted.values])
        elif scope.property.endswith("_at") and isinstance(wanted, RangeFilter):
            wanted = RangeFilter(scope, _moment(wanted.ge), _moment(wanted.le, latest=True))
        return self._value(wanted, column, text_only=True)

    @staticmethod
    def _column(scope: RecordFilterScope) -> str:
        if scope.property not in _COLUMNS:
            raise UnprocessableEntityError(f"cannot filter or sort by record {scope.property}")
        return _COLUMNS[scope.property]

    def _value(self, wanted: Filter, column: str = "value", *, text_only: bool = False) -> str:
        if isinstance(wanted, TermsFilter):
            terms: list[str | float] = [str(value) for value in wanted.values]
            if not text_only:  # A number that was asked for as text is stored as a number.
                terms += [float(term) for term in wanted.values if _NUMBER.fullmatch(str(term))]
            return f"{column} IN ({', '.join(map(self.bind, terms))})"
        if not isinstance(wanted, RangeFilter):
            raise UnprocessableEntityError(f"cannot filter by {wanted}")
        bounds = ((">=", wanted.ge), ("<=", wanted.le))
        parts = [
            f"{column} {sign} {self.bind(_number(end))}" for sign, end in bounds if end is not None
        ]
        kind = "" if text_only else f" AND typeof({column}) <> 'text'"
        return f"({' AND '.join(parts)}{kind})"


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
