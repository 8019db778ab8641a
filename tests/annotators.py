"""Annotators who work through the server's API as the screen does: for tests, measurements, demo."""

from collections.abc import Iterator, Mapping
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
        self._http = httpx.Client(
            base_url=f"{url}/api/v1", headers={"X-Argilla-Api-Key": key}, timeout=60
        )

    @classmethod
    def sign_in(cls, url: str, name: str, password: str) -> "Annotator":
        """By name and password, as on the screen."""
        said = httpx.post(
            f"{url}/api/v1/token", data={"username": name, "password": password}, timeout=60
        )
        said.raise_for_status()
        token = str(said.json()["access_token"])
        headers = {"Authorization": f"Bearer {token}"}
        me = httpx.get(f"{url}/api/v1/me", headers=headers, timeout=60)
        me.raise_for_status()
        return cls(url, str(me.json()["api_key"]))

    def datasets(self) -> dict[str, str]:
        """Names of the datasets that this person sees, to their ids."""
        return {str(each["name"]): str(each["id"]) for each in self._get("/me/datasets")["items"]}

    def pending(self, dataset: str, *, limit: int = 20) -> Iterator[dict[str, Any]]:
        """Records without a response of this person's."""
        said = self._http.post(
            f"/me/datasets/{dataset}/records/search",
            params={"limit": limit, "include": "suggestions,responses"},
            json=PENDING,
        )
        said.raise_for_status()
        for each in said.json()["items"]:
            yield each["record"]

    def answer(
        self, record: Mapping[str, Any], values: Mapping[str, object], status: str = "submitted"
    ) -> str:
        """Submit; the id of the response."""
        said = self._http.post(
            f"/records/{record['id']}/responses",
            json={"status": status, "values": {key: {"value": v} for key, v in values.items()}},
        )
        said.raise_for_status()
        return str(said.json()["id"])

    def change(self, response: str, values: Mapping[str, object]) -> None:
        """Submit anew what was submitted before."""
        told = {key: {"value": value} for key, value in values.items()}
        said = self._http.put(
            f"/responses/{response}", json={"status": "submitted", "values": told}
        )
        said.raise_for_status()

    def _get(self, path: str) -> dict[str, Any]:
        said = self._http.get(path)
        said.raise_for_status()
        return dict(said.json())
