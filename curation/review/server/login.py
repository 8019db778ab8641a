"""Where `curate review push` and `pull` go, and with which key."""

import os
from dataclasses import dataclass

from curation.review.server import accounts, process
from data.errors import BadInputError
from data.workspace import Workspace


@dataclass(frozen=True)
class Login:
    url: str
    api_key: str


def login(space: Workspace) -> Login:
    """The server that the settings name, or else the workspace's own, which must run."""
    return _named(space) if space.settings.review.url else _own(space)


def _named(space: Workspace) -> Login:
    settings = space.settings.review
    key = os.environ.get(settings.api_key_env, "")
    if not key:
        raise BadInputError(
            f"The environment variable {settings.api_key_env} is empty; it holds your key of "
            f"{settings.url} (shown there under My settings)."
        )
    return Login(settings.url.rstrip("/"), key)


def _own(space: Workspace) -> Login:
    folder = process.folder_of(space)
    running = process.find(folder)
    if running is None:
        raise BadInputError(
            "The review server of this workspace does not run: start it by `curate review serve`, "
            "name another one by `url` under [review] in gristmill.toml, or decide without people "
            "by `curate review policy`."
        )
    owner = next(user for user in accounts.load(folder).users if user.name == accounts.OWNER)
    return Login(running.url, owner.api_key)
