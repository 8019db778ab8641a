"""The server process: take the folder, bring the database up to date, answer requests."""

import fcntl
import json
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from curation.review.server import exits
from curation.review.server.inside import patches, people, schema

if TYPE_CHECKING:
    import uvicorn

LOCK_SECONDS = 1.0
GRACE_SECONDS = 5
FULL = ("disk is full", "disk I/O error", "No space left", "File too large")
TOKEN_SECONDS = 30 * 24 * 3600
"""Somebody who signs in stays signed in for a month."""


def run(folder: Path, *, socket_number: int) -> None:
    """Serve the folder on a socket that is bound already, until a signal comes."""
    listening = socket.socket(fileno=socket_number)
    lock = _hold(folder)
    told = {"pid": os.getpid(), "port": listening.getsockname()[1]}
    (folder / "server.json").write_text(json.dumps(told), encoding="utf-8")
    _refuse_damaged(folder / "argilla.db")
    known = people.read(folder)
    _set_environment(folder, known.secret_key)
    _use_temporary(folder / "temporary")
    try:
        server = _load()
        _prepare(folder / "argilla.db", known)
    except ImportError as error:
        _give_up(exits.BROKEN_ENVIRONMENT, str(error))
    except OSError as error:
        if any(sign in str(error) for sign in FULL):
            _give_up(exits.FULL_DISK, "the files of the screen have no room")
        raise
    _warm()
    server.run(sockets=[listening])
    lock.close()


def _load() -> "uvicorn.Server":
    """Argilla's server, with our search engine and without its faults."""
    patches.before_import()
    from curation.review.server.inside import jobs

    jobs.install()
    import argilla_server
    import uvicorn

    patches.after_import()
    from curation.review.server.inside import engine  # noqa: F401  (registers itself)

    config = uvicorn.Config(
        argilla_server.app,
        access_log=False,
        log_level="info",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def _warm() -> None:
    """Beside the first requests, none of which should wait for it."""
    from curation.review.server.inside import engine

    threading.Thread(target=engine.warm, daemon=True).start()


def _use_temporary(folder: Path) -> None:
    """Argilla copies the files of its screen at each start and leaves them; here they go."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    tempfile.tempdir = str(folder)


def _hold(folder: Path) -> TextIO:
    """Lock the folder for as long as this process lives; a look at the lock may be in the way."""
    lock = (folder / "running.lock").open("a")
    patience = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > patience:
                _give_up(exits.ALREADY_RUNNING, "another server holds this folder")
            time.sleep(0.05)
        else:
            return lock


def _refuse_damaged(database: Path) -> None:
    """Before the server is loaded, which takes seconds."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        _give_up(exits.DAMAGED_DATABASE, str(error))


def _set_environment(folder: Path, secret_key: str) -> None:
    os.chdir(folder)  # Argilla looks for `.oauth.yaml` where it is started.
    for name in [name for name in os.environ if name.startswith("ARGILLA_")]:
        del os.environ[name]
    os.environ |= {
        "ARGILLA_HOME_PATH": str(folder),
        "ARGILLA_SEARCH_ENGINE": "sqlite",
        "ARGILLA_DATABASE_SQLITE_TIMEOUT": str(schema.TIMEOUT_SECONDS),
        "ARGILLA_AUTH_SECRET_KEY": secret_key,
        "ARGILLA_AUTH_TOKEN_EXPIRATION": str(TOKEN_SECONDS),
        "ARGILLA_CORS_ORIGINS": "[]",
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }


def _prepare(database: Path, known: people.People) -> None:
    from alembic import command
    from alembic.config import Config
    from argilla_server.database import ALEMBIC_CONFIG_FILE

    try:
        command.upgrade(Config(ALEMBIC_CONFIG_FILE), "head")
        connection = schema.connect(database)
        schema.prepare(connection)
        people.settle(connection, known)
        connection.close()
    except Exception as error:
        cause = error.__cause__ or error
        if any(sign in str(cause) for sign in FULL):
            _give_up(exits.FULL_DISK, str(cause))
        if type(cause) is sqlite3.DatabaseError:  # Those below it are faults of a statement.
            _give_up(exits.DAMAGED_DATABASE, str(cause))
        raise


def _give_up(code: int, why: str) -> NoReturn:
    sys.stderr.write(f"{why}\n")
    sys.exit(code)
