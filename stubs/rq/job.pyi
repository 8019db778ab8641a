from collections.abc import Awaitable, Callable
from enum import Enum
from uuid import UUID

class JobStatus(Enum):
    QUEUED = "queued"
    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"

class Job:
    origin: str
    func_name: str
    func: Callable[..., Awaitable[None]]
    args: tuple[UUID, ...]
    kwargs: dict[str, object]
    retries_left: int | None
    retry_intervals: list[int] | None
    def set_status(self, status: JobStatus) -> None: ...
    def save(self) -> None: ...
