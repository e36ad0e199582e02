"""Changes of one kind, each with its card in full, decided together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from langchain_ashby.inbox.outbox import DecisionError
from langchain_ashby.inbox.pages.card import too_long
from langchain_ashby.inbox.pages.listing import Listing, listing
from langchain_ashby.inbox.pages.shared import answer, inbox_of, only, path_for, reviewer_of
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.together import MOST, alone, likeness


@dataclass(frozen=True)
class Batch:
    """Changes of one kind.

    Attributes:
        together: Those that can be decided together, at most as many as a page holds.
        left: How many more there are.
        apart: Those that have to be decided alone, with the reason.
    """

    together: list[Approval]
    left: int
    apart: list[tuple[Approval, str]]


def show(request: Request) -> Response:
    """Shows the cards of all changes of a kind."""
    return _page(request, listing(request))


async def decide(request: Request) -> Response:
    """Keeps the decision about each change that was left in; all of them or none."""
    form = await request.form()
    found = await run_in_threadpool(listing, request)
    batch = batch_of(request, found)
    kind = only(form, "decision")
    if kind not in ("approve", "reject"):
        return await run_in_threadpool(_page, request, found, "Choose a decision: approve or reject.", 422)
    if problem := too_long(form):
        return await run_in_threadpool(_page, request, found, problem, 422)
    shown = {f"{it.question.interrupt_id}.{it.number}.{it.fingerprint}": it for it in batch.together}
    chosen = [str(it) for it in form.getlist("change")]
    if not chosen:
        return await run_in_threadpool(_page, request, found, "No change is selected.", 422)
    if refused := [it for it in chosen if it not in shown]:
        problem = f"Nothing was decided: {len(refused)} of the changes {_REFUSED}"
        return await run_in_threadpool(_page, request, found, problem, 409)
    message = str(form.get("message") or "").replace("\r\n", "\n").strip()
    decision = {"type": "approve"} if kind == "approve" else {"type": "reject", "message": message}
    failures = await run_in_threadpool(_keep, request, [shown[it] for it in dict.fromkeys(chosen)], decision)
    if failures:
        problem = f"{len(chosen) - len(failures)} were decided. {' '.join(failures)}"
        return await run_in_threadpool(lambda: _page(request, listing(request), problem, 409))
    return RedirectResponse(path_for(request, "queue") + found.filters.query, 303)


def _keep(request: Request, approvals: list[Approval], decision: Mapping[str, Any]) -> list[str]:
    """Keeps the decision about each; returns in words which could not be decided."""
    failures = []
    for it in approvals:
        try:
            inbox_of(request).outbox.keep(it, decision, reviewer_of(request).name)
        except DecisionError as error:
            failures.append(f"{it.line}: {error.message}.")
    return failures


_REFUSED = (
    "can't be decided together any more: they were decided, their cards have changed, or each has to be decided alone. "
    "Look at the rest again."
)


def batch_of(request: Request, found: Listing) -> Batch:
    """The changes of the kind that the address names, among those that the filters admit and the reviewer decides."""
    wanted, reviewer = request.query_params.get("like", ""), reviewer_of(request)
    waiting = [it.approval for it in found.open_rows if reviewer.may_decide(it.approval)]
    of_kind = [it for it in waiting if likeness(it) == wanted]
    tools = {it.tool for it in of_kind}
    reasons = [(it, alone(it, found.now)) for it in waiting if it.tool in tools]
    together = [it for it in of_kind if alone(it, found.now) is None]
    return Batch(together[:MOST], max(0, len(together) - MOST), [(it, why) for it, why in reasons if why])


def _page(request: Request, found: Listing, problem: str | None = None, status: int = 200) -> Response:
    context: dict[str, Any] = {
        "found": found,
        "batch": batch_of(request, found),
        "like": request.query_params.get("like", ""),
        "problem": problem,
        "now": found.now,
    }
    return answer(request, "batch.html", context, status)
