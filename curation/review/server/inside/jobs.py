"""Argilla's background jobs without Redis: they run as tasks of the server itself.

Their state lies in an imitation of Redis in memory. A job that a crash cuts off is made up for at
the next start (`schema.prepare`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import fakeredis
import redis
import rq
from rq.job import Job, JobStatus

Work = Callable[..., Awaitable[None]]
_running: set[asyncio.Task[None]] = set()


class InProcessQueue(rq.Queue):
    def enqueue_job(self, job: Job, pipeline: object = None, at_front: bool = False) -> Job:
        job.set_status(JobStatus.QUEUED)
        job.origin = self.name
        job.save()
        task = asyncio.get_running_loop().create_task(_perform(job))
        _running.add(task)
        task.add_done_callback(_running.discard)
        return job


async def _perform(job: Job) -> None:
    """Run a job, again after a pause where it fails and may be repeated."""
    pauses = [0, *_pauses(job)]
    for last, pause in enumerate(pauses, start=1 - len(pauses)):
        await asyncio.sleep(pause)
        job.set_status(JobStatus.STARTED)
        try:
            await _work_of(job)(*job.args, **job.kwargs)
        except Exception:
            if last == 0:
                job.set_status(JobStatus.FAILED)
                raise
        else:
            job.set_status(JobStatus.FINISHED)
            return


def _pauses(job: Job) -> list[int]:
    """Seconds to wait before each repetition."""
    count, pauses = job.retries_left or 0, job.retry_intervals or [0]
    return [pauses[min(number, len(pauses) - 1)] for number in range(count)]


def _work_of(job: Job) -> Work:
    return _post_webhook if job.func_name.endswith(".notify_event_job") else job.func


async def _post_webhook(webhook_id: UUID, event: str, timestamp: object, content: object) -> None:
    """As Argilla's own job, but the call that waits for the listener waits in a thread."""
    from argilla_server.database import AsyncSessionLocal
    from argilla_server.models import Webhook
    from argilla_server.webhooks.v1.commons import notify_event

    async with AsyncSessionLocal() as db:
        webhook = await Webhook.get_or_raise(db, webhook_id)
    answer = await asyncio.to_thread(notify_event, webhook, event, timestamp, content)
    answer.raise_for_status()


def install() -> None:
    """Take Redis's place; before `argilla_server` is imported, which connects on import."""
    connection = fakeredis.FakeRedis()
    redis.from_url = lambda *_, **__: connection
    rq.Queue = InProcessQueue  # type: ignore[misc]  # Taking the place of a class is the point.
