"""The inbox as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from langgraph.store.base import BaseStore
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from langchain_ashby.inbox import words
from langchain_ashby.inbox.evidence import Evidence
from langchain_ashby.inbox.later import Later
from langchain_ashby.inbox.outbox import Agent, Outbox
from langchain_ashby.inbox.pages import batch, card, queue
from langchain_ashby.inbox.pages.shared import common
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.text.html import safe

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Inbox:
    """What the pages share, in `request.app.state.inbox`."""

    agent: Agent
    store: BaseStore
    questions: Questions
    outbox: Outbox
    later: Later
    evidence: Evidence
    templates: Jinja2Templates


def create_app(
    agent: Agent,
    *,
    store: BaseStore | None = None,
    undo: timedelta = timedelta(seconds=5),
    stop_before_model: bool = False,
) -> Starlette:
    """Makes the inbox of an agent as a Starlette application.

    Args:
        agent: The agent, made with `create_recruiting_agent`, or a graph with it as a node.
        store: Its store, if it was not compiled with one.
        undo: How long a decision can be taken back before it leaves.
        stop_before_model: Carry out decisions and go no further: the agent has no model.

    Raises:
        ValueError: if there is no store.
    """
    store = store or agent.store
    if store is None:
        raise ValueError("The inbox reads what waits from the agent's store: pass store=….")
    templates = Jinja2Templates(_HERE / "templates", context_processors=[common])
    templates.env.filters |= {
        "safe_text": safe,
        "apart": words.apart,
        "line": words.line,
        "age": words.age,
        "ago": words.ago,
        "soon": words.is_soon,
        "decided": words.decided,
        "moment": words.moment,
    }
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    inbox = Inbox(
        agent=agent,
        store=store,
        questions=Questions(store),
        outbox=Outbox(agent, store, undo=undo, stop_before_model=stop_before_model),
        later=Later(store),
        evidence=Evidence(agent),
        templates=templates,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.create_task(_deliver(inbox.outbox))
        yield
        delivering.cancel()

    app = Starlette(
        routes=[
            Route("/", queue.show, name="queue"),
            Route("/approvals/{interrupt_id}/{number:int}", card.show, name="card"),
            Route("/approvals/{interrupt_id}/{number:int}/decision", card.decide, methods=["POST"], name="decide"),
            Route(
                "/approvals/{interrupt_id}/{number:int}/take-back", card.take_back, methods=["POST"], name="take_back"
            ),
            Route(
                "/approvals/{interrupt_id}/{number:int}/put-off", card.put_off, methods=["POST"], name="put_off"
            ),
            Route("/approvals/{interrupt_id}/{number:int}/evidence", card.evidence, name="evidence"),
            Route("/batch", batch.show, name="batch"),
            Route("/batch", batch.decide, methods=["POST"], name="decide_batch"),
            Mount("/static", StaticFiles(directory=_HERE / "static"), name="static"),
        ],
        lifespan=lifespan,
    )
    app.state.inbox = inbox
    return app


async def _deliver(outbox: Outbox) -> None:
    while True:
        await run_in_threadpool(outbox.deliver, datetime.now(UTC))
        await asyncio.sleep(_PAUSE)


_PAUSE = 0.5  # seconds
