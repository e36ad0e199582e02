"""A caller of a sandbox's methods with an API key."""

from typing import Any

import requests

from langchain_ashby.sandbox import AshbySandbox


class Caller:
    """Calls methods with an API key."""

    def __init__(self, sandbox: AshbySandbox, api_key: str, headers: dict[str, str] | None = None) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.auth = (api_key, "")
        self.session.headers.update(headers or {})

    def post(self, endpoint: str, body: Any) -> requests.Response:
        return self.session.post(f"{self.sandbox.url}/{endpoint}", json=body, timeout=60)

    def envelope(self, endpoint: str, **body: Any) -> Any:
        response = self.post(endpoint, body)
        assert response.status_code == 200, response.text
        envelope = response.json()
        assert envelope["success"], envelope
        return envelope

    def __call__(self, endpoint: str, **body: Any) -> Any:
        return self.envelope(endpoint, **body)["results"]

    def refused(self, endpoint: str, **body: Any) -> str:
        """The code of a refusal, and its message."""
        response = self.post(endpoint, body)
        envelope = response.json()
        assert not envelope["success"], envelope
        info = envelope["errorInfo"]
        assert envelope["errors"] == [info["code"]]
        assert info["requestId"] == response.headers["x-ashby-request-id"]
        return f"{info['code']} {info['message']}"

    def everything(self, endpoint: str, **body: Any) -> list[Any]:
        """The results of every page."""
        found, cursor = [], None
        while True:
            envelope = self.envelope(endpoint, **body, cursor=cursor)
            found += envelope["results"]
            cursor = envelope.get("nextCursor")
            if cursor is None:
                return found
