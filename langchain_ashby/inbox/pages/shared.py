"""What all pages need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import NoMatchFound

from langchain_ashby.inbox.questions import Approval

if TYPE_CHECKING:
    from langchain_ashby.inbox.app import Inbox


def inbox_of(request: Request) -> Inbox:
    """The inbox that serves the request."""
    inbox: Inbox = request.app.state.inbox
    return inbox


class _Reviewer:
    name = "reviewer"

    def may_see(self, approval: Approval) -> bool:
        return True

    def may_decide(self, approval: Approval) -> bool:
        return True


def reviewer_of(request: Request) -> Any:
    """Who looks at the page."""
    return getattr(request.state, "reviewer", None) or _Reviewer()


def approval_of(request: Request) -> Approval:
    """The change that the address names.

    Raises:
        HTTPException: 404 if it does not wait any more.
    """
    question = inbox_of(request).questions.find(request.path_params["interrupt_id"])
    number = request.path_params["number"]
    if question is None or not 1 <= number <= len(question.approvals):
        raise HTTPException(404, "This change is not waiting for a decision any more.")
    return question.approvals[number - 1]


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

    return {"path": path, "page_of": page_of, "reviewer": reviewer_of(request)}


def answer(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> Any:
    """A page."""
    return inbox_of(request).templates.TemplateResponse(request, template, dict(context), status_code=status)
