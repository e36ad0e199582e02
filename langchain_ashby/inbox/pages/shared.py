"""What all pages need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from langchain_ashby.inbox.inbox import Inbox
from langchain_ashby.inbox.notifications import troubles
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.reviewers import Reviewer
from langchain_ashby.inbox.sight import approval_for
from langchain_ashby.text.words import in_zone, zone, zone_named


def inbox_of(request: Request) -> Inbox:
    """The inbox that serves the request."""
    inbox: Inbox = request.app.state.inbox
    return inbox


def approval_of(request: Request) -> Approval:
    """The change that the address names.

    Raises:
        HTTPException: 404 if it does not wait any more, or is not shown to the reviewer.
    """
    question = inbox_of(request).questions.find(request.path_params["interrupt_id"])
    number = request.path_params["number"]
    if question is None or not 1 <= number <= len(question.approvals):
        first = _first(request, request.path_params["interrupt_id"], number)
        raise HTTPException(404, f"{_GONE} {first}." if first else _GONE)
    approval: Approval = question.approvals[number - 1]
    if not reviewer_of(request).may_see(approval):
        raise HTTPException(404, _GONE)
    return approval


def _first(request: Request, interrupt_id: str, number: int) -> str | None:
    """Says who decided on a change that is no longer waiting; None if unknown, or if the reviewer may not see it."""
    inbox, reviewer = inbox_of(request), reviewer_of(request)
    first = inbox.outbox.first(interrupt_id, number)
    if first is None or reviewer.routing.sees is None:
        return first and first.words
    about = [
        it for _, it in inbox.trail.thread(first.thread_id) if (it.call_id, it.tool) == (first.call_id, first.tool)
    ]
    return first.words if about and all(reviewer.may_see(approval_for(it)) for it in about) else None


def approval_to_decide(request: Request) -> Approval:
    """The change that the address names, of which the reviewer may decide.

    Raises:
        HTTPException: 403 if they may only see it; otherwise as `approval_of`.
    """
    approval = approval_of(request)
    if not reviewer_of(request).may_decide(approval):
        raise HTTPException(403, "Other reviewers decide on this change. You can only view it.")
    return approval


def reviewer_of(request: Request) -> Reviewer:
    """Who sent the request."""
    reviewer: Reviewer = request.state.reviewer
    return reviewer


def zone_of(request: Request) -> tzinfo:
    """The zone of the reviewer's clock: that of the browser, which a script says, or else the inbox's own."""
    said = zone_named(unquote(request.cookies.get("zone", "")))
    return said or zone_named(inbox_of(request).time_zone) or zone()


class OnTheClock:
    """Shows times in responses in the time zone of whoever sent the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, within the sender's zone."""
        there = zone_of(Request(scope)) if scope["type"] == "http" else None
        with in_zone(getattr(there, "key", None)):
            await self._app(scope, receive, send)


def only(form: FormData, name: str) -> str | None:
    """Returns a form's only value for a field; None if it has no value or several, which no page of the inbox sends."""
    found = form.getlist(name)
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None


_GONE = "This change is no longer waiting for a decision."


def path_for(request: Request, name: str, **parameters: Any) -> str:
    """The path of a page, below where the inbox is mounted; empty if there is no such page."""
    try:
        return request.url_for(name, **parameters).path
    except NoMatchFound:
        return ""


def common(request: Request) -> dict[str, Any]:
    """What all templates are given."""

    def path(name: str, **parameters: Any) -> str:
        return path_for(request, name, **parameters)

    def page_of(approval: Approval, name: str = "card", query: str = "") -> str:
        return path(name, interrupt_id=approval.question.interrupt_id, number=approval.number) + query

    as_of = datetime.now(UTC).isoformat()
    return {"as_of": as_of, "path": path, "page_of": page_of, "troubles": lambda: troubles(inbox_of(request).store)}


def answer(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> Response:
    """Makes a page. It reads the store, so it must run in a thread, not in an event loop."""
    return inbox_of(request).templates.TemplateResponse(request, template, dict(context), status_code=status)
