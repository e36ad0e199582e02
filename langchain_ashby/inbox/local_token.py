"""Signs in on one's own computer, with a token that only the command and the browser know."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from langchain_ashby.inbox.door import way_back
from langchain_ashby.inbox.pages.shared import inbox_of
from langchain_ashby.inbox.pages.sign_in import problem
from langchain_ashby.inbox.reviewers import ADMIN, Reviewer, SignIn
from langchain_ashby.inbox.security import Attempts


class LocalToken(SignIn):
    """Signs in one person with a one-time token, as `langchain-ashby inbox` does.

    Whoever opens `address_of(…)` first is signed in, and the token is removed from the address. Sessions end
    with the process.

    Args:
        name: The person's name in the audit trail.
        roles: Their roles.
        clock: A monotonic clock in seconds, for the limit on wrong tokens.
    """

    def __init__(
        self, name: str, roles: Sequence[str] = (ADMIN,), *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reviewer = Reviewer(name, frozenset(roles))
        self._token: str | None = None
        self._issuer = f"local {secrets.token_hex(16)}"
        self._attempts = Attempts(clock)

    @property
    def issuer(self) -> str:
        """Identifies this process."""
        return self._issuer

    def address_of(self, inbox: str) -> str:
        """Makes a sign-in link with a new token for the inbox at this address."""
        self._token = secrets.token_urlsafe(32)
        return f"{inbox.rstrip('/')}/sign-in?token={self._token}"

    def routes(self) -> Sequence[Route]:
        """The page that takes the token."""
        return [Route("/sign-in", self._sign_in, name="sign_in")]

    async def _sign_in(self, request: Request) -> Response:
        if request.state.session is not None:
            return RedirectResponse(way_back(request), 303)
        given = request.query_params.get("token")
        # What only looks at the address must not use it up.
        if given is None or request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
            return problem(request, 401, _WORDS)
        # No other request runs between the comparison and the end of the token.
        if self._token is None or not hmac.compare_digest(given.encode(), self._token.encode()):
            return self._refused(request)
        self._token = None
        door = inbox_of(request).door
        session = await door.sessions.begin(self._reviewer)
        answer = RedirectResponse(way_back(request), 303)
        door.cookie.set(request, answer, session.secret)
        return answer

    def _refused(self, request: Request) -> Response:
        """Refuses a wrong token. Wrong tokens never lock out the right one, which cannot be guessed."""
        peer = request.client.host if request.client else ""
        if self._attempts.are_too_many(peer):
            answer = problem(request, 429, f"There were too many wrong sign-in links within a minute. {_WORDS}")
            answer.headers["retry-after"] = "60"
            return answer
        self._attempts.failed(peer)
        return problem(request, 401, f"This sign-in link has been used or is wrong. {_WORDS}")


_WORDS = "Press Enter in the terminal where `langchain-ashby inbox` is running to get a new link."
