"""The approval inbox on the port of a LangGraph server, below `/inbox`. Needs the extra `inbox`.

It shows the changes that the server's runs are waiting for, and resumes threads through the server itself.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from getpass import getuser
from typing import Any
from urllib.parse import urlencode

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_store
from langgraph_sdk import get_client
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import Receive, Scope, Send

from langchain_ashby.agent.run.compiled import RecruitingAgent
from langchain_ashby.inbox import Reviewer, SignIn, create_app
from langchain_ashby.inbox.door import way_back
from langchain_ashby.inbox.pages.shared import inbox_of
from langchain_ashby.inbox.pages.sign_in import problem
from langchain_ashby.inbox.reviewers import ADMIN, Identify
from langchain_ashby.server import Graph, checkpointer, make_graph
from langchain_ashby.server.paths import INBOX, InboxFirst, KnownPaths, brought_token
from langchain_ashby.server.served_agent import ServedAgent, ServerThreads

Checkpointer = Callable[[], AbstractAsyncContextManager[BaseCheckpointSaver[Any]]]


def serve_inbox(
    reviewers: SignIn | Identify,
    *,
    base_url: str | None = None,
    graph: Callable[[], Awaitable[Graph]] = make_graph,
    assistant: str = "recruiting_agent",
    **options: Any,
) -> Starlette:
    """Makes the `http.app` of a server with an `auth` handler: `door.closed`, with the inbox below `/inbox`.

    The inbox identifies people with `reviewers`, not with the handler.

    Args:
        reviewers: How it identifies people, as for `create_app`.
        base_url: Where browsers find it, such as `https://example.com/inbox`.
        graph: The function that makes the agent, as named in `langgraph.json`.
        assistant: Its name in `langgraph.json`.
        options: Further arguments of `create_app`.

    Raises:
        ValueError: if `base_url` does not end in `/inbox`.
    """
    if base_url is not None and not base_url.rstrip("/").endswith(INBOX):
        raise ValueError(f"base_url must end in {INBOX}, where the server serves the inbox.")
    inbox = ServedInbox(reviewers, base_url=base_url, graph=graph, assistant=assistant, **options)
    return Starlette(
        middleware=[Middleware(InboxFirst, inbox=inbox), Middleware(KnownPaths)], lifespan=lambda _: inbox.running()
    )


class ServedInbox:
    """Makes the inbox of the agent that the server in this process runs.

    Args:
        reviewers: How it identifies people.
        graph: The function that makes the agent, as named in `langgraph.json`.
        assistant: Its name in `langgraph.json`.
        checkpointer: Opens the checkpointer for threads that are not the server's, such as those of an undo.
        options: Further arguments of `create_app`.
    """

    def __init__(
        self,
        reviewers: SignIn | Identify,
        *,
        graph: Callable[[], Awaitable[Graph]] = make_graph,
        assistant: str = "recruiting_agent",
        checkpointer: Checkpointer | None = None,
        **options: Any,
    ) -> None:
        self._reviewers = reviewers
        self._graph = graph
        self._assistant = assistant
        self._checkpointer = checkpointer
        self._options = options
        self._router = Router()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs within the lifespan of the server, which has opened its store by then."""
        agent, loop = await self._graph(), asyncio.get_running_loop()
        if not isinstance(agent, RecruitingAgent):
            raise TypeError("The inbox on a server needs a graph made by create_recruiting_agent.")
        # Without an address, the client calls the server's application directly, without authentication.
        async with AsyncExitStack() as stack, get_client(api_key=None) as client:
            saver = await stack.enter_async_context(self._checkpointer()) if self._checkpointer else None
            server = ServerThreads(client, self._assistant, loop)
            served = ServedAgent.served(agent, server, get_store(), saver)
            app = create_app(served, reviewers=self._reviewers, **self._options)
            await stack.enter_async_context(app.router.lifespan_context(app))
            self._router = Router([Mount(INBOX, app=app)])
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request below `/inbox`. A request with the server's token is signed in and redirected there."""
        root = scope.get("root_path", "") + INBOX
        path = scope["path"].removeprefix(root) or "/"
        scope = {**scope, "path": root + path}
        if brought_token(scope):
            scope |= {"path": f"{root}/sign-in", "query_string": urlencode({"back": path}).encode()}
        await self._router(scope, receive, send)


class ServerToken(SignIn):
    """Signs in anyone who opens the inbox at the address with the server's token, any number of times.

    The token also lets its bearer approve without the inbox. Sessions end with the process.

    Args:
        name: The person's name in the audit trail.
    """

    def __init__(self, name: str) -> None:
        self._reviewer = Reviewer(name, frozenset({ADMIN}))
        self._issuer = f"server {secrets.token_hex(16)}"

    @property
    def issuer(self) -> str:
        """Identifies this process."""
        return self._issuer

    def routes(self) -> Sequence[Route]:
        """Redirects a request with the token to its page."""
        return [Route("/sign-in", self._sign_in, name="sign_in")]

    async def _sign_in(self, request: Request) -> Response:
        if request.state.session is None and not brought_token(request.scope):
            return problem(request, 401, "Open the inbox at the address that the server printed at startup.")
        answer = RedirectResponse(way_back(request), 303)
        if request.state.session is None:
            door = inbox_of(request).door
            session = await door.sessions.begin(self._reviewer)
            door.cookie.set(request, answer, session.secret)
        return answer


def own_inbox() -> ServedInbox:
    """Makes the inbox of `make serve`, for whoever has the server's token. `LANGCHAIN_ASHBY_REVIEWER` is their name."""
    return ServedInbox(ServerToken(os.environ.get("LANGCHAIN_ASHBY_REVIEWER") or _user()), checkpointer=checkpointer)


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):
        return "local user"
