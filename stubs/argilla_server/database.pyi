from typing import Self

ALEMBIC_CONFIG_FILE: str

class AsyncSession:
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...

def AsyncSessionLocal() -> AsyncSession: ...  # noqa: N802
