"""Several processes that share one training, one a GPU: who writes, and who waits.

`torch.distributed.run` starts them and numbers them in the environment.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AHEAD = ".first-is-through"
"""Written by the first process into the folder of the run, removed before each start."""
PAUSE_SECONDS = 0.05


def first() -> bool:
    """Whether this process speaks and writes for all."""
    return os.environ.get("RANK", "0") == "0"


def place() -> int:
    """The number of this process on this machine, and of its GPU."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def count() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def first_alone(folder: Path) -> Iterator[None]:
    """The first process passes through the block; the others pass once it has.

    By a file, not by a barrier: a base that comes from the hub may take longer than those wait.
    Where the first one fails the others are ended by what started them.
    """
    while not first() and not (folder / AHEAD).exists():
        time.sleep(PAUSE_SECONDS)
    yield
    if first() and count() > 1:
        (folder / AHEAD).touch()


def any_of(yes: bool, device: object) -> bool:  # noqa: FBT001
    """Whether it is true in one of the processes; all of them must ask."""
    if count() == 1:
        return yes
    import torch

    flag = torch.tensor([int(yes)], device=str(device))
    torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MAX)
    return bool(flag.item())


def wait() -> None:
    """Until all have come here."""
    if count() > 1:
        import torch

        torch.distributed.barrier()
