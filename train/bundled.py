"""The model `bundled`: a small base of our own that lies in this distribution, so that no hub is needed.

Each of its files is held against the hash in the list beside them before any is read.
"""

from importlib.resources import as_file, files
from pathlib import Path

from data import store
from data.errors import BadInputError

NAME = "bundled"
SUMS = "SHA256SUMS"
"""As `sha256sum` writes it, so that `sha256sum -c` checks it too."""


def folder() -> Path:
    """Where it lies, once its files are known to be what was released."""
    with as_file(files("data") / "models" / "gristmill-8m") as home:
        check(home)
        return home


def check(home: Path) -> None:
    """Raises BadInputError at the first file that is missing or has changed."""
    sums = home / SUMS
    if not sums.is_file():
        raise BadInputError(f"The bundled model is not complete: {sums} is missing. {_MEND}")
    for line in sums.read_text(encoding="utf-8").splitlines():
        told, _, name = line.partition("  ")
        path = home / name
        if not path.is_file():
            raise BadInputError(f"The bundled model is not complete: {path} is missing. {_MEND}")
        if store.hash_file(path) != told:
            raise BadInputError(
                f"The bundled model is damaged: {path} is not the file that was released. {_MEND}"
            )


_MEND = (
    "Install Gristmill again, or `git checkout data/models`; a model of your own goes into a "
    "folder of its own, named by model_name."
)
