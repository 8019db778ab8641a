"""The server's own Python environment, made once a machine in the user's cache.

Argilla's server pins what the workbench needs newer, so they cannot share one. What is installed
is fixed by `requirements.lock`, with hashes; `requirements.in` says how that file is made.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data import terminal
from data.errors import BadInputError, GristmillError

LOCK = Path(__file__).with_name("requirements.lock")
NEWEST = (3, 13)
"""The newest Python that the locked packages have wheels for."""
OPTIONS = (
    *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"),
    *("--progress-bar", "off", "--retries", "2", "--disable-pip-version-check"),
)
OFFLINE = ("no matching distribution", "could not find a version", "connection", "timed out")
FULL = ("no space left", "errno 27", "errno 28", "quota exceeded")


def python() -> Path:
    """The server's Python; installs it where it is missing, which takes about a minute."""
    folder = _folder()
    if not _complete(folder):
        with _alone(folder):
            if not _complete(folder):  # Another command may have made it while we waited.
                _install(folder)
    return folder / "bin" / "python"


def remove() -> None:
    """Forget an environment that turned out to be broken."""
    (_folder() / "complete").unlink(missing_ok=True)


def _folder() -> Path:
    """One for each lock file and Python, so that a new version never meets an old environment."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    of = LOCK.read_bytes() + ".".join(map(str, sys.version_info[:2])).encode()
    return cache / "gristmill" / f"review-server-{hashlib.sha256(of).hexdigest()[:12]}"


def _complete(folder: Path) -> bool:
    return (folder / "complete").exists()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(folder: Path) -> None:
    terminal.say(f"Installing the review server into {folder}; once, about 40 MB to download.")
    made = subprocess.run(
        [_base_python(), "-m", "venv", "--clear", "--without-pip", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise GristmillError(_explain(made.stdout + made.stderr))
    _run_pip(folder)
    (folder / "complete").touch()


def _run_pip(folder: Path) -> None:
    """Install what the lock file names. A repetition finds what pip had downloaded in its cache."""
    process = subprocess.Popen(
        [*_pip(folder / "bin" / "python"), "install", *OPTIONS, "--requirement", str(LOCK)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    with process:
        packages = LOCK.read_text(encoding="utf-8").count("==")
        for _ in terminal.tracked(_collected(process, said), "installing", total=packages):
            pass
    if process.returncode:
        raise GristmillError(_explain("".join(said)))


def _collected(process: subprocess.Popen[str], said: list[str]) -> Iterator[str]:
    """The packages that pip turns to, as it does so; all that it says is kept."""
    assert process.stdout
    for line in process.stdout:
        said.append(line)
        if line.startswith("Collecting "):
            yield line


def _pip(python: Path) -> list[str]:
    """The pip of this environment, or one that is put into the new one where this has none."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python)]
    subprocess.run([python, "-m", "ensurepip"], capture_output=True, check=True)
    return [str(python), "-m", "pip"]


def _base_python() -> str:
    if sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], 10, -1):
        if found := shutil.which(f"python3.{minor}"):
            return found
    raise BadInputError(
        f"Argilla's server runs on Python 3.11 to 3.{NEWEST[1]}, and only "
        f"{sys.version_info[0]}.{sys.version_info[1]} is here; install one of those beside it."
    )


def _explain(said: str) -> str:
    folded = said.lower()
    if any(sign in folded for sign in FULL):
        return "The disk is full; the review server takes 200 MB. Make room and serve again."
    if "do not match the hashes" in folded:
        return (
            "A package for the review server is not the one that was tested; the registry or "
            "something on the way to it changes files. Nothing of it is used."
        )
    if any(sign in folded for sign in OFFLINE):
        return (
            "The review server must be installed once, and the package registry cannot be "
            "reached. Go online and serve again, which goes on where it stopped; or name an "
            "Argilla server by `url` under [review]; or decide by `curate review policy`."
        )
    last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
    return f"The review server could not be installed: {last}"
