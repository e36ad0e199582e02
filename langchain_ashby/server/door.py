"""Decides who may use a LangGraph server, before any of its routes. `http.app` in `langgraph.json` names one of two:

- `app` is for `make serve`. Each request needs the token printed as part of the address at startup, and must name this
  machine by a loopback name; requests from web pages are refused unless the page is listed.
- `closed` is for servers with an `auth` handler, and only closes the routes that bypass such a handler.

With the extra `inbox`, `app` also serves the approval inbox below `/inbox`; for `closed`, use `serve_inbox` of the
module `inbox`.

`app` reads the environment: `LANGCHAIN_ASHBY_TOKEN` is a token to use instead of a new one, `LANGCHAIN_ASHBY_ORIGINS`
the origins of pages that may connect, separated by commas, such as `http://localhost:3000`.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.server.paths import INBOX, InboxFirst, KnownPaths, below, note_token, refuse

if TYPE_CHECKING:
    from langchain_ashby.server.inbox import ServedInbox

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Doorkeeper:
    """Lets in whoever has the token: as the first part of the path, as `x-api-key`, or as a bearer token.

    It removes the token from the request, so that nothing behind it can log or keep it.

    Args:
        app: The application behind the door.
        token: The token.
        origins: The origins of pages that may connect; they need the token as well.
        has_inbox: True if the inbox is behind the door. It has its own sessions and checks origins itself.
    """

    def __init__(
        self, app: ASGIApp, token: SecretStr, origins: Collection[str] = (), *, has_inbox: bool = False
    ) -> None:
        self._app = app
        self._token = token
        self._origins = frozenset(origins)
        self._has_inbox = has_inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on or refuses it."""
        if scope["type"] == "lifespan" or _is_from_within(scope):
            await self._app(scope, receive, send)
            return
        has_token = self._take_token(scope)
        headers = Headers(scope=scope)
        if not _is_for_this_machine(headers):
            await refuse(403, "This server answers only to a loopback host, such as localhost.", scope, receive, send)
        elif self._has_inbox and below(scope, INBOX):
            note_token(scope, has_token)
            await self._app(scope, receive, send)
        elif not self._may_ask(headers):
            refusal = "This server answers only to pages whose origin is in LANGCHAIN_ASHBY_ORIGINS."
            await refuse(403, refusal, scope, receive, send)
        elif not has_token and not _is_preflight(scope, headers):
            refusal = "This server requires the token that ends the address it printed at its start."
            await refuse(401, refusal, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _take_token(self, scope: Scope) -> bool:
        """Removes the token wherever it is, and tells if it was there. The server's log reads the same scope."""
        first, _, rest = scope["path"].removeprefix("/").partition("/")
        in_path = self._is_token(first.encode())
        if in_path:
            scope["path"] = f"/{rest}"
            scope["raw_path"] = b"/" + scope.get("raw_path", b"").removeprefix(b"/").partition(b"/")[2]
        kept = [(name, value) for name, value in scope["headers"] if not self._is_token(_credential(name, value))]
        in_headers = len(kept) < len(scope["headers"])
        scope["headers"] = kept
        return in_path or in_headers

    def _is_token(self, given: bytes) -> bool:
        return hmac.compare_digest(given, self._token.get_secret_value().encode())

    def _may_ask(self, headers: Headers) -> bool:
        """True for a program, for a person who typed the address (`none`), and for a page that is listed.

        Browsers send an Origin with forms, scripts' requests, preflights and WebSockets, but not for a page's images,
        scripts and frames; for those, `Sec-Fetch-Site` says where the request comes from.
        """
        if origins := headers.getlist("origin"):
            return self._origins.issuperset(origins)
        return headers.get("sec-fetch-site", "none") == "none"


def _is_from_within(scope: Scope) -> bool:
    """True for requests from the server's own code. Requests from outside cannot set `root_path`."""
    return f"{scope.get('root_path', '')}/".startswith("/noauth/")


def _credential(name: bytes, value: bytes) -> bytes:
    if name == b"x-api-key":
        return value.strip()
    kind, _, credential = value.strip().partition(b" ")
    return credential.strip() if name == b"authorization" and kind.lower() == b"bearer" else b""


def _is_for_this_machine(headers: Headers) -> bool:
    """True if the only host is a loopback name: with DNS rebinding, a page sends its own name."""
    hosts = [re.sub(r":\d*$", "", host).lower() for host in headers.getlist("host")]
    return len(hosts) == 1 and hosts[0] in _LOOPBACK


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    """True for a CORS preflight, which comes without the token and gets no data."""
    return scope.get("method") == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def _chosen_token() -> SecretStr | None:
    token = SecretStr(os.environ.get("LANGCHAIN_ASHBY_TOKEN", "").strip())
    if token and not re.fullmatch("[0-9A-Za-z_-]{20,}", token.get_secret_value()):
        raise ConfigurationError(
            "LANGCHAIN_ASHBY_TOKEN takes at least 20 letters, digits, - and _", remedy="Unset it to get a new one."
        )
    return token or None


def _listed_origins() -> list[str]:
    return [
        origin for it in os.environ.get("LANGCHAIN_ASHBY_ORIGINS", "").split(",") if (origin := it.strip().rstrip("/"))
    ]


def _own_inbox() -> ServedInbox | None:
    """Makes the inbox; None if the extra is not installed."""
    try:
        from langchain_ashby.server.inbox import own_inbox
    except ImportError as error:
        if (error.name or "").startswith("langchain_ashby"):
            raise
        return None
    return own_inbox()


def _app(chosen: SecretStr | None, inbox: ServedInbox | None) -> Starlette:
    token = chosen or SecretStr(secrets.token_urlsafe(32))
    door = Middleware(Doorkeeper, token=token, origins=_listed_origins(), has_inbox=inbox is not None)
    middleware = [door, Middleware(KnownPaths)]
    if inbox is not None:
        middleware.insert(1, Middleware(InboxFirst, inbox=inbox))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with nullcontext() if inbox is None else inbox.running():
            address = os.environ.get("LANGGRAPH_API_URL") or "http://127.0.0.1:2024"
            shown = "<LANGCHAIN_ASHBY_TOKEN>" if chosen else token.get_secret_value()
            print(f"\nThe agent's address (whoever knows it is let in): {address}/{shown}", flush=True)
            where = f"{address}/{shown}{INBOX}" if inbox else 'pip install "langchain-ashby[inbox]" to enable them'
            print(f"Approvals in the browser: {where}\n", flush=True)
            yield

    return Starlette(middleware=middleware, lifespan=lifespan)


app = _app(_chosen_token(), _own_inbox())
closed = Starlette(middleware=[Middleware(KnownPaths)])
