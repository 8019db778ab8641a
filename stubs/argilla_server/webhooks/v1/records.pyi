from argilla_server.database import AsyncSession
from argilla_server.models import Record

async def notify_record_event(
    db: AsyncSession, record_event: str, record: Record
) -> list[object]: ...
