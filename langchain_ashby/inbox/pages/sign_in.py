"""The pages before and after: signing in and out, and what went wrong."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from langchain_ashby.inbox.pages.shared import inbox_of


def problem(request: Request, status: int, words: str) -> Response:
    """Makes a page that says in words what is wrong."""
    context = {"title": _TITLES.get(status, "That did not work"), "words": words}
    return inbox_of(request).templates.TemplateResponse(request, "problem.html", context, status_code=status)


def sign_in_page(request: Request, address: str, link: str, words: str | None = None, status: int = 200) -> Response:
    """Makes the page from which somebody goes to sign in."""
    context = {"title": "Sign in", "words": words, "action": {"address": address, "words": link}}
    return inbox_of(request).templates.TemplateResponse(request, "problem.html", context, status_code=status)


def failed(request: Request, error: Exception) -> Response:
    """Shows an error that a page or the router raised."""
    assert isinstance(error, HTTPException)
    words = error.detail
    if error.status_code == 400 or words == _UNSAID.get(error.status_code):  # a parser's messages are for developers
        words = _WORDS.get(error.status_code, "The inbox cannot do this.")
    answer = problem(request, error.status_code, words)
    answer.headers.update(error.headers or {})
    return answer


async def sign_out(request: Request) -> Response:
    """Ends the session in all processes."""
    door = inbox_of(request).door
    await door.sessions.end(request.state.session)
    answer = RedirectResponse(request.url_for("sign_in"), 303)
    door.cookie.clear(request, answer)
    return answer


_TITLES = {
    401: "Sign in",
    403: "Not allowed",
    404: "Not found",
    405: "Not found",
    408: "Timed out",
    409: "Already decided",
    413: "Too large",
    429: "Too many attempts",
    500: "Something went wrong",
    503: "Not available",
}
_UNSAID = {404: "Not Found", 405: "Method Not Allowed"}
_WORDS = {
    400: "The form could not be read. Nothing was changed.",
    404: "There is no such page. What you are looking for may already be decided.",
    405: "There is no such page.",
}
