"""The door before a LangGraph server's routes: what it lets in, and that nothing behind it sees the token."""

from __future__ import annotations

import runpy
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

pytest.importorskip("starlette", reason='a server is not installed: pip install "langchain-ashby[server]"')

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.server import door
from langchain_ashby.server.door import Doorkeeper
from langchain_ashby.server.paths import KnownPaths, brought_token

TOKEN = "tok_EN-0123456789abcdef0123"
PAGE = "http://localhost:3000"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
WAYS = [
    (f"/{TOKEN}", {}),
    ("", {"x-api-key": TOKEN}),
    ("", {"Authorization": f"Bearer {TOKEN}"}),
    ("", {"authorization": f"bearer  {TOKEN}"}),
    (f"/{TOKEN}", {"x-api-key": "another", "Authorization": "Bearer of the auth handler"}),
]


def inside(request: Request) -> JSONResponse:
    """Tells all that a route can know of a request."""
    scope = {name: value for name, value in request.scope.items() if name not in ("app", "router", "endpoint", "state")}
    return JSONResponse({"path": request.url.path, "headers": dict(request.headers), "scope": str(scope)})


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(str(socket.scope["headers"]) + socket.url.path)


ROUTES = [Route("/{path:path}", inside, methods=METHODS), WebSocketRoute("/threads/{path:path}", talk)]
ROOM = Starlette(routes=ROUTES)
DOOR = Doorkeeper(
    CORSMiddleware(ROOM, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]), SecretStr(TOKEN), [PAGE]
)


async def ask(
    path: str, headers: Mapping[str, str] | Sequence[tuple[str, str]] = (), method: str = "GET", **more: Any
) -> Any:
    transport = httpx.ASGITransport(app=more.pop("app", DOOR))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:2024") as client:
        return await client.request(method, path, headers=httpx.Headers(headers), **more)


@pytest.mark.parametrize("path, headers", WAYS)
async def test_who_brings_the_token_is_let_in_and_nothing_behind_the_door_sees_it(
    path: str, headers: dict[str, str]
) -> None:
    reply = await ask(f"{path}/threads/search", headers, "POST", json={})
    assert reply.status_code == 200
    assert reply.json()["path"] == "/threads/search"
    assert TOKEN not in reply.text


async def test_a_header_for_the_auth_handler_behind_the_door_stays() -> None:
    reply = await ask(f"/{TOKEN}/threads", {"Authorization": "Bearer ada's", "x-api-key": TOKEN})
    assert reply.json()["headers"]["authorization"] == "Bearer ada's"
    assert "x-api-key" not in reply.json()["headers"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path", ["/", "/ok", "/info", "/docs", "/threads", "/internal/truncate", "/deploy", "/ui/a.js"]
)
async def test_nobody_else_is_let_in_anywhere(method: str, path: str) -> None:
    reply = await ask(path, method=method)
    assert reply.status_code == 401
    assert TOKEN not in str(reply.headers) + reply.text


@pytest.mark.parametrize(
    "path, headers",
    [
        (f"/{TOKEN[:-1]}", {}),
        (f"/{TOKEN}x", {}),
        (f"//{TOKEN}", {}),
        (f"/threads/{TOKEN}", {}),
        (f"/?token={TOKEN}", {}),
        (f"/{TOKEN.swapcase()}", {}),
        ("/", {"x-api-key": ""}),
        ("/", {"x-api-key": f"{TOKEN},{TOKEN}"}),
        ("/", {"Authorization": TOKEN}),
        ("/", {"Authorization": f"Basic {TOKEN}"}),
        ("/", {"Cookie": f"token={TOKEN}"}),
        ("/", {"x-auth-scheme": "langsmith"}),
    ],
)
async def test_what_is_not_the_token_in_its_place_lets_nobody_in(path: str, headers: dict[str, str]) -> None:
    assert (await ask(path, headers)).status_code == 401


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_a_page_sends_without_asking_first_is_refused(kind: str) -> None:
    simple = {"Content-Type": kind, "Origin": "https://evil.example"}
    assert (await ask("/threads/x/runs/wait", simple, "POST", content="{}")).status_code == 403
    assert (await ask(f"/{TOKEN}/threads/x/runs/wait", simple, "POST", content="{}")).status_code == 403
    assert (await ask("/threads/x/runs/wait", {"Content-Type": kind}, "POST", content="{}")).status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:2024", "LocalHost", "[::1]:2024"])
async def test_a_loopback_name_is_a_name_of_this_machine(host: str) -> None:
    assert (await ask("/ok", {"Host": host, "x-api-key": TOKEN})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example:2024",
        "127.0.0.1.rebound.example",
        "localhost.rebound.example",
        "localhost.",
        "user@localhost",
        "localhost:1:2",
        "",
        "127.0.0.2",
        "0.0.0.0",
    ],
)
async def test_a_name_that_was_made_to_point_here_is_not_answered_even_with_the_token(host: str) -> None:
    assert (await ask(f"/{TOKEN}/ok", {"Host": host})).status_code == 403


@pytest.mark.parametrize("hosts", [("localhost", "rebound.example"), ("rebound.example", "localhost")])
async def test_two_hosts_are_none(hosts: tuple[str, str]) -> None:
    assert (await ask("/ok", [*(("Host", host) for host in hosts), ("x-api-key", TOKEN)])).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:3001", "http://127.0.0.1:2024", ""]
)
async def test_a_page_that_is_not_listed_gets_no_answer_and_no_leave_to_send(origin: str) -> None:
    for method, headers in [("GET", {"x-api-key": TOKEN}), ("OPTIONS", {"Access-Control-Request-Method": "POST"})]:
        reply = await ask("/threads", {"Origin": origin, **headers}, method)
        assert reply.status_code == 403
        assert not [it for it in reply.headers if it.startswith("access-control")]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "made-up"])
