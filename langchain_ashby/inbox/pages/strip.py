"""The outcomes of the reviewer's own decisions, in a corner of each page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from langchain_ashby.inbox.outbox import DecisionError, Kept, Result
from langchain_ashby.inbox.pages.filters import Filters
from langchain_ashby.inbox.pages.listing import listing
from langchain_ashby.inbox.pages.shared import answer, inbox_of, path_for, reviewer_of
from langchain_ashby.text.words import parsed

MOST = 3
"""The most decisions that are told one by one, and the most results: the others are among the outcomes."""


@dataclass(frozen=True)
class Strip:
    """What a reviewer is told.

    Attributes:
        undoable: The decisions that can be undone, oldest first.
        results: What became of others, the oldest first.
        query: The filters of the list, to which an undo leads back.
        undos: The entries of the results that can be undone, by the results' keys.
    """

    undoable: list[Kept]
    results: list[Result]
    query: str
    undos: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_at_once(self) -> bool:
        """True if there are so many that they are undone together."""
        return len(self.undoable) > MOST


def show(request: Request) -> Response:
    """Shows only that."""
    found = listing(request)
    return answer(request, "strip_page.html", {"strip": strip_of(request, found.kept, found.now), "found": found})


async def take_back(request: Request) -> Response:
    """Undoes the reviewer's own decisions that the form names, unless they have been sent."""
    inbox, mine = inbox_of(request), reviewer_of(request).name
    form = await request.form()
    named = {str(it) for it in form.getlist("change")}

    def take() -> None:
        for kept in inbox.outbox.all().values():
            if kept.reviewer == mine and f"{kept.interrupt_id}.{kept.number}" in named:
                with suppress(DecisionError):  # it has been sent: its outcome is told next
                    inbox.outbox.take_back(kept.interrupt_id, kept.number, mine)

    await run_in_threadpool(take)
    return RedirectResponse(path_for(request, "queue") + Filters.of(request.query_params).query, 303)


def strip_of(request: Request, kept: Mapping[tuple[str, int], Kept], now: datetime) -> Strip:
    """Returns what to tell the reviewer now.

    An outcome is told once, to the first request that shows it, and again to windows that ask for those since a time.
    """
    inbox, mine = inbox_of(request), reviewer_of(request).name
    headers = request.headers
    is_shown = request.method != "HEAD" and "prefetch" not in headers.get("sec-purpose", "")
    if not is_shown or headers.get("hx-trigger") in _OTHER_PARTS:
        return Strip([], [], "")
    undoable = sorted((it for it in kept.values() if it.reviewer == mine and it.due > now), key=lambda it: it.due)
    since = parsed(request.query_params.get("since"))
    found = inbox.outbox.results.of(mine, unseen=since is None)
    inbox.outbox.results.mark_seen(mine, [it.key for it in found if not it.seen])
    results = [it for it in found if not it.seen or (since and it.at > since)][-MOST:]
    undos = inbox.undos.of_results(results, reviewer_of(request))
    return Strip(undoable, results, Filters.of(request.query_params).query, undos)


_OTHER_PARTS = ("rows", "pane", "filters")
"""The ids of parts that a page fetches without this one."""
