"""The page on which a change is edited: its card beside a form of its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from langchain_ashby.agent.cards.show.arguments import numbered
from langchain_ashby.inbox.forms import Choices, Declared, Form, Lists, Typed, changes, form, read
from langchain_ashby.inbox.outbox import DecisionError
from langchain_ashby.inbox.pages.card import onward
from langchain_ashby.inbox.pages.filters import Filters
from langchain_ashby.inbox.pages.shared import answer, approval_to_decide, inbox_of, only, reviewer_of, zone_of
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.text.words import zone_named
from langchain_ashby.toolkit import AshbyTool


def show(request: Request) -> Response:
    """Shows the form as it was proposed, to those who may decide: it lists records of Ashby's."""
    approval = approval_to_decide(request)
    return _page(request, approval, _form_of(request, approval))


async def send(request: Request) -> Response:
    """Keeps the edit as a decision, or shows the form again: with more rows, other records, or what is wrong."""
    approval = await run_in_threadpool(approval_to_decide, request)
    # a list of a hundred records has as many controls
    sent = await request.form(max_fields=_MOST_CONTROLS, max_files=0)
    return await run_in_threadpool(_answer_to, request, approval, sent)


_MOST_CONTROLS = 5_000


def _answer_to(request: Request, approval: Approval, sent: FormData) -> Response:
    filled = _form_of(request, approval, typed={name: _texts(sent, name) for name in sent})
    if only(sent, "fingerprint") != approval.fingerprint:
        return _page(request, approval, filled, "The card has changed. Review it and your edits again.", 409)
    if only(sent, "decision") != "edit" and not sent.get("~again"):  # a search, or another row
        return _page(request, approval, filled)
    found = read(filled)
    if found.args is None:
        return _page(request, approval, filled.with_problems(found.problems), status=422)
    if only(sent, "decision") != "edit":
        return _page(request, approval, filled)
    if not found.changed:
        return _page(
            request,
            approval,
            filled,
            "You have not changed anything. To approve the change as it is, go back to its page.",
            422,
        )
    decision = {"type": "edit", "edited_action": {"name": approval.tool, "args": found.args}}
    following = onward(request, approval)
    try:
        inbox_of(request).outbox.keep(approval, decision, reviewer_of(request).name)
    except DecisionError as error:
        return _page(request, approval, filled, f"{error.message}.", 409)
    return RedirectResponse(following, 303)


def _texts(sent: FormData, name: str) -> list[str]:
    return [it for it in sent.getlist(name) if isinstance(it, str)]


def _page(request: Request, approval: Approval, filled: Form, problem: str = "", status: int = 200) -> Response:
    context = {
        "approval": approval,
        "form": filled,
        "changes": changes(filled),
        "problem": problem,
        "table": numbered(approval.card) if approval.card else ([], []),
        "query": Filters.of(request.query_params).query,
    }
    page: Response = answer(request, "edit.html", context, status)
    return page


def _form_of(request: Request, approval: Approval, typed: Typed | None = None) -> Form:
    args: Mapping[str, Any] = approval.action["args"]
    tool = inbox_of(request).tools.get(approval.tool)
    within = zone_named(next(iter((typed or {}).get("~zone", ())), "")) or zone_of(request)
    if not isinstance(tool, AshbyTool):
        return form(_schema_of(tool), args, typed=typed, within=within)
    with _as_asked(approval, tool):
        return form(tool.operation, args, _lists(approval, tool, typed), typed=typed, within=within)


def _lists(approval: Approval, tool: AshbyTool, typed: Typed | None) -> Choices | None:
    if tool.client is None:
        return None
    return Lists(tool.client, tool.operation, approval.action["args"], approval.card, typed)


@contextmanager
def _as_asked(approval: Approval, tool: AshbyTool) -> Iterator[None]:
    """Reads for the Ashby user for whom the change would be made: they may see other records than the key."""
    if tool.client is None:
        yield
        return
    with tool.client.acting_for(approval.question.waiting["settings"].get("on_behalf_of")):
        yield


def _schema_of(tool: Any) -> Declared:
    """The JSON schema of a tool's arguments; one that says nothing, if the tool is not known."""
    schema = tool.tool_call_schema if tool is not None else {}
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return schema.model_json_schema()
    return {"type": "object", "properties": {}, **schema} if isinstance(schema, Mapping) else {}
