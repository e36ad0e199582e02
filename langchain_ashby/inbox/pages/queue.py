"""The page of everything that waits."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from langchain_ashby.inbox.pages.shared import inbox_of


def show(request: Request) -> Response:
    """Shows what waits."""
    inbox = inbox_of(request)
    approvals = list(inbox.questions.approvals())
    return inbox.templates.TemplateResponse(request, "queue.html", {"approvals": approvals, "kept": inbox.outbox.all()})
