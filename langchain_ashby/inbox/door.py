"""Admits known people, and accepts their forms only from the inbox's own pages."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from inspect import isawaitable
from urllib.parse import unquote, urlencode

from langgraph.store.base import BaseStore
from python_multipart.exceptions import FormParserError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from langchain_ashby.inbox.reviewers import Identify, Reviewer, Routing, SignIn
from langchain_ashby.inbox.security import SAFE_METHODS, Problem, own_path, replayed
from langchain_ashby.inbox.sessions import Cookie, FormKey, Session, Sessions


@dataclass(frozen=True)
class Visit:
    """A request from someone whom the inbox knows.

    Attributes:
        reviewer: Who it is.
        tokens: The tokens that their forms may carry, the newest first.
        session: Their session, if they signed in here.
    """

    reviewer: Reviewer
    tokens: tuple[str, ...]
    session: Session | None = None

    def sent(self, token: str) -> bool:
        """True if the token is one of theirs."""
        return any(hmac.compare_digest(token.encode(), it.encode()) for it in self.tokens)


class Door:
    """Knows who is there.

    Args:
        reviewers: A way to sign in, or a function that names whoever sent a request.
        store: The agent's store, which keeps the sessions.
        routing: Who sees and decides what.
        now: The clock.
    """

    def __init__(
        self,
        reviewers: SignIn | Identify,
        store: BaseStore,
        routing: Routing,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._identify = None if isinstance(reviewers, SignIn) else reviewers
        self._routing = routing
        self._forms = FormKey(store, now=now)
        self.sessions = Sessions(store, reviewers.issuer if isinstance(reviewers, SignIn) else "", now=now)
        self.cookie = Cookie("session")

    @property
    def has_sign_in(self) -> bool:
        """True if people sign in here rather than at a proxy or the application."""
        return self._identify is None

    async def visit(self, request: Request) -> Visit | None:
        """Returns who sent a request; None for a stranger. People whom each request names get no session."""
        if self._identify is None:
            session = await self.sessions.find(self.cookie.read(request))
            return None if session is None else Visit(session.reviewer, (session.csrf_token,), session)
        found = await run_in_threadpool(self._identify, request)  # it may ask a database
        reviewer = await found if isawaitable(found) else found
        if reviewer is None:
            return None
        return Visit(reviewer, await run_in_threadpool(self._forms.tokens, reviewer.name))

    def routed(self, reviewer: Reviewer) -> Reviewer:
        """The reviewer, who knows what is for them."""
        return replace(reviewer, routing=self._routing)


class AtTheDoor:
    """Puts `reviewer`, `session` and `csrf_token` into a request's state, or refuses the request.

    Args:
        app: The application behind it.
        door: Knows who is there.
        problem: Makes the page that says what is wrong.
        again: Makes a page that loads itself again.
    """

    def __init__(self, app: ASGIApp, door: Door, problem: Problem, again: Callable[[Request], Response]) -> None:
        self._app = app
        self._door = door
        self._problem = problem
        self._again = again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it."""
        if scope["type"] != "http" or own_path(scope).startswith("/static/"):
            await self._app(scope, receive, send)
            return
        state = {**scope.get("state", {}), "reviewer": None, "session": None, "csrf_token": None}
        scope = {**scope, "state": state}
        request = Request(scope)
        if _came_by_a_link(request) and self._door.has_sign_in and self._door.cookie.read(request) is None:
            # Browsers bring no SameSite=Strict cookie along from elsewhere, but do when the page loads itself again.
            await self._again(request)(scope, receive, send)
            return
        visit = await self._door.visit(request)
        if visit is not None:
            reviewer = self._door.routed(visit.reviewer)
            state |= {"reviewer": reviewer, "session": visit.session, "csrf_token": visit.tokens[0]}
        answer: ASGIApp | None = None
        refusal: tuple[int, str] | None = None
        if visit is None and not _is_open(own_path(scope)):
            answer = self._stranger(request)
        elif visit is not None and not visit.reviewer.may_enter:
            refusal = 403, "You have no role in this inbox. Ask whoever runs it for one."
        elif scope["method"] not in SAFE_METHODS:
            body = await Request(scope, receive).body()
            receive = replayed(body, receive)
            try:
                given = await _csrf_token(Request(scope, replayed(body, receive)))
            except (HTTPException, FormParserError):
                refusal = 400, "The form could not be read. Nothing was changed."
            else:
                if visit is None or not visit.sent(given):
                    refusal = 403, "This form is from an earlier sign-in. Nothing was changed; reload the page."
        if refusal is not None:
            answer = await run_in_threadpool(self._problem, request, *refusal)  # the page reads the store
        await (answer or self._app)(scope, receive, send)

    def _stranger(self, request: Request) -> Response:
        if not self._door.has_sign_in:
            return self._problem(request, 403, "The inbox does not know you. Ask whoever runs it for access.")
        address = str(request.url_for("sign_in"))
        if "hx-request" in request.headers:
            answer = self._problem(request, 401, "Your session has ended.")
            answer.headers["hx-redirect"] = address
            return answer
        wants_page = request.headers.get("sec-fetch-dest", "document") == "document"
        if request.method in SAFE_METHODS and wants_page and "text/html" in request.headers.get("accept", "text/html"):
            back = own_path(request.scope) + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"{address}?{urlencode({'back': back})}" if back != "/" else address, 303)
        return self._problem(request, 401, "Your session has ended. Nothing was changed; sign in again.")


def way_back(request: Request) -> str:
    """Where someone wanted to go before signing in: always a page of the inbox, whatever the address says."""
    back = request.query_params.get("back", "/")
    is_here = back.startswith("/") and not back.startswith(("//", "/\\", "/sign-in")) and back.isprintable()
    is_here = is_here and ".." not in unquote(back.partition("?")[0]).split("/")  # browsers go up there
    root = str(request.url_for("queue")).rstrip("/")
    return root + (back if is_here and "\\" not in back else "/")


async def _csrf_token(request: Request) -> str:
    if header := request.headers.get("x-csrf-token"):
        return header
    form = await request.form(max_fields=5000)
    return str(form.get("csrf") or "")


def _came_by_a_link(request: Request) -> bool:
    """True if a page elsewhere leads a person here."""
    headers = request.headers
    is_elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return request.method == "GET" and is_elsewhere and headers.get("sec-fetch-mode") == "navigate"


def _is_open(path: str) -> bool:
    return path == "/sign-in" or path.startswith("/sign-in/")
