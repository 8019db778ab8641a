"""Single requests to an Argilla server, without its SDK, which takes seconds to load."""

import json
import urllib.error
import urllib.request

from data.errors import GristmillError

PREFIX = "/api/v1"


def get(url: str, path: str, api_key: str = "", timeout: float = 10) -> dict[str, object]:
    return _send(urllib.request.Request(f"{url}{PREFIX}{path}"), api_key, timeout)


def post(url: str, path: str, api_key: str, body: dict[str, object]) -> dict[str, object]:
    request = urllib.request.Request(
        f"{url}{PREFIX}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    return _send(request, api_key, timeout=30)


def _send(request: urllib.request.Request, api_key: str, timeout: float) -> dict[str, object]:
    if api_key:
        request.add_header("X-Argilla-Api-Key", api_key)
    where = request.full_url.split(PREFIX)[0]
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            said = json.load(answer)
    except urllib.error.HTTPError as error:
        raise GristmillError(f"{where} refused: {_detail(error)}") from error
    except ValueError as error:
        raise GristmillError(f"{where} answers, but it is no Argilla server.") from error
    except OSError as error:
        raise GristmillError(f"{where} cannot be reached ({error}). Is it running?") from error
    if not isinstance(said, dict):
        raise GristmillError(f"{where} answers, but it is no Argilla server.")
    return said


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}"
