"""What the libraries behind training read from the environment when they are imported.

Call these before the first of them. What the user has set already stays.
"""

import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data import embed

CORES = "TOKENIZERS_PARALLELISM"
"""Whether tokenizers spread a batch over the cores."""
QUIET = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Threads that spin while they wait burn five times the processor on a busy machine.
    "OMP_WAIT_POLICY": "PASSIVE",
    CORES: "false",  # a process that forks while it is on would wait for ever
    "TRANSFORMERS_VERBOSITY": "error",
    "WANDB_MODE": "offline",
    # Unsloth asks the hub for statistics and installs packages at run time unless told not to.
    "UNSLOTH_DATASET_NUM_PROC": "0",  # it forks a process that holds a GPU, which hung for ever
    "UNSLOTH_DISABLE_STATISTICS": "1",
    "UNSLOTH_DISABLE_LLM_COMPRESSOR_AUTOINSTALL": "1",
    "UNSLOTH_LLAMA_CPP_OFFLINE": "1",
    "UNSLOTH_OFFLINE": "1",
}
HERE = ("bundled", "tiny")
"""Models that come with the distribution or are built on the spot."""
OFFLINE = {"HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def quiet() -> None:
    _default(QUIET)


@contextmanager
def all_cores() -> Iterator[None]:
    """For long texts while nothing forks."""
    before = os.environ.get(CORES, "false")
    os.environ[CORES] = "true"
    try:
        yield
    finally:
        os.environ[CORES] = before


def offline() -> None:
    _default(OFFLINE)


def lean() -> None:
    """Load what generates text without scikit-learn, which takes a seventh of all the loading.

    Transformers imports it wherever it is installed, for a way to generate that is not used here.
    What needs it itself, as sentence-transformers does, imports it later.
    """
    if "sklearn" in sys.modules:
        return
    sys.modules["sklearn"] = None  # type: ignore[assignment]  # for the import system: not there
    try:
        importlib.import_module("transformers.generation.candidate_generator")
    finally:
        del sys.modules["sklearn"]


def of_worker(models: Iterable[str], root: Path, run: Path) -> dict[str, str]:
    """The environment of the process that trains; these models it may have to fetch."""
    fetches = any(on_hub(model, root) for model in models)
    given = {**QUIET, **({} if fetches else OFFLINE), **os.environ}
    # Unsloth compiles into the current folder and imports from it first, unless told where.
    places = {
        "UNSLOTH_COMPILE_LOCATION": run / "compiled",
        "TENSORBOARD_LOGGING_DIR": run / "tensorboard",
        "TRACKIO_DIR": run / "trackio",
    }
    return {**given, **{name: str(place) for name, place in places.items()}}


def on_hub(model: str, root: Path) -> bool:
    return model not in (*HERE, *embed.PACKAGED) and not folder(model, root).is_dir()


def folder(model: str, root: Path) -> Path:
    """Where a model lies if it is a folder; names count from the workspace."""
    return (root / Path(model).expanduser()).resolve()


def _default(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        os.environ.setdefault(name, value)
