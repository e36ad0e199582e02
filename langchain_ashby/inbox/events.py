"""Tells open pages what changes: by server-sent events, or on request for pages that cannot receive them.

One look at the store, every half a second, serves all pages of the process. Each page is told only what its reviewer
may see: ids and numbers, never a name of a candidate.
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from langchain_ashby.inbox.outbox import Kept, Outbox
from langchain_ashby.inbox.questions import Approval, Questions
from langchain_ashby.inbox.reviewers import Reviewer

Decided = tuple[str, str]
"""Who decided what."""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot: the waiting changes, by their address, and the decisions on them."""

    waiting: Mapping[str, Approval]
    decided: Mapping[str, Decided]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Snapshot)
            and self.waiting.keys() == other.waiting.keys()
            and self.decided == other.decided
        )


@dataclass(frozen=True)
class View:
    """What one reviewer sees of it, and the outcomes of their own decisions."""

    waiting: frozenset[str] = frozenset()
    decided: Mapping[str, Decided] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many changes wait for a decision."""
        return len(self.waiting - self.decided.keys())

    @property
    def id(self) -> str:
        """Identifies it."""
        all_of_it = json.dumps([sorted(self.waiting), sorted(self.decided.items()), sorted(self.outcomes.items())])
        return sha256(all_of_it.encode()).hexdigest()[:16]


class Page:
    """An open page that is told what changes."""

    def __init__(self, reviewer: Reviewer, loop: asyncio.AbstractEventLoop) -> None:
        self.reviewer = reviewer
        self.changed = asyncio.Event()
        self._loop = loop

    def wake(self) -> None:
        """Tells the page, from any thread, that it should look again."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.changed.set)


