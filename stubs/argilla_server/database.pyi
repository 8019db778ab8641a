from collections.abc import Sequence
from typing import Self

from sqlalchemy.dialects.sqlite import Insert

ALEMBIC_CONFIG_FILE: str

class Scalars:
    def all(self) -> Sequence[object]: ...

class Result:
    def scalars(self) -> Scalars: ...

class AsyncSession:
    async def execute(self, statement: Insert, values: Sequence[dict[str, object]]) -> Result: ...
    async def commit(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...

def AsyncSessionLocal() -> AsyncSession: ...  # noqa: N802
