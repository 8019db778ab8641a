"""What the command tells the process that trains, and what it hears of it.

Training has a process of its own: libraries that patch one another, and the memory of a GPU, are
gone with it. The order is a file in the run's folder; the answers are JSON lines in a pipe.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import msgspec

from data import store
from data.errors import BadInputError
from data.records import Record
from data.settings import Settings
from data.workspace import Workspace
from train import environment, ranks
from train.runs import Step

FILE, LOG = "job.json", "worker.log"
LINES_OF_LOG = 15
PATIENT = (2, 13)
"""The torch whose launcher can be told how long to wait; an older one waits for 30 s."""


class Job(Record, frozen=True):
    """An order to train."""

    root: str
    split: str
    name: str
    settings: dict[str, object]
    """All of the settings as they were read, nothing resolved."""
    gpus: int = 1
    halvings: int = 0
    """How often the rows at a time were halved, because memory was too small."""

    @property
    def space(self) -> Workspace:
        return Workspace(Path(self.root), Settings.model_validate(self.settings))


class Begun(Record, frozen=True, tag="begun"):
    """All checks have passed; the first step comes."""

    rows: int
    backend: str
    reasons: tuple[str, ...] = ()
    """Why the values that were left open are what they are."""
    warnings: tuple[str, ...] = ()
    """What the checks found and left to the user."""


class Stepped(Record, frozen=True, tag="stepped"):
    """One step is done."""

    step: Step
    of: int


class Stopped(Record, frozen=True, tag="stopped"):
    """It was told to stop, and has."""

    step: int
    """Of the checkpoint that is kept; 0 is none."""


class Failed(Record, frozen=True, tag="failed"):
    """It cannot go on, for a reason that the user can mend."""

    message: str
    memory: bool = False
    """The GPU was too small."""
    spoilt: bool = False
    """What was learnt is of no use, and so are its checkpoints."""


class Done(Record, frozen=True, tag="done"):
    """The run's folder is complete."""


Event = Begun | Stepped | Stopped | Failed | Done


def write(job: Job, folder: Path) -> None:
    store.write_json(folder / FILE, job)


def read(folder: Path) -> Job:
    return store.read_json(folder / FILE, Job)


def carry_out(job: Job, folder: Path) -> Iterator[Event]:
    """Train in a process of its own. Ctrl-C lets it write a checkpoint; a second one ends it."""
    models = job.space.settings.train.models
    (folder / ranks.AHEAD).unlink(missing_ok=True)
    with (
        (folder / LOG).open("ab") as log,
        subprocess.Popen(
            _command(job.gpus, folder),
            stdin=subprocess.PIPE,  # its end tells the worker that we are gone
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches it from us alone
            env=environment.of_worker(models, Path(job.root), folder),
        ) as worker,
    ):
        try:
            yield from _heard(worker, folder)
        finally:
            worker.kill()


def _command(gpus: int, folder: Path) -> list[str]:
    one = ["-m", "train.worker", str(folder)]
    if gpus == 1:
        return [sys.executable, *one]
    many = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(gpus)]
    # A checkpoint of many weights takes its time; what is killed inside one loses it.
    if tuple(map(int, metadata.version("torch").split(".")[:2])) >= PATIENT:
        many += ["--shutdown-timeout", "600"]
    return [sys.executable, *many, *one]


def _heard(worker: "subprocess.Popen[bytes]", folder: Path) -> Iterator[Event]:
    event: Event | None = None
    for line in _lines(worker):
        event = msgspec.json.decode(line, type=Event)
        yield event
    if not isinstance(event, Done | Failed | Stopped):
        code = worker.wait()
        raise BadInputError(
            f"The training ended with {code} and said:\n{_tail(folder / LOG)}\n"
            f"All of it stands in {folder / LOG}."
        )


def _lines(worker: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    """What the worker says; an interrupt is passed on once, and what it then says is heard."""
    assert worker.stdout
    interrupted = False
    while True:
        try:
            line = worker.stdout.readline()
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            os.kill(worker.pid, signal.SIGINT)
            continue
        if not line:
            return
        yield line


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LINES_OF_LOG:])
