"""People in front of their browsers."""

from __future__ import annotations

import re
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from langchain_ashby.inbox import Reviewer, create_app
from langchain_ashby.inbox.outbox import Agent

HOME = "http://127.0.0.1"


class Browser(TestClient):
    """Sends with each form what a browser and the form of the inbox send."""

    def __init__(self, app: Starlette, **settings: Any) -> None:
        super().__init__(app, base_url=HOME, **settings)

    @property
    def csrf_token(self) -> str:
        """What stands in the forms of this session."""
        return str(re.findall(r'"X-CSRF-Token": "(\w+)"', self.get("/nowhere").text)[0])  # a short page

    def request(self, method: str, url: Any, **rest: Any) -> Any:
        """Sends a request."""
        if method == "POST":
            own = {"origin": HOME, "sec-fetch-site": "same-origin", "x-csrf-token": self.csrf_token}
            rest["headers"] = own | dict(rest.get("headers") or {})
        return super().request(method, url, **rest)


def browser_of(agent: Agent, name: str = "Grace", *roles: str, **settings: Any) -> Browser:
    """The browser of somebody whom the inbox of an agent knows; to be entered."""
    person = Reviewer(name, frozenset(roles or ["reviewer"]))
    return Browser(create_app(agent, reviewers=lambda _: person, **settings))
