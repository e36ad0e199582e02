"""The page of all waiting changes: the list and, on wide screens, the first change beside it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from langchain_ashby.inbox.pages.listing import Listing, listing
from langchain_ashby.inbox.pages.opened import context_of
from langchain_ashby.inbox.pages.shared import answer


def show(request: Request) -> Response:
    """Shows the waiting changes."""
    found = listing(request)
    number = _page(request, found)
    first = next((it.approval for it in found.page(number) if it.waits), None)
    return answer(request, "workspace.html", context_of(request, found, first, page=number, view="list"))


def _page(request: Request, found: Listing) -> int:
    asked = request.query_params.get("page", "")
    return min(max(1, int(asked)), found.pages) if asked.isdecimal() and len(asked) < 6 else 1
