from collections.abc import Awaitable
from typing import Self
from uuid import UUID

from argilla_server.database import AsyncSession

class Relation:
    lazy: str
    strategy_key: tuple[tuple[str, str], ...]

class Mapper:
    _init_properties: dict[str, Relation]

class Model:
    __mapper__: Mapper
    id: UUID

    @classmethod
    async def get_or_raise(cls, db: AsyncSession, id: UUID) -> Self: ...

class Field(Model):
    name: str

class DatasetParts:
    fields: Awaitable[list[Field]]

class Dataset(Model):
    is_draft: bool
    awaitable_attrs: DatasetParts

class MetadataProperty(Model):
    type: str

class VectorSettings(Model): ...

class Record(Model):
    def vector_value_by_vector_settings(self, settings: VectorSettings) -> list[float] | None: ...

class Response(Model): ...
class Suggestion(Model): ...
class User(Model): ...
class Vector(Model): ...
class Webhook(Model): ...