class Events:
    """What changes.

    Args:
        questions: The open questions.
        outbox: The decisions about it.
    """

    def __init__(self, questions: Questions, outbox: Outbox) -> None:
        self._questions = questions
        self._outbox = outbox
        self._pages: set[Page] = set()
        self._guard = threading.Lock()
        self._past: deque[tuple[float, Snapshot]] = deque()
        self._outcomes: dict[str, dict[str, tuple[datetime, str]]] = {}
        self._closed = False

    def look(self, now: datetime) -> None:
        """Looks at the store. Called every half a second, from a thread."""
        snapshot = self._snapshot()
        with self._guard:
            pages = [*self._pages]
        outcomes = {name: self._outcomes_of(name) for name in {it.reviewer.name for it in pages}}
        with self._guard:
            changed = not self._past or self._past[-1][1] != snapshot or self._outcomes != outcomes
            self._outcomes = outcomes
            self._past.append((time.monotonic(), snapshot))
            while len(self._past) > 2 and self._past[1][0] < time.monotonic() - _LOADING:
                self._past.popleft()
        if changed:
            for page in pages:
                page.wake()

    def close(self) -> None:
        """Ends all streams: a server waits for them before it ends."""
        self._closed = True
        with self._guard:
            pages = [*self._pages]
        for page in pages:
            page.wake()

    @contextmanager
    def closing_with_the_server(self) -> Iterator[None]:
        """Closes as soon as the process is told to end: servers first wait for open responses, then for the rest."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {it: signal.getsignal(it) for it in (signal.SIGINT, signal.SIGTERM)}

        def handle(number: int, frame: Any) -> None:
            self.close()
            handler = before[signal.Signals(number)]
            if callable(handler):
                handler(number, frame)

        ours = [it for it, handler in before.items() if callable(handler)]
        for it in ours:
            signal.signal(it, handle)
        try:
            yield
        finally:
            for it in ours:
                if signal.getsignal(it) is handle:
                    signal.signal(it, before[it])

    async def stream(self, reviewer: Reviewer, since: str | None) -> AsyncIterator[str]:
        """Yields events until the page leaves, the inbox ends, or a minute is over: the browser then comes back.

        Args:
            reviewer: Who looks at the page.
            since: The id of the latest event that the page had.
        """
        page = Page(reviewer, asyncio.get_running_loop())
        with self._guard:
            self._pages.add(page)
        try:
            yield f"retry: {_RETRY}\n\n"
            told = await run_in_threadpool(self._before, reviewer)
            until = time.monotonic() + _LIFE
            while not self._closed and time.monotonic() < until:
                page.changed.clear()
                now = await run_in_threadpool(self.view, reviewer)
                events = [*_differences(told, now)]
                if since is not None:  # what was missed is not known: the page has to look at everything
                    events = [("waiting", {"count": now.count})] if since != now.id else []
                told, since = now, None
                for name, data in events:
                    yield f"event: {name}\nid: {now.id}\ndata: {json.dumps(data)}\n\n"
                try:
                    await asyncio.wait_for(page.changed.wait(), _HEARTBEAT)
                except TimeoutError:
                    yield ":\n\n"
        finally:
            with self._guard:
                self._pages.discard(page)

    def view(self, reviewer: Reviewer) -> View:
        """What a reviewer sees as of the latest look."""
        with self._guard:
            snapshot = self._past[-1][1] if self._past else None
            outcomes = self._outcomes.get(reviewer.name)
        outcomes = self._outcomes_of(reviewer.name) if outcomes is None else outcomes
        return _view(reviewer, snapshot or self._snapshot(), {key: it for key, (_, it) in outcomes.items()})

    def _before(self, reviewer: Reviewer) -> View:
        """What a reviewer saw while the page was loading: what came since may not be on it."""
        with self._guard:
            snapshot = self._past[0][1] if self._past else None
        before = datetime.now(UTC) - timedelta(seconds=_LOADING)
        outcomes = {key: it for key, (at, it) in self._outcomes_of(reviewer.name).items() if at < before}
        return _view(reviewer, snapshot or self._snapshot(), outcomes)

    def _snapshot(self) -> Snapshot:
        waiting = {it.address: it for it in self._questions.approvals()}
        return Snapshot(waiting, {_address(it): _decided(it) for it in self._outbox.all().values()})

    def _outcomes_of(self, name: str) -> dict[str, tuple[datetime, str]]:
        return {it.key: (it.at, it.outcome) for it in self._outbox.results.of(name, unseen=False)}


async def stream(request: Request) -> Response:
    """Sends events while the page is open."""
    events: Events = request.app.state.inbox.events
    told = events.stream(request.state.reviewer, request.headers.get("last-event-id"))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy must not hold them back
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


def poll(request: Request) -> Response:
    """Says whether anything has changed since `since`, an id from an earlier answer; `id` is the present one."""
    events: Events = request.app.state.inbox.events
    now = events.view(request.state.reviewer)
    answer = {"id": now.id, "count": now.count, "changed": request.query_params.get("since") != now.id}
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _view(reviewer: Reviewer, snapshot: Snapshot, outcomes: Mapping[str, str]) -> View:
    waiting = frozenset(address for address, it in snapshot.waiting.items() if reviewer.may_see(it))
    return View(waiting, {it: by for it, by in snapshot.decided.items() if it in waiting}, outcomes)


def _differences(before: View, now: View) -> Iterator[tuple[str, dict[str, Any]]]:
    if before.waiting != now.waiting:
        new, gone = sorted(now.waiting - before.waiting), sorted(before.waiting - now.waiting)
        yield "waiting", {"count": now.count, "new": new, "gone": gone}
    changed = {it for it in now.waiting if before.decided.get(it) != now.decided.get(it)}
    for address in sorted(changed):
        by, decision = now.decided.get(address, (None, None))
        yield "decided", {"count": now.count, "address": address, "by": by, "decision": decision}
    for key in sorted(now.outcomes.items() - before.outcomes.items()):
        interrupt_id, number = key[0].rsplit(".", 1)
        yield "outcome", {"count": now.count, "address": f"/approvals/{interrupt_id}/{number}", "outcome": key[1]}


def _address(kept: Kept) -> str:
    return f"/approvals/{kept.interrupt_id}/{kept.number}"


def _decided(kept: Kept) -> Decided:
    return kept.reviewer, str(kept.decision.get("type"))


_HEARTBEAT = 15.0  # seconds, less than proxies wait
_LIFE = 60.0
"""Seconds after which a page has to come back, and to show again who looks at it."""
_LOADING = 5.0
"""Seconds that a page may take to load."""
_RETRY = 1000  # milliseconds
