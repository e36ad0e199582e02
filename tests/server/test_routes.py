"""Every route of the installed LangGraph server, tried by people who have no business there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk import get_sync_client

from langchain_ashby.sandbox import AshbySandbox

from serving import Server, serving, why_not  # isort: skip

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

GRAPH = "recruiting_agent"
GO: Any = {"messages": [{"role": "user", "content": "Who is next?"}]}
APPROVAL: dict[str, Any] = {"assistant_id": GRAPH, "command": {"resume": {"decisions": [{"type": "approve"}] * 3}}}
SMUGGLED: list[dict[str, Any]] = [{"update": {"approvals": []}}, {"goto": {"node": "writes", "input": {}}}]
MEANT_FOR_ALL = {"/ok", "/info", "/"}
_LIST = """
import json
from langgraph_api.server import app

def walk(routes, before=""):
    for it in routes:
        if getattr(it, "routes", None):
            yield from walk(it.routes, before + it.path)
        else:
            yield before + it.path, sorted(getattr(it, "methods", None) or {"GET"})

print(json.dumps(list(walk(app.routes))))
"""


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, str]]:
    """The method and the path of each route that `langgraph dev` has when nothing is configured."""
    in_memory = {"MIGRATIONS_PATH": "__inmem", "DATABASE_URI": ":memory:", "REDIS_URI": "fake"}
    environment = {**os.environ, **in_memory, "LANGGRAPH_RUNTIME_EDITION": "inmem", "LANGSMITH_TRACING": "false"}
    run = subprocess.run([sys.executable, "-c", _LIST], env=environment, capture_output=True, text=True, check=True)
    found = [(method, path) for path, methods in json.loads(run.stdout.splitlines()[-1]) for method in methods]
    assert {("POST", "/threads/{thread_id}/runs/wait"), ("POST", "/internal/truncate")} < set(found)
    return found


def try_all(url: str, routes: list[tuple[str, str]], thread: str, headers: dict[str, str]) -> dict[str, list[int]]:
    """Sends an approval for a thread to every route, and returns the statuses by path."""
    answered: dict[str, list[int]] = {}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        for method, path in routes:
            address = path.replace("{thread_id}", thread).replace("{assistant_id}", GRAPH)
            address = re.sub(r"\{\w+\}", str(uuid4()), address)
            content = None if method in ("GET", "HEAD") else json.dumps(APPROVAL)
            for kind in ("application/json", "text/plain") if content else (None,):
                with client.stream(method, address, content=content, headers={"Content-Type": kind or ""}) as reply:
                    answered.setdefault(path, []).append(reply.status_code)
    return answered


def a_thread_that_waits(url: str, headers: dict[str, str] | None = None) -> str:
    thread = str(uuid4())
    client = get_sync_client(url=url, headers=headers, timeout=60)
    result: Any = client.runs.wait(thread, GRAPH, input=GO, if_not_exists="create", durability="sync")
    assert result["__interrupt__"]
    return thread


def writes(sandbox: AshbySandbox) -> list[str]:
    endpoints = [it["endpoint"] for it in sandbox.requests()]
    return [it for it in endpoints if it in ("application.changeStage", "candidate.createNote")]


def address(server: Server) -> str:
    """The address that the server printed, with its token."""
    [found] = re.findall(r"whoever knows it is let in\): (\S+)", server.log.read_text())
    return str(found)


def test_what_make_serve_starts_answers_nobody_without_its_token(tmp_path: Path, routes: list[tuple[str, str]]) -> None:
    with AshbySandbox() as sandbox:
        environment = {
            "ASHBY_API_KEY": sandbox.api_key,
            "ASHBY_BASE_URL": sandbox.url,
            "LANGCHAIN_ASHBY_TOKEN": "",
            "LANGCHAIN_ASHBY_ORIGINS": "http://localhost:3000",
        }
        with serving(tmp_path, environment, authenticated=False) as server:
            token = address(server).removeprefix(f"{server.url}/")
            assert len(token) >= 40
            thread = a_thread_that_waits(address(server))
            for headers in ({}, {"x-auth-scheme": "langsmith"}, {"x-api-key": "x" * len(token)}):
                statuses = try_all(server.url, routes, thread, headers)
                assert {it for found in statuses.values() for it in found} == {401}
            it_is_closed_to_pages_and_open_to_a_listed_one(server, token)
            it_has_no_back_doors(server, routes, token)
            assert writes(sandbox) == []
            client = get_sync_client(url=server.url, api_key=token, timeout=60)
            streamed = [it.event for it in client.runs.stream(thread, GRAPH, command=APPROVAL["command"])]
            assert streamed[-1] == "values"
            assert len(writes(sandbox)) == 2
            said = server.log.read_text()
            assert said.count(token) == 2  # in the addresses of the server and of the inbox
            assert sandbox.api_key not in said
            server.kill()
        nothing_is_left_for_other_users(tmp_path, token)


def it_is_closed_to_pages_and_open_to_a_listed_one(server: Server, token: str) -> None:
    for asked in ({"Origin": "https://evil.example"}, {"Host": "rebound.example"}, {"Sec-Fetch-Site": "cross-site"}):
        reply = httpx.get(f"{server.url}/{token}/info", headers=asked)
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    reply = httpx.options(f"{server.url}/threads", headers={**asked, "Origin": "http://localhost:3000"})
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "*")
    assert httpx.options(f"{server.url}/threads", headers={**asked, "Origin": "http://localhost:3001"}).is_error


def it_has_no_back_doors(server: Server, routes: list[tuple[str, str]], token: str) -> None:
    with httpx.Client(base_url=server.url, headers={"x-api-key": token}) as client:
        for method, path in routes:
            if path.split("/")[1] not in ("", "assistants", "threads", "runs", "info", "ok"):
                assert client.request(method, path).status_code == 404, path


def nothing_is_left_for_other_users(directory: Path, token: str) -> None:
    files = directory / ".langgraph_api"
    assert files.stat().st_mode & 0o077 == 0
    kept = [it for it in files.iterdir() if it.is_file()]
    assert kept
    assert not [it for it in kept if token.encode() in it.read_bytes()]


def test_behind_an_auth_handler_no_route_serves_who_is_not_let_in_or_is_somebody_else(
    tmp_path: Path, routes: list[tuple[str, str]]
) -> None:
    ada, ben = ({"Authorization": f"Bearer {name * 20}"} for name in "ab")
    with AshbySandbox() as sandbox:
        environment = {
            "ASHBY_API_KEY": sandbox.api_key,
            "ASHBY_BASE_URL": sandbox.url,
            "AGENT_PEOPLE": json.dumps({"a" * 20: {"identity": "ada"}, "b" * 20: {"identity": "ben"}}),
        }
        with serving(tmp_path, environment) as server:
            thread = a_thread_that_waits(server.url, ada)
            for headers in ({}, {"x-auth-scheme": "langsmith"}):
                statuses = try_all(server.url, routes, thread, headers)
                for path, found in statuses.items():
                    assert path in MEANT_FOR_ALL or set(found) <= {401, 403, 404}, path
            hers = [(method, path) for method, path in routes if "{thread_id}" in path]
            try_all(server.url, hers, thread, ben)
            client = get_sync_client(url=server.url, headers=ada, timeout=60)
            state = client.threads.get_state(thread)
            assert state["next"] == ["review"]
            assert writes(sandbox) == []
            asked = state["interrupts"][0]["id"]
            for smuggled in SMUGGLED:
                answer = {"interrupt_id": asked, "response": APPROVAL["command"]["resume"], **smuggled}
                command = {"id": 1, "method": "input.respond", "params": answer}
                reply = httpx.post(f"{server.url}/threads/{thread}/commands", json=command, headers=ada)
                assert reply.json()["type"] == "error"
            elsewhere = {**APPROVAL, "webhook": "https://elsewhere.example/"}
            assert httpx.post(f"{server.url}/threads/{thread}/runs/wait", json=elsewhere, headers=ada).is_error
            assert writes(sandbox) == []
            server.kill()
