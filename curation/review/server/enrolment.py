"""One more person for the workspace's own server."""

from curation.review.server import accounts, api, process
from curation.review.server.inside.people import Person
from data.errors import BadInputError
from data.workspace import Workspace


def add(space: Workspace, name: str, role: str) -> Person:
    """Make the user there, and keep the password; the server must run."""
    folder = process.folder_of(space)
    running = process.find(folder)
    if running is None:
        raise BadInputError("The server does not run; `curate review serve` comes first.")
    known = accounts.load(folder)
    if name in {user.name for user in known.users}:
        raise BadInputError(
            f"There is a user {name} already; `curate review serve status` lists all."
        )
    owner = next(user for user in known.users if user.name == accounts.OWNER)
    person = accounts.generate(name, role)
    made = api.post(
        running.url,
        "/users",
        owner.api_key,
        {"username": name, "first_name": name, "password": person.password, "role": role},
    )
    place = _workspace_id(running.url, owner.api_key, known.workspace)
    api.post(running.url, f"/workspaces/{place}/users", owner.api_key, {"user_id": made["id"]})
    kept = Person(name, role, person.password, str(made["api_key"]))
    accounts.add(folder, kept)
    return kept


def _workspace_id(url: str, key: str, name: str) -> str:
    found = api.get(url, "/me/workspaces", key)["items"]
    assert isinstance(found, list)
    return next(str(each["id"]) for each in found if each["name"] == name)
