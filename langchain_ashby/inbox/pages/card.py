"""The page of one change, and the decisions about it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from langchain_ashby.inbox.pages.shared import approval_of, inbox_of


def show(request: Request) -> Response:
    """Shows the card in full."""
    inbox, approval = inbox_of(request), approval_of(request)
    kept = inbox.outbox.all().get((approval.question.interrupt_id, approval.number))
    return inbox.templates.TemplateResponse(request, "card.html", {"approval": approval, "kept": kept})


async def decide(request: Request) -> Response:
    """Keeps a decision, and goes back to what waits."""
    inbox = inbox_of(request)
    approval = await run_in_threadpool(approval_of, request)
    form = await request.form()
    if form.get("fingerprint") != approval.fingerprint:
        context = {"approval": approval, "kept": None, "problem": "The card has changed. Look at it again."}
        return inbox.templates.TemplateResponse(request, "card.html", context, status_code=409)
    kind = form.get("decision")
    if kind == "approve":
        decision = {"type": "approve"}
    elif kind == "reject":
        decision = {"type": "reject", "message": str(form.get("message") or "")}
    else:
        context = {"approval": approval, "kept": None, "problem": "Choose what to do: approve or reject."}
        return inbox.templates.TemplateResponse(request, "card.html", context, status_code=422)
    await run_in_threadpool(inbox.outbox.keep, approval, decision, "reviewer")
    return RedirectResponse(request.url_for("queue"), 303)


def take_back(request: Request) -> Response:
    """Takes a decision back that has not left."""
    approval = approval_of(request)
    inbox_of(request).outbox.take_back(approval.question.interrupt_id, approval.number)
    return RedirectResponse(request.url_for("card", **request.path_params), 303)
