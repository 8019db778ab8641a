"""Who may sign in: the users of `credentials.json`, made in Argilla's database where missing."""

import json
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Person:
    name: str
    role: str
    password: str
    api_key: str


@dataclass(frozen=True)
class People:
    secret_key: str
    """Signs the tokens of those who are signed in."""
    workspace: str
    users: list[Person]
    shown: bool
    """Whether the first passwords were told; a start that failed has told nobody."""


def read(folder: Path) -> People:
    known = json.loads((folder / "credentials.json").read_text(encoding="utf-8"))
    users = [Person(**user) for user in known["users"]]
    return People(known["secret_key"], known["workspace"], users, shown=known.get("shown", True))


def settle(connection: sqlite3.Connection, known: People) -> None:
    """Make each user and the workspace; a user whose key changed gets key and password anew."""
    from argilla_server.contexts.accounts import hash_password

    connection.execute("BEGIN IMMEDIATE")
    workspace = _workspace(connection, known.workspace)
    for person in known.users:
        row = connection.execute(
            "SELECT id, api_key FROM users WHERE username = ?", (person.name,)
        ).fetchone()
        if row is None:
            user = _insert(
                connection,
                "users",
                first_name=person.name,
                username=person.name,
                role=person.role,
                api_key=person.api_key,
                password_hash=hash_password(person.password),
            )
            _insert(connection, "workspaces_users", workspace_id=workspace, user_id=user)
        elif row[1] != person.api_key:
            connection.execute(
                "UPDATE users SET api_key = ?, password_hash = ? WHERE id = ?",
                (person.api_key, hash_password(person.password), row[0]),
            )
    connection.execute("COMMIT")


def _workspace(connection: sqlite3.Connection, name: str) -> str:
    row = connection.execute("SELECT id FROM workspaces WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else _insert(connection, "workspaces", name=name)


def _insert(connection: sqlite3.Connection, table: str, **values: str) -> str:
    """Insert as Argilla does, and return the id."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    values |= {"id": uuid.uuid4().hex, "inserted_at": now, "updated_at": now}
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
    return values["id"]
