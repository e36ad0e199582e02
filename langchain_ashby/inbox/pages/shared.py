"""What all pages need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from langchain_ashby.inbox.questions import Approval

if TYPE_CHECKING:
    from langchain_ashby.inbox.app import Inbox


def inbox_of(request: Request) -> Inbox:
    """The inbox that serves the request."""
    inbox: Inbox = request.app.state.inbox
    return inbox


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
