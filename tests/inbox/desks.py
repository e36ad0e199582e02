"""Agents with open questions, on every kind of store."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from langchain_core.messages import ToolCall
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.memory import InMemoryStore
from langgraph.store.postgres import AsyncPostgresStore, PostgresStore
from langgraph.store.sqlite import SqliteStore
from langgraph.store.sqlite.aio import AsyncSqliteStore

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.inbox.outbox import Agent, Outbox
from langchain_ashby.inbox.questions import Approval, Questions
from langchain_ashby.sandbox import AshbySandbox

KINDS = ["memory", "sqlite", "async sqlite", "postgres", "async postgres"]
Pair = tuple[Any, Any]


@contextmanager
def place(kind: str, directory: Path, postgres: str | None) -> Iterator[Pair]:
    """A checkpointer and a store of a kind, empty."""
    if kind == "memory":
        yield InMemorySaver(), InMemoryStore()
        return
    url = new_database(postgres) if "postgres" in kind and postgres else str(directory / f"{uuid4().hex}.db")
    with at(url, "async" in kind) as pair:
        yield pair


def new_database(postgres: str) -> str:
    """A new database of a cluster."""
    name = f"inbox_{uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return postgres.replace("/postgres?", f"/{name}?")


@contextmanager
def at(url: str, is_async: bool = False) -> Iterator[Pair]:
    """The checkpointer and the store of a file or a database."""
    if is_async:
        with _in_a_loop(_aopened(url)) as pair:
            yield pair
        return
    savers, stores = (PostgresSaver, PostgresStore) if _is_postgres(url) else (SqliteSaver, SqliteStore)
    with savers.from_conn_string(url) as saver, stores.from_conn_string(url) as store:
        saver.setup()
        store.setup()
        yield saver, store


@asynccontextmanager
async def _aopened(url: str) -> AsyncIterator[Pair]:
    kinds: Any = (AsyncPostgresSaver, AsyncPostgresStore) if _is_postgres(url) else (AsyncSqliteSaver, AsyncSqliteStore)
    async with kinds[0].from_conn_string(url) as saver, kinds[1].from_conn_string(url) as store:
        await saver.setup()
        await store.setup()
        yield saver, store


@contextmanager
def _in_a_loop(opened: AbstractAsyncContextManager[Pair]) -> Iterator[Pair]:
    """Opens something in an event loop of its own, as a server does."""
    loop = asyncio.new_event_loop()
    running = threading.Thread(target=loop.run_forever)
    running.start()
    try:
        pair = asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result()
        yield pair
        asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result()
        asyncio.run_coroutine_threadsafe(_end_the_rest(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        running.join()
        loop.close()


async def _end_the_rest() -> None:
    """Ends what a store still runs in its event loop."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _is_postgres(url: str) -> bool:
    return url.startswith("postgresql:")


@dataclass
class Desk:
    """An agent with questions, and an inbox for it."""

    sandbox: AshbySandbox
    agent: Agent
    store: Any
    questions: Questions
    outbox: Outbox

    def ask(self, thread_id: str = "note", **how: Any) -> None:
        """Lets the agent ask in a thread."""
        self.go(thread_id, {"messages": [("user", "Do it.")]}, **how)

    def go(self, thread_id: str, told: Any, **how: Any) -> Any:
        """Runs the agent, in the event loop of its checkpointer if that has one."""
        config: Any = {"configurable": {"thread_id": thread_id}}
        loop = getattr(self.agent.checkpointer, "loop", None)
        if loop is None:
            return self.agent.invoke(told, config, **how)
        return asyncio.run_coroutine_threadsafe(self.agent.ainvoke(told, config, **how), loop).result()

    def approvals(self) -> list[Approval]:
        """What waits."""
        return [*self.questions.approvals()]

    def deliver(self, now: datetime | None = None) -> int:
        """Delivers what is due, and waits."""
        begun = self.outbox.deliver(now or datetime.now(UTC))
        self.outbox.wait()
        return begun

    def notes(self) -> list[str]:
        """The notes that were sent to Ashby."""
        sent = self.sandbox.requests()
        return [it["body"]["note"]["value"] for it in sent if it["endpoint"] == "candidate.createNote"]

    def results(self, reviewer: str = "Ben") -> list[str]:
        """What became of a reviewer's decisions."""
        return [it.outcome for it in self.outbox.results.of(reviewer)]


@cache
def _candidates() -> list[str]:
    """The ids of the candidates of each new sandbox, which are always the same: reading all records takes long."""
    with AshbySandbox() as sandbox:
        return [it["id"] for it in sandbox.records("candidate")]


def note(text: str = "Call back on Monday.", of: int = 0) -> ToolCall:
    """A call that adds a note to a candidate."""
    return call("ashby_create_candidate_note", candidate_id=_candidates()[of], note=text)


def desk(sandbox: AshbySandbox, pair: Pair, *spoken: Any, undo: timedelta = timedelta(0), **how: Any) -> Desk:
    """An agent that says these lines; by default it adds a note."""
    script = lines(*(spoken or (say("I add the note.", note()), say("Done."))))
    checkpointer, store = pair
    client = AshbyClient(sandbox.api_key, sandbox.url)
    agent = create_recruiting_agent(
        ScriptedChatModel(script=script), AshbyToolkit(client), checkpointer=checkpointer, store=store, **how
    )
    questions = Questions(store)
    return Desk(sandbox, agent, store, questions, Outbox(agent, store, undo=undo, questions=questions))


def until(true: Callable[[], object], seconds: float = 10) -> float:
    """Waits until something is true, and returns the seconds that it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.01)
    return time.monotonic() - began
