"""Checkpoints that are whole or are not there.

The trainer writes a checkpoint file by file, and goes on without a word from one that lost its
optimizer. Here a checkpoint counts once its manifest stands in it, written last: the hash of each
file, and what the training was made of. What does not verify is set aside, never read.
"""

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data import store
from data.errors import BadInputError
from data.records import Record

NEEDED = {"optimizer.pt", "scheduler.pt", "trainer_state.json"}
PICKLED_ARGUMENTS = "training_args.bin"
SEAL = "MANIFEST.json"
MadeOf = dict[str, str]
"""What a checkpoint may not outlive a change of, by name: a hash of each."""


class Seal(Record, frozen=True):
    """What makes a checkpoint count."""

    step: int
    made_of: MadeOf
    files: dict[str, str]
    """sha256 of each file, by its path."""


def seal(checkpoint: Path, step: int, made_of: MadeOf) -> None:
    """Mark a checkpoint as whole. Its files reach the disk before the mark does."""
    # A pickle that nothing of ours reads; what it holds stands in the settings of the run.
    (checkpoint / PICKLED_ARGUMENTS).unlink(missing_ok=True)
    files = sorted(path for path in checkpoint.rglob("*") if path.is_file() and path.name != SEAL)
    for path in files:
        store.sync(path)
    hashes = {str(path.relative_to(checkpoint)): store.hash_file(path) for path in files}
    store.write_json(checkpoint / SEAL, Seal(step, made_of, hashes))


def newest(folder: Path, made_of: MadeOf) -> Path | None:
    """The newest checkpoint that is whole; damaged ones are renamed out of the trainer's sight.

    Raises BadInputError where it belongs to other settings, data or versions.
    """
    for checkpoint in _by_step(folder):
        sealed = _whole(checkpoint)
        if sealed is None:
            checkpoint.rename(checkpoint.with_name(f"damaged-{checkpoint.name}"))
        elif sealed.made_of != made_of:
            other = [name for name in made_of if made_of[name] != sealed.made_of.get(name)]
            raise BadInputError(
                f"{checkpoint} was made with other {', '.join(other)}; "
                "put back what it was, or start a new run."
            )
        else:
            return checkpoint
    return None


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Failures to write, which these libraries raise as errors of many kinds, as an OSError."""
    from safetensors import SafetensorError

    try:
        yield
    except (RuntimeError, SafetensorError) as error:
        # What torch says of a full disk names a line of its own C++ and nothing else.
        if isinstance(error, RuntimeError) and "inline_container" not in str(error):
            raise
        free = shutil.disk_usage(folder).free // 2**20
        reason = str(error).partition("\n")[0]
        said = f"not all of it could be written ({reason}); {free:,} MiB are free there"
        raise OSError(errno.EIO, said, str(folder)) from error


def last_step(folder: Path) -> int:
    """The step of the newest whole checkpoint; 0 if there is none."""
    return next((step_of(each) for each in _by_step(folder) if _whole(each)), 0)


def step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def _by_step(folder: Path) -> list[Path]:
    """Newest first."""
    found = [path for path in folder.glob("checkpoint-*") if re.fullmatch(r".*-\d+", path.name)]
    return sorted(found, key=step_of, reverse=True)


def _whole(checkpoint: Path) -> Seal | None:
    path = checkpoint / SEAL
    if not path.exists():
        return None
    try:
        sealed = store.read_json(path, Seal)
    except BadInputError:
        return None
    kept = all(
        (checkpoint / name).is_file() and store.hash_file(checkpoint / name) == wanted
        for name, wanted in sealed.files.items()
    )
    drawn = any(name.startswith("rng_state") for name in sealed.files)
    return sealed if kept and drawn and set(sealed.files) >= NEEDED else None
