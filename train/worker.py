"""The process that trains: `python -m train.worker FOLDER`, started by `train run`.

What it has to say goes down the pipe that was its standard output; what libraries print goes to
the log of the run.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from data.errors import GristmillError
from train import environment, job, ranks
from train.health import SpoiltError
from train.job import Event, Failed, Stopped

INTERRUPTED, BAD_INPUT = 130, 2


def main() -> None:
    folder = Path(sys.argv[1])
    with _pipe() as pipe:
        _end_with_parent()
        code = _work(folder, _speaker(pipe))
    # Libraries leave threads behind that would keep a finished process alive.
    os._exit(code)


def _work(folder: Path, tell: Callable[[Event], None]) -> int:
    from train import backends

    order = job.read(folder)
    try:
        asked = order.space.settings.train
        name = backends.choose(asked.backend, asked.method)
        backends.claim_gpu(ranks.place(), ranks.count())
        backends.enter(name)
        environment.lean()
        from train import fitting

        kept = fitting.train(order, folder, name, tell)
    except GristmillError as error:
        tell(Failed(str(error), spoilt=isinstance(error, SpoiltError)))
        return BAD_INPUT
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        tell(Failed(f"{where}{error.strerror or error}."))
        return BAD_INPUT
    except KeyboardInterrupt:
        tell(Stopped(0))
        return INTERRUPTED
    except backends.out_of_memory() as error:
        tell(Failed(str(error), memory=True))
        return BAD_INPUT
    return INTERRUPTED if kept is not None else 0


def _pipe() -> BinaryIO:
    """The pipe to the command, out of the way of what libraries print."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _speaker(pipe: BinaryIO) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        # A failure of any one ends them all.
        if ranks.first() or isinstance(event, Failed):
            pipe.write(msgspec.json.encode(event) + b"\n")
            pipe.flush()

    return tell


def _end_with_parent() -> None:
    """End when the command is gone, even by kill -9: nobody would hear the rest."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
