"""What all pages need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import NoMatchFound

from langchain_ashby.inbox.notifications import troubles
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.reviewers import Reviewer
from langchain_ashby.text.words import in_zone, zone, zone_named

if TYPE_CHECKING:
    from langchain_ashby.inbox.app import Inbox


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
        first = inbox_of(request).outbox.first(request.path_params["interrupt_id"], number)
        raise HTTPException(404, f"{_GONE} {first}." if first else _GONE)
    approval: Approval = question.approvals[number - 1]
    if not reviewer_of(request).may_see(approval):
        raise HTTPException(404, _GONE)
    return approval


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


def only(form: FormData, name: str) -> str | None:
    """What a form says in a field; None if it says nothing, or several things: no page of the inbox sends that."""
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

    return {"path": path, "page_of": page_of, "troubles": lambda: troubles(inbox_of(request).store)}


def answer(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> Response:
    """A page, with times on the reviewer's clock."""
    with in_zone(getattr(zone_of(request), "key", None)):
        return inbox_of(request).templates.TemplateResponse(request, template, dict(context), status_code=status)
