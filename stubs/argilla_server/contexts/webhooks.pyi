from collections.abc import Sequence

from argilla_server.database import AsyncSession
from argilla_server.models import Webhook

async def list_enabled_webhooks(db: AsyncSession) -> Sequence[Webhook]: ...
