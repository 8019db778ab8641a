from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from argilla_server.models import User

@dataclass
class SuggestionFilterScope:
    question: str
    property: str

@dataclass
class ResponseFilterScope:
    question: str | None = ...
    property: str | None = ...
    user: User | None = ...

@dataclass
class MetadataFilterScope:
    metadata_property: str

@dataclass
class RecordFilterScope:
    property: str

FilterScope = SuggestionFilterScope | ResponseFilterScope | MetadataFilterScope | RecordFilterScope

@dataclass
class TermsFilter:
    scope: FilterScope
    values: list[str]

@dataclass
class RangeFilter:
    scope: FilterScope
    ge: float | str | None = ...
    le: float | str | None = ...

@dataclass
class AndFilter:
    filters: list[Filter]

Filter = AndFilter | TermsFilter | RangeFilter

@dataclass
class Order:
    scope: FilterScope
    order: str

class TextQuery:
    q: str
    field: str | None
    def __init__(self, *, q: str, field: str | None = ...) -> None: ...

class SearchResponseItem:
    record_id: UUID
    score: float
    def __init__(self, *, record_id: UUID, score: float) -> None: ...

class SearchResponses:
    items: list[SearchResponseItem]
    total: int
    def __init__(self, *, items: list[SearchResponseItem], total: int) -> None: ...

class TermsMetrics:
    class TermCount:
        def __init__(self, *, term: str, count: int) -> None: ...

    def __init__(self, *, total: int, values: list[TermCount]) -> None: ...

class IntegerMetadataMetrics:
    def __init__(self, *, min: float | None, max: float | None) -> None: ...

class FloatMetadataMetrics:
    def __init__(self, *, min: float | None, max: float | None) -> None: ...

MetadataMetrics = TermsMetrics | IntegerMetadataMetrics | FloatMetadataMetrics
Engine = TypeVar("Engine", bound=type)

class SearchEngine:
    @classmethod
    def register(cls, engine_name: str) -> Callable[[Engine], Engine]: ...
