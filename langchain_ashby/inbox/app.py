"""The inbox as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.tools import BaseTool
from langgraph.store.base import BaseStore
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from langchain_ashby.agent.run.compiled import RecruitingAgent
from langchain_ashby.inbox import events, words
from langchain_ashby.inbox.catch_up import CatchUp
from langchain_ashby.inbox.door import AtTheDoor, Door
from langchain_ashby.inbox.events import Events
from langchain_ashby.inbox.evidence import Evidence
from langchain_ashby.inbox.inbox import Inbox
from langchain_ashby.inbox.later import Later
from langchain_ashby.inbox.notifications import Notifier
from langchain_ashby.inbox.outbox import Agent, Outbox
from langchain_ashby.inbox.pages import batch, card, edit, outcomes, sign_in, strip
from langchain_ashby.inbox.pages.shared import OnTheClock, common
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.inbox.reviewers import Identify, Routing, SignIn
from langchain_ashby.inbox.security import Guard, Place
from langchain_ashby.inbox.trail import Trail
from langchain_ashby.inbox.undoing import Undos
from langchain_ashby.text.html import safe
from langchain_ashby.text.words import lasting

_HERE = Path(__file__).parent
_log = logging.getLogger(__name__)


def create_app(
    agent: Agent,
    *,
    reviewers: SignIn | Identify,
    routing: Routing | None = None,
    base_url: str | None = None,
    store: BaseStore | None = None,
    notifier: Notifier | None = None,
    title: str = "Approvals",
    time_zone: str | None = None,
    undo: timedelta = timedelta(seconds=5),
    stop_before_model: bool = False,
) -> Starlette:
    """Makes the inbox of an agent as a Starlette application.

    Args:
        agent: The agent, made with `create_recruiting_agent`, or a graph with it as a node.
        reviewers: How it identifies people: `LocalToken`, `OpenIDConnect`, `TrustedHeader`, or a function of the
            request that returns a `Reviewer`, or None for a stranger. The function may be async.
        routing: Who sees and decides what. By default every reviewer decides on everything.
        base_url: Where browsers find it, such as `https://example.com/inbox`. Without it, only browsers on this machine
            are answered.
        store: The agent's store, if it was not compiled with one.
        notifier: Notifies people of what is waiting for them; None for no notifications.
        title: The inbox's name on its pages.
        time_zone: The time zone of the pages, such as `Europe/Berlin`, if the browser's own is not known.
        undo: How long a decision can be undone before it is sent to the agent.
        stop_before_model: Carry out decisions, then stop: the agent has no model.

    Raises:
        ValueError: if there is no store, `base_url` is not an address, or the time zone does not exist.

    The application delivers decisions in the background while its lifespan runs. A server runs the lifespan by itself;
    if the inbox is mounted in another application, that one has to, with `app.router.lifespan_context(app)` in its own.
    """
    place = Place.at(base_url)
    if time_zone is not None:
        ZoneInfo(time_zone)
    store = store or agent.store
    if store is None:
        raise ValueError("The inbox needs the agent's store: pass store=….")
    door = Door(reviewers, store, routing or Routing())
    questions = Questions(store)
    trail = Trail(store)
    outbox = Outbox(agent, store, undo=undo, stop_before_model=stop_before_model, questions=questions)
    tools = _tools_of(agent)
    inbox = Inbox(
        agent=agent,
        store=store,
        questions=questions,
        outbox=outbox,
        events=Events(questions, outbox),
        later=Later(store),
        evidence=Evidence(agent, tools.values()),
        trail=trail,
        undos=Undos(agent, trail, questions),
        tools=tools,
        templates=_templates(),
        door=door,
        place=place,
        title=title,
        time_zone=time_zone,
        undo=undo,
    )
    running = False

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        nonlocal running
        stopping = asyncio.Event()
        catch_up = CatchUp(agent, inbox.store)
        chores: list[Callable[[datetime], Awaitable[object]]] = [
            _in_thread(inbox.outbox.deliver),
            _in_thread(inbox.events.look),
            _in_thread(catch_up.look),
            _in_thread(inbox.trail.read_ahead),
        ]
        if notifier is not None:
            chores.append(_in_thread(partial(_notify, inbox, notifier)))
        tasks = [asyncio.create_task(_repeat(chore, stopping)) for chore in chores]
        running = True
        try:
            with inbox.events.closing_with_the_server():
                yield
        finally:
            running = False
            stopping.set()
            catch_up.end()
            inbox.events.close()
            await asyncio.gather(*tasks)
            await run_in_threadpool(inbox.outbox.close)  # a write in progress is finished
            if notifier is not None:
                await run_in_threadpool(notifier.close)

    def again(request: Request) -> Response:
        return _templates().TemplateResponse(request, "again.html", {"address": request.url})

    sign_in_routes = reviewers.routes() if isinstance(reviewers, SignIn) else []
    app = Starlette(
        routes=[
            Route("/", card.show_all, name="queue"),
            Route("/approvals/{interrupt_id}/{number:int}", card.show, name="card"),
            Route("/approvals/{interrupt_id}/{number:int}/decision", card.decide, methods=["POST"], name="decide"),
            Route(
                "/approvals/{interrupt_id}/{number:int}/take-back", card.take_back, methods=["POST"], name="take_back"
            ),
            Route("/approvals/{interrupt_id}/{number:int}/put-off", card.put_off, methods=["POST"], name="put_off"),
            Route("/approvals/{interrupt_id}/{number:int}/edit", edit.show, name="edit"),
            Route("/approvals/{interrupt_id}/{number:int}/edit", edit.send, methods=["POST"]),
            Route("/approvals/{interrupt_id}/{number:int}/evidence", card.evidence, name="evidence"),
            Route("/events", events.stream, name="events"),
            Route("/events/poll", events.poll, name="events_poll"),
            Route("/outcomes", outcomes.show, name="outcomes"),
            Route("/outcomes.csv", outcomes.as_csv, name="outcomes_csv"),
            Route("/outcomes.jsonl", outcomes.as_jsonl, name="outcomes_jsonl"),
            Route("/outcomes/{row_id}", outcomes.one, name="outcome"),
            Route("/outcomes/{row_id}/undo", outcomes.propose, methods=["POST"], name="undo"),
            Route("/strip", strip.show, name="strip"),
            Route("/take-back", strip.take_back, methods=["POST"], name="take_back_all"),
            Route("/batch", batch.show, name="batch"),
            Route("/batch", batch.decide, methods=["POST"], name="decide_batch"),
            *sign_in_routes,
            *([Route("/sign-out", sign_in.sign_out, methods=["POST"], name="sign_out")] if sign_in_routes else []),
            Mount("/static", StaticFiles(directory=_HERE / "static"), name="static"),
        ],
        middleware=[
            Middleware(OnTheClock),
            Middleware(Guard, place=place, problem=sign_in.problem, is_running=lambda: running),
            Middleware(AtTheDoor, door=door, problem=sign_in.problem, again=again),
        ],
        exception_handlers={HTTPException: sign_in.failed},
        lifespan=lifespan,
    )
    app.state.inbox = inbox
    return app


@cache
def _templates() -> Jinja2Templates:
    """The templates of the pages. All inboxes of a process share them, as compiling them takes longer than a page."""
    templates = Jinja2Templates(_HERE / "templates", context_processors=[_who, common])
    templates.env.filters |= {
        "safe_text": safe,
        "apart": words.apart,
        "line": words.line,
        "age": words.age,
        "became_of": words.became_of,
        "ago": words.ago,
        "soon": words.is_soon,
        "decided": words.decided,
        "moment": words.moment,
        "reason_of": words.reason_of,
    }
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    return templates


def _who(request: Request) -> dict[str, Any]:
    """What every template knows: the `reviewer`, if one is signed in, and `csrf_field()` for forms."""
    token = getattr(request.state, "csrf_token", None)
    field = Markup('<input type="hidden" name="csrf" value="{}">').format(token or "")
    return {
        "reviewer": getattr(request.state, "reviewer", None),
        "csrf_token": token,
        "csrf_field": lambda: field,
        "can_sign_out": token is not None and request.app.state.inbox.door.has_sign_in,
        "inbox_title": request.app.state.inbox.title,
        "undo_for": lasting(request.app.state.inbox.undo.total_seconds()) if request.app.state.inbox.undo else "",
    }


def _tools_of(agent: Agent) -> dict[str, BaseTool]:
    """The tools of the agents in a graph, by name."""
    graphs = [agent, *(graph for _, graph in agent.get_subgraphs(recurse=True))]
    return {
        name: it for graph in graphs if isinstance(graph, RecruitingAgent) for name, it in graph.limits.tools.items()
    }


def _notify(inbox: Inbox, notifier: Notifier, now: datetime) -> None:
    notifier.tick(now, inbox.store, inbox.questions.all(), inbox.trail)


def _in_thread(work: Callable[[datetime], object]) -> Callable[[datetime], Awaitable[object]]:
    async def chore(now: datetime) -> object:
        return await run_in_threadpool(work, now)

    return chore


async def _repeat(chore: Callable[[datetime], Awaitable[object]], stopping: asyncio.Event) -> None:
    """Repeats a chore, even after it failed. Error messages may name people, so only their type is logged."""
    failures = 0
    while not stopping.is_set():
        try:
            await chore(datetime.now(UTC))
        except Exception as error:
            failures += 1
            if failures & (failures - 1) == 0:  # the 1st, 2nd, 4th, … time: an outage may last for hours
                _log.error("Background work of the inbox failed: %s (%d in a row)", type(error).__name__, failures)
        else:
            failures = 0
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), min(_PAUSE * 2 ** min(failures, 3), _LONGEST_PAUSE))


_PAUSE = 0.5  # seconds
_LONGEST_PAUSE = 4.0
