"""Annotators who work through the server's API as the screen does: for tests, measurements, demo."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx

PENDING = {
    "filters": {
        "type": "and",
        "and": [
            {
                "type": "terms",
                "scope": {"entity": "response", "property": "status"},
                "values": ["pending"],
            }
        ],
    }
}


class Annotator:
    """Somebody signed in at a server."""

    def __init__(self, url: str, key: str) -> None:
        self._url = f"{url}/api/v1"
        self._key = {"X-Argilla-Api-Key": key}

    @classmethod
    def sign_in(cls, url: str, name: str, password: str) -> "Annotator":
        """By name and password, as on the screen."""
        return cls(url, _key(url, name, password))

    def datasets(self) -> dict[str, str]:
        """Names of the datasets that this person sees, to their ids."""
        return {
            str(each["name"]): str(each["id"])
            for each in self._send("GET", "/me/datasets")["items"]
        }

    def pending(self, dataset: str, *, limit: int = 20) -> Iterator[dict[str, Any]]:
        """Records without a response of this person's."""
        path = f"/me/datasets/{dataset}/records/search"
        found = self._send("POST", f"{path}?limit={limit}&include=suggestions,responses", PENDING)
        for each in found["items"]:
            yield each["record"]

    def answer(
        self, record: Mapping[str, Any], values: Mapping[str, object], status: str = "submitted"
    ) -> str:
        """Submit; the id of the response."""
        told = {key: {"value": value} for key, value in values.items()}
        body = {"status": status, "values": told}
        return str(self._send("POST", f"/records/{record['id']}/responses", body)["id"])

    def change(self, response: str, values: Mapping[str, object]) -> None:
        """Submit anew what was submitted before."""
        told = {key: {"value": value} for key, value in values.items()}
        self._send("PUT", f"/responses/{response}", {"status": "submitted", "values": told})

    def _send(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        said = httpx.request(
            method, f"{self._url}{path}", json=body, headers=self._key, timeout=60, verify=False
        )
        said.raise_for_status()
        return dict(said.json())


@cache  # A password takes the server a while to check, on purpose.
def _key(url: str, name: str, password: str) -> str:
    given = {"username": name, "password": password}
    said = httpx.post(f"{url}/api/v1/token", data=given, timeout=60, verify=False)
    said.raise_for_status()
    headers = {"Authorization": f"Bearer {said.json()['access_token']}"}
    me = httpx.get(f"{url}/api/v1/me", headers=headers, timeout=60, verify=False)
    me.raise_for_status()
    return str(me.json()["api_key"])
