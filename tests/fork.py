"""Processes that cost nothing to start: forks of this one, which has the libraries loaded.

Loading torch and what stands on it takes longer than most of what the tests do with it. Whether a
command starts in a process of its own is claimed elsewhere; here only that it has one matters.
"""

import importlib
import io
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.make import Ran

PATIENCE_SECONDS = 240.0


def start(task: Callable[..., None], *arguments: object) -> BaseProcess:
    """Begin a task in a fork."""
    # Computing with one thread (see conftest.py) leaves no lock behind that a fork could wait for.
    assert os.environ.get("OMP_NUM_THREADS") == "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are other threads: none of them computes
        process = multiprocessing.get_context("fork").Process(target=task, args=arguments)
        process.start()
    return process


def load() -> None:
    """Load torch and what stands on it, once for all forks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("tests.loaded")


def ended(process: BaseProcess) -> int | None:
    """Wait for its exit code; a signal that killed it is negative."""
    process.join(PATIENCE_SECONDS)
    process.kill()
    process.join()
    return process.exitcode


def run(command: str, folder: Path, *, interrupt_when: Callable[[], bool] | None = None) -> Ran:
    """Run a command line as typed; with Ctrl-C pressed once it is at work, if asked."""
    load()
    said = folder / ".said"
    process = start(_typed, command, folder, said)
    if interrupt_when:
        wait_until(interrupt_when, process.is_alive)
        assert process.pid
        os.kill(process.pid, signal.SIGINT)
    code = ended(process)
    assert code is not None
    output = said.read_text(encoding="utf-8")
    said.unlink()
    return Ran(code, output)


def wait_until(ready: Callable[[], bool], alive: Callable[[], bool]) -> None:
    """Wait until a process is at work."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        assert alive(), "it ended before it could be interrupted"
        assert time.monotonic() < give_up, "it never came to its work"
        time.sleep(0.01)


def _typed(command: str, folder: Path, said: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warnings.resetwarnings()
    with said.open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    # In place of those of pytest, which keeps what a test says for itself.
    sys.stdout = sys.stderr = io.TextIOWrapper(os.fdopen(1, "wb", 0), "utf-8", write_through=True)
    os.chdir(folder)
    sys.argv = command.split()
    package = {"curate": "curation", "evaluate": "eval"}.get(sys.argv[0], sys.argv[0])
    importlib.import_module(f"{package}.cli").main()
