"""llama.cpp in the user's cache: fetched once from the package registry, by hash, then offline."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data import terminal
from data.errors import BadInputError

HERE = Path(__file__).parent
SOURCE, SENTENCEPIECE, SERVER = (
    HERE / f"{name}.lock" for name in ("source", "sentencepiece", "server")
)
_What = tuple[str, tuple[Path, ...]]
CONVERTER: _What = ("llama.cpp-converter", (SOURCE, SENTENCEPIECE))
SERVER_PACKAGE: _What = ("llama.cpp-server", (SERVER,))
"""What is cached, and the locks that say of which files it is made."""
WANTED = ("convert_hf_to_gguf.py", "conversion/", "gguf-py/gguf/", "LICENSE")
"""What is taken out of the source of llama.cpp: Python alone."""
PIP = ("--require-hashes", "--no-deps", "--retries", "2", "--disable-pip-version-check", "--quiet")
FULL = ("no space left", "errno 27", "errno 28", "quota exceeded")
OFFLINE = ("no matching distribution", "could not find a version", "connection", "timed out")


def converter() -> Path:
    """The folder of llama.cpp's converter; in `site` lies what it needs besides."""
    return _ensure(CONVERTER, "80 MB", _fetch_converter)


def server() -> Path:
    """The folder of the package that is llama.cpp's server."""
    return _ensure(SERVER_PACKAGE, "34 MB", lambda folder: _install(SERVER, folder))


def converter_is_here() -> bool:
    return _folder(*CONVERTER).is_dir()


def server_is_here() -> bool:
    return _folder(*SERVER_PACKAGE).is_dir()


def pinned(lock: Path) -> str:
    """The package that a lock names, with its version."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return next(line.split()[0] for line in lines if "==" in line)


def _ensure(what: _What, size: str, fetch: Callable[[Path], None]) -> Path:
    folder, name = _folder(*what), what[0]
    if folder.is_dir():
        return folder
    with _alone(folder):
        if not folder.is_dir():  # Another command may have fetched it while we waited.
            part = folder.with_name(f".{folder.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            terminal.say(f"Fetching {name} into {folder}; once, about {size} to download.")
            try:
                with terminal.waiting(f"Fetching {name}"):
                    fetch(part)
                part.rename(folder)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    return folder


def _folder(name: str, locks: tuple[Path, ...]) -> Path:
    """One for each set of locks and Python, so that new code never meets an old folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    of = b"".join(lock.read_bytes() for lock in locks)
    of += ".".join(map(str, sys.version_info[:2])).encode()
    return cache / "gristmill" / f"{name}-{hashlib.sha256(of).hexdigest()[:12]}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_converter(folder: Path) -> None:
    _pip("download", SOURCE, "--no-binary", "llama-cpp-python", "--dest", str(folder))
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        for member in packed:
            _, _, path = member.name.partition("/vendor/llama.cpp/")
            if member.isfile() and path.startswith(WANTED):
                member.name = path
                packed.extract(member, folder, filter="data")
    archive.unlink()
    _install(SENTENCEPIECE, folder / "site")


def _install(lock: Path, folder: Path) -> None:
    _pip("install", lock, "--only-binary", ":all:", "--no-compile", "--target", str(folder))


def _pip(verb: str, lock: Path, *options: str) -> None:
    if not importlib.util.find_spec("pip"):
        raise BadInputError(
            f"{sys.executable} has no pip, which fetches llama.cpp; `{sys.executable} -m ensurepip` "
            "installs it."
        )
    done = subprocess.run(
        [sys.executable, "-m", "pip", verb, *PIP, "--requirement", str(lock), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BadInputError(_explain(lock, done.stdout + done.stderr))


def _explain(lock: Path, said: str) -> str:
    folded = said.lower()
    package = pinned(lock)
    if any(sign in folded for sign in FULL):
        return f"The disk is full; {package} needs 300 MB while it is fetched. Make room."
    if "do not match the hashes" in folded:
        return (
            f"{package} is not the file that was tested; the registry or something on the way to "
            "it changes files. Nothing of it is used."
        )
    if any(sign in folded for sign in OFFLINE):
        return (
            f"{package} must be fetched once from the package registry, which cannot be reached "
            "or has none for this machine. Go online and export again; afterwards no network is "
            "needed. `--to merged` and `--to adapter` need none at all."
        )
    last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
    return f"{package} could not be fetched: {last}"
