"""The server as a process: started, found again, stopped.

It holds a lock on its folder for as long as it lives, which the system frees even after
kill -9; so whether it runs is asked of the lock and never of a process number.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from curation.review.server import accounts, api, environment, exits
from curation.review.server.inside.people import Person
from data import terminal
from data.errors import BadInputError, GristmillError
from data.workspace import Workspace

HOST = "127.0.0.1"
PORT = 6900
"""Argilla's own; taken where nothing else was used before."""
START_SECONDS = 180.0
STOP_SECONDS = 20.0
MOST_SAID = 300
WHY = {
    exits.ALREADY_RUNNING: "Another server holds {folder}; stop it by `curate review serve stop`.",
    exits.DAMAGED_DATABASE: "{folder}/argilla.db is damaged: {said}. Put a copy of it back, or move "
    "the folder away and start with an empty one.",
    exits.FULL_DISK: "The disk is full: {said}. Make room and serve again; no label is lost.",
}


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@dataclass(frozen=True)
class Started:
    """What starting did: the server, whether it ran before, and whose passwords are new."""

    server: Server
    ran_before: bool
    new_people: list[Person]


def folder_of(space: Workspace) -> Path:
    return space.work / "argilla"


def start(space: Workspace, port: int | None) -> Started:
    """Start the workspace's server, or find it where it runs; returns when it answers."""
    folder = folder_of(space)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        running = find(folder)
        if running:
            if port not in (None, running.port):
                raise BadInputError(
                    f"It runs at {running.url} already; `curate review serve stop` comes first."
                )
            return Started(running, ran_before=True, new_people=[])
        python = environment.python()
        accounts.ensure(folder, space.settings.review.workspace)
        with _bound(folder, port) as listening:
            process = _launch(python, folder, listening)
        server = _wait(process, folder)
        return Started(server, ran_before=False, new_people=accounts.show_once(folder))


def find(folder: Path) -> Server | None:
    """The server of a folder, if one runs."""
    path = folder / "running.lock"
    if not path.exists():
        return None
    with path.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _told(folder)
    return None


def stop(folder: Path) -> bool:
    """Stop the server of a folder; whether there was one."""
    running = find(folder)
    if running is None:
        return False
    os.kill(running.pid, signal.SIGTERM)
    patience = time.monotonic() + STOP_SECONDS
    while find(folder):
        if time.monotonic() > patience:
            os.kill(running.pid, signal.SIGKILL)
        time.sleep(0.05)
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "starting.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _told(folder: Path) -> Server | None:
    try:
        return Server(**json.loads((folder / "server.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def _bound(folder: Path, port: int | None) -> Iterator[socket.socket]:
    """A socket on the port that was asked for, or the last one, or Argilla's, or any.

    Browsers keep a sign-in by address, so the same port is worth having again.
    """
    last = _told(folder)
    wanted = [port] if port is not None else [last.port if last else PORT, PORT, 0]
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for each in wanted:
            try:
                listening.bind((HOST, each))
                break
            except OSError as error:
                if port is not None:
                    raise BadInputError(
                        f"Port {port} cannot be used ({error.strerror}); leave `--port` out to "
                        "get a free one."
                    ) from error
        listening.listen(128)
        yield listening


def _launch(python: Path, folder: Path, listening: socket.socket) -> subprocess.Popen[bytes]:
    number = listening.fileno()
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            [python, "-I", Path(__file__).with_name("boot.py"), folder.resolve(), str(number)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[number],
            start_new_session=True,  # Ctrl-C in this terminal is not meant for it.
        )


def _wait(process: subprocess.Popen[bytes], folder: Path) -> Server:
    """Return when the server answers, or say why it does not."""
    patience = time.monotonic() + START_SECONDS
    with terminal.waiting("starting the review server"):
        while process.poll() is None:
            running = find(folder)
            if running and running.pid == process.pid and _answers(running):
                process.returncode = 0  # It outlives this command, and nobody waits for it.
                return running
            if time.monotonic() > patience:
                process.kill()
                raise GristmillError(
                    f"The server did not answer in time; see {folder}/server.log."
                )
            time.sleep(0.1)
    if process.returncode == exits.BROKEN_ENVIRONMENT:
        environment.remove()
    raise GristmillError(_explain(process.returncode, folder))


def _answers(running: Server) -> bool:
    try:
        api.get(running.url, "/version", timeout=5)
    except GristmillError:
        return False
    return True


def _explain(code: int, folder: Path) -> str:
    lines = (folder / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
    said = lines[-1][:MOST_SAID] if lines else "it said nothing"
    if code == exits.BROKEN_ENVIRONMENT:
        return f"The installed server is damaged ({said}); serve again, which installs it anew."
    why = WHY.get(code, "The server ended at once: {said}. {folder}/server.log tells more.")
    return why.format(folder=folder, said=said)
