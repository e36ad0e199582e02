"""The pages of waiting changes: the list, and one change with its evidence and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from langchain_ashby.inbox.later import until
from langchain_ashby.inbox.outbox import DecisionError
from langchain_ashby.inbox.pages.filters import Filters
from langchain_ashby.inbox.pages.listing import Listing, listing
from langchain_ashby.inbox.pages.opened import context_of
from langchain_ashby.inbox.pages.shared import (
    answer,
    approval_of,
    approval_to_decide,
    inbox_of,
    only,
    path_for,
    reviewer_of,
    zone_of,
)
from langchain_ashby.inbox.questions import Approval


def show_all(request: Request) -> Response:
    """Shows the waiting changes: the list and, on wide screens, the first one beside it."""
    found = listing(request)
    number = _page(request, found)
    first = next((it.approval for it in found.page(number) if it.waits), None)
    return answer(request, "workspace.html", context_of(request, found, first, page=number, view="list"))


def _page(request: Request, found: Listing) -> int:
    asked = request.query_params.get("page", "")
    return min(max(1, int(asked)), found.pages) if asked.isdecimal() and len(asked) < 6 else 1


def show(request: Request) -> Response:
    """Shows the card in full."""
    return answer(request, "workspace.html", context_of(request, listing(request), approval_of(request)))


async def evidence(request: Request) -> Response:
    """Shows who it is about, and what the model read."""
    approval = await run_in_threadpool(approval_of, request)
    found = inbox_of(request).evidence
    context = {"approval": approval, "person": await found.person(approval), "readings": await found.readings(approval)}
    return await run_in_threadpool(answer, request, "evidence.html", context)


async def decide(request: Request) -> Response:
    """Keeps a decision, and goes on to the next change."""
    approval = await run_in_threadpool(approval_to_decide, request)
    form = await request.form()
    if only(form, "fingerprint") != approval.fingerprint:
        return await _again(request, approval, "The card has changed. Review it again.", 409)
    decision = _decision(form)
    if isinstance(decision, str):
        return await _again(request, approval, decision, 422)
    following = await run_in_threadpool(onward, request, approval)
    try:
        await run_in_threadpool(inbox_of(request).outbox.keep, approval, decision, reviewer_of(request).name)
    except DecisionError as error:
        return await _again(request, approval, f"{error.message}.", 409)
    return RedirectResponse(following, 303)


async def take_back(request: Request) -> Response:
    """Undoes a decision that has not been sent."""
    approval = await run_in_threadpool(approval_to_decide, request)
    try:
        await run_in_threadpool(
            inbox_of(request).outbox.take_back,
            approval.question.interrupt_id,
            approval.number,
            reviewer_of(request).name,
        )
    except DecisionError as error:
        return await _again(request, approval, f"{error.message}.", 409)
    return RedirectResponse(_page_of(request, approval), 303)


async def put_off(request: Request) -> Response:
    """Hides the change from the reviewer's list for a while, or shows it again."""
    approval = await run_in_threadpool(approval_of, request)
    form = await request.form()
    name, now = reviewer_of(request).name, datetime.now(UTC)
    if form.get("when") == "back":
        await run_in_threadpool(inbox_of(request).later.bring_back, approval, name)
        return RedirectResponse(_page_of(request, approval, Filters()), 303)
    when = until(str(form.get("time") or form.get("when") or ""), now, zone_of(request))
    if when is None or when <= now:
        return await _again(request, approval, "Choose a time in the future.", 422)
    following = await run_in_threadpool(onward, request, approval)
    await run_in_threadpool(inbox_of(request).later.put_off, approval, name, when)
    return RedirectResponse(following, 303)


def onward(request: Request, approval: Approval) -> str:
    """The page to go on with after a decision: the next change in the list that waits, or the list."""
    found = listing(request)
    place = found.place_of(approval)
    following = found.after(-1 if place is None else place)
    if following is None:
        return path_for(request, "queue") + found.filters.query
    return _page_of(request, following, found.filters)


async def _again(request: Request, approval: Approval, problem: str, status: int) -> Response:
    def page() -> Response:
        return answer(
            request, "workspace.html", context_of(request, listing(request), approval, problem=problem), status
        )

    return await run_in_threadpool(page)


def _decision(form: FormData) -> Mapping[str, Any] | str:
    """The decision in a form, in LangChain's approval protocol; or what is wrong with it."""
    kind = only(form, "decision")
    if problem := too_long(form):
        return problem
    # The reason is that of a button, to which more may be written.
    message = ": ".join(it for name in ("reason", "message") if (it := _typed(form, name)))
    if kind == "approve":
        return {"type": "approve"}
    if kind == "reject":
        return {"type": "reject", "message": message}
    if kind == "respond":
        return {"type": "respond", "message": message} if message else "Write an answer for the agent."
    return "Choose a decision: approve, reject or answer."


def too_long(form: FormData) -> str | None:
    """Says that a message is longer than a model should read; None if it is not."""
    return f"Write at most {_LONGEST:,} characters." if len(_typed(form, "message")) > _LONGEST else None


_LONGEST = 4000
"""As the fields of the forms say, which only browsers heed."""


def _typed(form: FormData, name: str) -> str:
    return str(form.get(name) or "").replace("\r\n", "\n").strip()


def _page_of(request: Request, approval: Approval, filters: Filters | None = None) -> str:
    filters = filters or Filters.of(request.query_params)
    path = path_for(request, "card", interrupt_id=approval.question.interrupt_id, number=approval.number)
    return path + filters.query
