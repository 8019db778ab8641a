"""Trainings in forks of this process.

Each runs what the worker of `train run` runs, and may be killed at a chosen point.
"""

import os
import resource
import signal
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from data.errors import GristmillError
from data.workspace import Workspace
from tests import fork
from train import job, runs, session
from train.job import Event, Stepped

PORT = "29507"
ERROR = "error.txt"


class Kill(NamedTuple):
    """Where a training is killed."""

    step: int
    """Once this step is done; or, with a file, once that file of its checkpoint is there."""
    file: str = ""
    rank: int = 0
    """The only process that is killed."""
    by: signal.Signals = signal.SIGKILL


def begin(space: Workspace, name: str) -> Path:
    """The folder of a run, with its order, as `train run` leaves it to the worker."""
    folder = runs.part_of(space, name)
    folder.mkdir(parents=True)
    job.write(session.ordered(space, space.split, name), folder)
    return folder


def train(
    folder: Path, kill: Kill | None = None, *, processes: int = 1, room_bytes: int = -1
) -> list[int | None]:
    """Go on with the run in this folder; the exit codes, in order of rank.

    No file may grow beyond `room_bytes`.
    """
    fork.load()
    started = [
        fork.start(_train, folder, kill, rank, processes, room_bytes) for rank in range(processes)
    ]
    return [fork.ended(process) for process in started]


def _train(folder: Path, kill: Kill | None, rank: int, processes: int, room: int) -> None:
    warnings.resetwarnings()
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    if processes > 1:
        address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": PORT}
        place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes}
        os.environ |= address | {key: str(value) for key, value in place.items()}
    kill = kill if kill and kill.rank == rank else None
    if kill and kill.file:
        found = folder / runs.TRAINER / f"checkpoint-{kill.step}" / kill.file
        threading.Thread(target=_kill_once, args=(found.exists,), daemon=True).start()
    from train import fitting

    try:
        fitting.train(job.read(folder), folder, "trl", _listener(kill))
    except (GristmillError, OSError) as error:
        (folder / ERROR).write_text(str(error))
        os._exit(2)
    # As the worker ends: libraries leave threads behind.
    os._exit(0)


def _listener(kill: Kill | None) -> Callable[[Event], None]:
    def hear(event: Event) -> None:
        reached = isinstance(event, Stepped) and kill and event.step.step == kill.step
        if reached and kill and not kill.file:
            os.kill(os.getpid(), kill.by)

    return hear


def _kill_once(ready: Callable[[], bool]) -> None:
    with suppress(OSError):
        while not ready():
            time.sleep(0.0002)
    os.kill(os.getpid(), signal.SIGKILL)
