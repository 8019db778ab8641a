"""Who may sign in at the workspace's own server, and with what.

`credentials.json` is the one place where the passwords stand; only its owner may read it. The
server makes the users that it names.
"""

import json
import os
import re
import secrets
import string
from dataclasses import asdict, replace
from pathlib import Path

from curation.review.server.inside.people import People, Person, read
from data.errors import BadInputError, chosen

FILE = "credentials.json"
OWNER = "owner"
ANNOTATOR = "annotator"
ROLES = ("annotator", "admin", "owner")
LETTERS = string.ascii_letters + string.digits
NAME = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._@-]{0,99}")


def ensure(folder: Path, workspace: str) -> None:
    """Make an owner and an annotator where nobody is known."""
    if (folder / FILE).exists():
        known = load(folder)
        if known.workspace != workspace:
            _write(folder, replace(known, workspace=workspace))
        return
    people = [generate(OWNER, "owner"), generate(ANNOTATOR, "annotator")]
    _write(folder, People(secrets.token_urlsafe(48), workspace, people, shown=False))


def show_once(folder: Path) -> list[Person]:
    """Those whose passwords nobody has been told yet; the next time there are none."""
    known = load(folder)
    if known.shown:
        return []
    _write(folder, replace(known, shown=True))
    return known.users


def generate(name: str, role: str) -> Person:
    """Somebody with a password and a key that nobody chose."""
    chosen(role, ROLES, f"No role {role}")
    if not NAME.fullmatch(name):
        raise BadInputError(f"{name!r} is no user name: use letters, digits and . _ @ -")
    password = "".join(secrets.choice(LETTERS) for _ in range(16))
    return Person(name, role, password, secrets.token_urlsafe(48))


def load(folder: Path) -> People:
    """The known users, or what is wrong with the file."""
    path = folder / FILE
    try:
        return read(folder)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInputError(
            f"{path} is damaged ({error}). Move it away and serve again: everybody gets a new "
            "password, and no label is lost."
        ) from error


def add(folder: Path, person: Person) -> None:
    known = load(folder)
    _write(folder, replace(known, users=[*known.users, person]))


def _write(folder: Path, known: People) -> None:
    """Replace the file at once, never readable by others, not even while it is written."""
    part = folder / f".{FILE}.part"
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        json.dump(asdict(known), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / FILE)
