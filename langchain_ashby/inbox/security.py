"""Checks every request before a page sees it, and sets the headers of every answer."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

_log = logging.getLogger(__name__)

Problem = Callable[[Request, int, str], Response]
"""Makes the page that says what is wrong."""


@dataclass(frozen=True)
class Place:
    """Where browsers find the inbox.

    Attributes:
        scheme: `https` or `http`; None for that of the request.
        hosts: The names, without ports, by which it may be asked for.
        netloc: The name and port in its own links; None for those of the request.
        path: The path below which a proxy serves it.
    """

    scheme: str | None = None
    hosts: tuple[str, ...] = LOOPBACK
    netloc: str | None = None
    path: str = ""

    @classmethod
    def at(cls, base_url: str | None) -> Place:
        """The place at an address such as `https://example.com/inbox`; this machine without one.

        Raises:
            ValueError: if it is not an address of http or https.
        """
        if base_url is None:
            return cls()
        parts = urlsplit(base_url)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or "@" in base_url
        ):
            raise ValueError("base_url must be the address of the inbox, such as https://example.com/inbox.")
        # As browsers write it: without the usual port, and in letters that headers can have.
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.encode("idna").decode()
        usual = parts.port is None or parts.port == {"http": 80, "https": 443}[parts.scheme]
        return cls(parts.scheme, (host,), host if usual else f"{host}:{parts.port}", parts.path.rstrip("/"))


class Guard:
    """Refuses requests that no browser sends on its user's behalf.

    It looks at the host (a page elsewhere can point a name of its own at this machine), at where a request comes from,
    and at the size of its body. It tells browsers to load and run nothing but the inbox's own files.

    Args:
        app: The application behind it.
        place: Where browsers find the inbox.
        problem: Makes the page that says what is wrong.
        is_running: False if the application was never started.
        body_within: Seconds within which a body has to arrive.
    """

    def __init__(
        self,
        app: ASGIApp,
        place: Place,
        problem: Problem,
        is_running: Callable[[], bool] = lambda: True,
        body_within: float = 20,
    ) -> None:
        self._app = app
        self._place = place
        self._problem = problem
        self._is_running = is_running
        self._body_within = body_within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:  # a WebSocket, of which there are none
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, is_static = False, own_path(scope).startswith("/static/")

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if not is_static:
                    headers["cache-control"] = "no-store"
            await send(message)

        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or _without_port(hosts[0]) not in self._place.hosts:
            # A page's links would lead to the host that was asked for, so this is plain text.
            refusal = PlainTextResponse(
                "The inbox is not served at this address. Whoever runs it can set base_url.\n", 421
            )
            await refusal(scope, receive, with_headers)
            return
        scope = self._as_seen_outside(scope)
        request = Request(scope)
        answer: Response | ASGIApp
        try:
            answer = self._refusal(request) or self._app
            if answer is self._app and scope["method"] not in SAFE_METHODS:
                receive = replayed(await self._body(receive), receive)
        except _TooMuchError:
            answer = self._problem(request, 413, "The form is too large. Nothing was changed.")
        except TimeoutError:
            answer = self._problem(request, 408, "The form did not arrive in time. Nothing was changed.")
        except ClientDisconnect:
            return
        try:
            await answer(scope, receive, with_headers)
        except Exception as error:
            # The error's message may name people; the places in the code do not.
            places = traceback.extract_tb(error.__traceback__)[-_PLACES:]
            where = ", ".join(f"{it.filename}:{it.lineno} in {it.name}" for it in places)
            _log.error("A page failed with %s: %s", type(error).__name__, where)
            if started:  # the server ends the connection, and logs what it is told
                raise BrokenOffError("A page broke off; what failed was logged before.") from None
            await self._sorry(request, error)(scope, receive, with_headers)

    def _sorry(self, request: Request, error: Exception) -> Response:
        """Makes the page about a failure. If the request was to change something, its outcome is not known."""
        is_reading = request.method in SAFE_METHODS
        if not is_outage(error):
            words = "Something went wrong." if is_reading else f"Something went wrong. {_NOT_KNOWN}"
            return self._problem(request, 500, words)
        words = f"The database does not answer. {'This page reloads by itself.' if is_reading else _NOT_KNOWN}"
        answer = self._problem(request, 503, words)
        answer.headers["retry-after"] = _SOON
        if is_reading:
            answer.headers["refresh"] = _SOON
        return answer

    def _as_seen_outside(self, scope: Scope) -> Scope:
        """The request as the browser sent it, so that links lead there and cookies are the right ones."""
        place = self._place
        root = scope.get("root_path") or place.path
        # Links use the inbox's own routes: an application around it may have routes of the same names.
        own = {"root_path": root, "app_root_path": root, "router": scope["app"].router}
        seen = {**scope, **own, "scheme": place.scheme or scope["scheme"]}
        if place.netloc:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            seen["headers"] = [(b"host", place.netloc.encode("ascii")), *others]
        return seen

    def _refusal(self, request: Request) -> Response | None:
        if not self._is_running():
            return self._problem(
                request, 503, "The inbox has not started: its lifespan has to run within the application's."
            )
        came_from = request.headers.get("sec-fetch-site")
        is_navigation = request.headers.get("sec-fetch-mode", "navigate") == "navigate"
        if request.method in SAFE_METHODS:
            if came_from not in (None, "none", "same-origin") and not is_navigation:
                return self._problem(request, 403, "Other sites can link to the inbox, but not load its pages.")
            return None
        origins = request.headers.getlist("origin")
        own = f"{request.url.scheme}://{request.url.netloc}"
        if origins != [own] and not (not origins and came_from == "same-origin"):
            return self._problem(
                request, 403, "This request did not come from a page of the inbox. Nothing was changed."
            )
        if came_from not in (None, "same-origin"):
            return self._problem(
                request, 403, "This request did not come from a page of the inbox. Nothing was changed."
            )
        return None

    async def _body(self, receive: Receive) -> bytes:
        body = bytearray()
        async with asyncio.timeout(self._body_within):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                if len(body) > MOST_BYTES:
                    raise _TooMuchError
                if not message.get("more_body"):
                    return bytes(body)


class BrokenOffError(Exception):
    """A page of which a part was sent already. It stands for the error, whose words may name people."""


class Attempts:
    """Limits how often a sign-in may fail, by address and in all.

    Args:
        clock: A monotonic clock in seconds.
        each: How many from one address within a minute.
        in_all: How many from everywhere within a minute.
    """

    def __init__(self, clock: Callable[[], float], *, each: int = 10, in_all: int = 100) -> None:
        self._clock = clock
        self._each = each
        self._in_all = in_all
        self._failed: deque[tuple[float, str]] = deque()

    def are_too_many(self, peer: str) -> bool:
        """True if no further attempt is allowed for now."""
        while self._failed and self._failed[0][0] <= self._clock() - 60:
            self._failed.popleft()
        return len(self._failed) >= self._in_all or sum(it == peer for _, it in self._failed) >= self._each

    def failed(self, peer: str) -> None:
        """Counts a failure."""
        self._failed.append((self._clock(), peer))


def replayed(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read to those who read it next."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def own_path(scope: Scope) -> str:
    """The path below the inbox."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path.removeprefix(root) if path == root or path.startswith(f"{root}/") else path


class _TooMuchError(Exception):
    pass


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


MOST_BYTES = 1_000_000
"""A form of a hundred cards has a few thousand."""

_NOT_KNOWN = "It is not known whether anything was changed. Check the list and Outcomes before you try again."
_SOON = "5"  # seconds
_PLACES = 5
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the count in the favicon is drawn
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_HEADERS = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # Not `no-referrer`: browsers would then send forms with the origin `null`.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def is_outage(error: BaseException) -> bool:
    """True if a database is down, locked, full or read-only, or took too long.

    The errors are recognized by their PEP 249 names, since the application chooses the driver.
    """
    if isinstance(error, TimeoutError):
        return True
    return any(it.__name__ in _OUTAGES and it.__module__.startswith(_DRIVERS) for it in type(error).__mro__)


_OUTAGES = ("OperationalError", "InterfaceError")
_DRIVERS = ("sqlite3", "psycopg", "aiosqlite", "asyncpg")