async def test_a_pages_image_or_frame_is_not_answered(site: str) -> None:
    assert (await ask(f"/{TOKEN}/ok", {"Sec-Fetch-Site": site})).status_code == 403


async def test_an_address_that_a_person_typed_is_answered() -> None:
    assert (await ask(f"/{TOKEN}", {"Sec-Fetch-Site": "none"})).status_code == 200


async def test_a_page_that_is_listed_may_ask_first_and_then_needs_the_token() -> None:
    before = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    reply = await ask("/threads", before, "OPTIONS")
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "*")
    for method in ("POST", "OPTIONS"):
        assert (await ask("/threads", {"Origin": PAGE}, method)).status_code == 401
    before.pop("Origin")
    assert (await ask("/threads", before, "OPTIONS")).status_code == 401
    assert (await ask("/threads", {"Origin": PAGE, "x-api-key": TOKEN}, "POST")).status_code == 200
    both = [("Origin", PAGE), ("Origin", "https://evil.example"), ("x-api-key", TOKEN)]
    assert (await ask("/threads", both)).status_code == 403


@pytest.mark.parametrize(
    "path, headers, opens",
    [
        ("/threads/x", {"host": "localhost"}, False),
        (f"/{TOKEN}/threads/x", {"host": "localhost"}, True),
        ("/threads/x", {"host": "localhost", "x-api-key": TOKEN}, True),
        (f"/{TOKEN}/threads/x", {"host": "localhost", "origin": "https://evil.example"}, False),
        (f"/{TOKEN}/threads/x", {"host": "rebound.example"}, False),
        (f"/{TOKEN}/threads/x", {"host": "localhost", "origin": PAGE}, True),
    ],
)
def test_a_web_socket_opens_only_with_the_token(path: str, headers: dict[str, str], opens: bool) -> None:
    client = TestClient(DOOR)
    if opens:
        with client.websocket_connect(path, headers=headers) as socket:
            said = socket.receive_text()
        assert said.endswith("/threads/x")
        assert TOKEN not in said
    else:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path, headers=headers):
            pass


@pytest.mark.parametrize("path", ["/", "/ok", "/info", "/assistants/search", "/threads/1/runs/wait", "/runs/stream"])
async def test_the_paths_that_clients_need_are_there(path: str) -> None:
    assert (await ask(path, app=KnownPaths(ROOM))).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/docs", "/openapi.json", "/metrics", "/store/items", "/mcp", "/a2a/1", "/ui/a.js", "/profile", "/OK"),
        *("/deploy", "/deploy/1/stream", "/internal/truncate", "//internal/truncate", "/%69nternal/debug/thread/1"),
        *("/threadsx", "/.well-known/agent-card.json"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
async def test_no_other_path_is(path: str, method: str) -> None:
    assert (await ask(path, method=method, app=KnownPaths(ROOM))).status_code == 404


async def test_the_inbox_identifies_people_itself_and_sees_who_has_the_token() -> None:
    async def room(scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({"path": scope["path"], "has_token": brought_token(scope)})(scope, receive, send)

    guarded = Doorkeeper(room, SecretStr(TOKEN), has_inbox=True)
    own = {"Origin": "http://127.0.0.1:2024", "Sec-Fetch-Site": "same-origin"}
    for path, headers, told in [
        ("/inbox/", own, {"path": "/inbox/", "has_token": False}),
        (f"/{TOKEN}/inbox/outcomes", {}, {"path": "/inbox/outcomes", "has_token": True}),
    ]:
        assert (await ask(path, headers, app=guarded)).json() == told
    assert (await ask("/inbox/", {"Host": "rebound.example"}, app=guarded)).status_code == 403
    for path in ("/threads", "/inboxes", "//inbox"):
        assert (await ask(path, app=guarded)).status_code == 401
    assert (await ask("/inbox/")).status_code == 401, "without the extra it is a path like any other"


@pytest.mark.parametrize("root, opens", [("/noauth", True), ("/noauth/prefix", True), ("", False), ("/noauths", False)])
async def test_requests_of_the_servers_own_code_need_no_token(root: str, opens: bool) -> None:
    transport = httpx.ASGITransport(app=DOOR, root_path=root)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        assert (await client.get("/noauth/threads")).status_code == (200 if opens else 403)


def test_without_the_extra_of_the_inbox_the_server_starts_and_says_so() -> None:
    # As if jinja2 were missing but another package had installed its dependency.
    program = """if True:
        import asyncio, sys
        sys.modules["jinja2"] = None
        from langchain_ashby.server.door import app
        async def start():
            async with app.router.lifespan_context(app):
                pass
        asyncio.run(start())
    """
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 'Approvals in the browser: pip install "langchain-ashby[inbox]"' in run.stdout


def test_nothing_that_holds_the_token_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_ASHBY_TOKEN", TOKEN)
    started = runpy.run_path(door.__file__)
    shown = f"{started} {started['app'].user_middleware} {vars(started['app'])}"
    assert "Doorkeeper" in shown
    assert TOKEN not in shown
    assert TOKEN not in repr(vars(DOOR))


@pytest.mark.parametrize("token", ["short", "x" * 19, "x" * 20 + "/", "x" * 20 + " y", "ä" * 30])
def test_a_token_that_could_be_guessed_or_is_no_part_of_an_address_is_refused_and_not_quoted(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGCHAIN_ASHBY_TOKEN", token)
    with pytest.raises(ConfigurationError, match="LANGCHAIN_ASHBY_TOKEN takes at least 20 letters") as refused:
        runpy.run_path(door.__file__)
    assert token not in "".join(traceback.format_exception(refused.value))
