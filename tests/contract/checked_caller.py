"""A caller that sends requests to the sandbox and holds every request and reply against Ashby's contract."""

import re
from collections.abc import Iterator
from typing import Any

import requests
from ashby import Contract

from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.records import KINDS


class Caller:
    """Calls the sandbox, and holds every request and reply against Ashby's contract."""

    def __init__(self, sandbox: AshbySandbox, contract: Contract, api_key: str | None = None) -> None:
        self.sandbox = sandbox
        self.contract = contract
        self.seed = sandbox.state()
        """The records by kind, before any request."""
        self.session = requests.Session()
        self.session.trust_env = False  # looking proxies up takes as long as a request
        self.session.auth = (api_key or sandbox.api_key, "")

    def send(self, endpoint: str, body: Any) -> dict[str, Any]:
        """The reply to a request that may break the contract; the reply may not."""
        response = self.session.post(f"{self.sandbox.url}/{endpoint}", json=body, timeout=30)
        assert response.status_code == 200, f"{endpoint} {body}: HTTP {response.status_code} {response.text[:500]}"
        reply: dict[str, Any] = response.json()
        self.contract.check_response(endpoint, reply)
        check_times(endpoint, reply)
        return reply

    def reply(self, endpoint: str, body: Any) -> dict[str, Any]:
        """The reply to a request that keeps the contract and succeeds."""
        self.contract.check_request(endpoint, body)
        reply = self.send(endpoint, body)
        assert reply["success"], f"{endpoint} {body}: {reply['errorInfo']}"
        return reply

    def call(self, endpoint: str, **body: Any) -> Any:
        """The results of a request that succeeds."""
        return self.reply(endpoint, body)["results"]

    def pages(self, endpoint: str, **body: Any) -> Iterator[dict[str, Any]]:
        """The replies of a list, page by page."""
        reply = self.reply(endpoint, body)
        yield reply
        while reply.get("moreDataAvailable"):
            reply = self.reply(endpoint, {**body, "cursor": reply["nextCursor"]})
            yield reply

    def items(self, endpoint: str, **body: Any) -> list[dict[str, Any]]:
        """All results of a list."""
        return [item for page in self.pages(endpoint, **body) for item in page["results"]]

    def upload(self, context: str, filename: str, content: bytes) -> str:
        """Bring a file to the storage; answer its handle."""
        handle = self.call(
            "file.createFileUploadHandle",
            fileUploadContext=context,
            filename=filename,
            contentType="text/plain",
            contentLength=len(content),
        )
        files = {"file": (filename, content, "text/plain")}
        response = requests.post(handle["url"], data=handle["fields"], files=files, timeout=30)
        assert response.status_code in (200, 201, 204), response.text
        return str(handle["handle"])

    def company(self) -> list[tuple[str, str]]:
        """Every record as the sandbox stores it, to compare with; `state()` takes ten times as long to read them."""
        rows = self.sandbox._engine.store._connection.execute("SELECT kind, data FROM records ORDER BY seq")
        return rows.fetchall()

    def stale(self) -> list[tuple[str, str]]:
        """The kind and id of each record that replies would embed otherwise than the sandbox stores it."""
        store = self.sandbox._engine.store
        return [(kind, it) for (kind, it), shared in store._shared.items() if store.get(KINDS[kind], it) != shared]

    def find(self, kind: str, **equal: Any) -> dict[str, Any]:
        """The first stored record of the kind with these values."""
        for record in self.sandbox._engine.store.find(KINDS[kind]):
            if all(record.get(key) == value for key, value in equal.items()):
                return dict(record)
        raise LookupError(f"no {kind} has {equal}")

    def id(self, kind: str, **equal: Any) -> str:
        """The id of the first stored record of the kind with these values."""
        return str(self.find(kind, **equal)["id"])

    def application(self, candidate: str) -> str:
        """The id of a candidate's first application."""
        return self.id("application", candidateId=self.id("candidate", name=candidate))

    def stage(self, application_id: str, title: str) -> str:
        """The id of a stage of the application's plan."""
        plan = self.find("application", id=application_id)["interviewPlanId"]
        return self.id("interviewStage", interviewPlanId=plan, title=title)

    def field(self, object_type: str, title: str) -> str:
        """The id of a custom field."""
        return self.id("customField", objectType=object_type, title=title)


def check_times(endpoint: str, reply: Any) -> None:
    """Times are in UTC, with milliseconds and Z."""
    if isinstance(reply, dict):
        for key, value in reply.items():
            if re.search(r"[a-z](At|Time)$", key) and isinstance(value, str):
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value), f"{endpoint}: {key} is {value}"
            check_times(endpoint, value)
    elif isinstance(reply, list):
        for value in reply:
            check_times(endpoint, value)
