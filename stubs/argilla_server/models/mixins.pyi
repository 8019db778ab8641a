from collections.abc import Iterable

class Schema:
    """A model of pydantic."""

    def model_dump(self) -> dict[str, object]: ...

class Upserted:
    __upsertable_columns__: Iterable[str]

class CRUDMixin:
    upsert_many: object
