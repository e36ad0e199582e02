"""Opens only the paths of a LangGraph server that clients need, and adds the inbox."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose


class KnownPaths:
    """Hides every path that a client of the agent does not need.

    Routes of `langgraph dev` that bypass an `auth` handler deploy, show raw threads or delete everything, and later
    versions may add more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on if its path is known."""
        if scope["type"] == "lifespan" or _first_part(scope) in _PATHS:
            await self._app(scope, receive, send)
        else:
            await refuse(404, "Not Found", scope, receive, send)


class InboxFirst:
    """Serves the inbox before the server sees the request, whose log would otherwise show what people search for.

    Args:
        app: The server's application.
        inbox: The inbox.
    """

    def __init__(self, app: ASGIApp, inbox: ASGIApp) -> None:
        self._app = app
        self._inbox = inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on to one of the two."""
        is_for_inbox = scope["type"] != "lifespan" and below(scope, INBOX)
        await (self._inbox if is_for_inbox else self._app)(scope, receive, send)


def below(scope: Scope, path: str) -> bool:
    """True if a request is for a top-level path or anything below it."""
    return f"/{_first_part(scope)}" == path


def note_token(scope: Scope, has_token: bool) -> None:
    """Tells the inbox whether a request came with the server's token."""
    scope["state"] = {**scope.get("state", {}), _HAS_TOKEN: has_token}


def brought_token(scope: Scope) -> bool:
    """True if a request for the inbox came with the server's token."""
    return bool(scope.get("state", {}).get(_HAS_TOKEN))


def _first_part(scope: Scope) -> str:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.removeprefix("/").partition("/")[0]


async def refuse(status: int, why: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses a request, over HTTP or as a WebSocket."""
    if scope["type"] == "websocket":
        await WebSocketClose(1008, why)(scope, receive, send)
    else:
        await JSONResponse({"detail": why}, status)(scope, receive, send)


INBOX = "/inbox"
"""The path of the approval inbox."""

INBOX_PERMISSION = "langchain_ashby:inbox"
"""The permission of the inbox when it creates runs, for a server's `auth` handler to allow."""

_PATHS = ("", "assistants", "threads", "runs", "info", "ok")
_HAS_TOKEN = "langchain_ashby_has_token"
