"""The agent for a LangGraph server: `langgraph dev` in a directory with this project's `langgraph.json` serves it.

`make_graph` reads its settings from the environment:

- `ASHBY_API_KEY`, `ASHBY_BASE_URL`: the key for Ashby. Without one, a sandbox in the server's process replaces Ashby.
- `LANGCHAIN_ASHBY_MODEL`: `PROVIDER:MODEL`, as langchain's `init_chat_model` takes it. Without one, the model is
  scripted, and tells you so.
- `LANGCHAIN_ASHBY_MODELS`: further models that a run may choose, separated by commas.
- `LANGCHAIN_ASHBY_ACT_FOR`: the ids of the Ashby users for whom a run may act, separated by commas, or `anyone`.
  Defaults to anyone on the sandbox; on Ashby only to users that the server authenticated. See `docs/server.md`.

`store` and `checkpointer` keep the journal and the threads of `langgraph dev` in an SQLite file, named by
`LANGCHAIN_ASHBY_DATABASE`. The server's own are in memory and saved every ten seconds: if it is killed in between, it
forgets a write that was made.

`door` decides who is let in; it reads `LANGCHAIN_ASHBY_TOKEN` and `LANGCHAIN_ASHBY_ORIGINS`. With the extra `inbox` it
serves the approval inbox as well, which reads `LANGCHAIN_ASHBY_REVIEWER`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore

from langchain_ashby.agent import Context, create_recruiting_agent
from langchain_ashby.agent.run.chat_model import chat_model
from langchain_ashby.agent.state import Conversation, State
from langchain_ashby.client import AshbyClient
from langchain_ashby.demo.afternoon import recruiters_afternoon
from langchain_ashby.demo.scripted import ScriptedChatModel
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.toolkit import AshbyToolkit

Graph = CompiledStateGraph[State, Context, Conversation, Conversation]

_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()
_FILES = Path(".langgraph_api")


async def make_graph() -> Graph:
    """Makes the agent without checkpointer and store, which the server adds. Made once per process.

    Raises:
        ConfigurationError: if a model cannot be made.
        AshbyError: if the key is invalid.
    """
    await asyncio.to_thread(_keep_private)
    return await asyncio.to_thread(_graph)


@asynccontextmanager
async def store() -> AsyncIterator[BaseStore]:
    """Opens LangGraph's long-term store, which holds the journal and the audit trail."""
    from langgraph.store.sqlite.aio import AsyncSqliteStore

    async with AsyncSqliteStore.from_conn_string(await asyncio.to_thread(_database)) as opened:
        await opened.setup()
        yield opened


@asynccontextmanager
async def checkpointer() -> AsyncIterator[BaseCheckpointSaver[Any]]:
    """Opens the checkpointer, which holds the threads."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with AsyncSqliteSaver.from_conn_string(await asyncio.to_thread(_database)) as opened:
        await opened.setup()
        yield opened


def _graph() -> Graph:
    with _one_at_a_time:
        return _made()


@cache
def _made() -> Graph:
    default = os.environ.get("LANGCHAIN_ASHBY_MODEL", "").strip()
    model: BaseChatModel = chat_model(default) if default else ScriptedChatModel(script=recruiters_afternoon)
    models = {name: chat_model(name) for name in _listed("LANGCHAIN_ASHBY_MODELS")}
    client, anyone = _client()  # last: it may start a sandbox, which would keep running if a model cannot be made
    return create_recruiting_agent(
        model,
        AshbyToolkit(client),
        checkpointer=None,
        store=None,
        models=models,
        act_for="anyone" if anyone else _act_for(),
    )


def _client() -> tuple[AshbyClient, bool]:
    """Makes a client; the second value is True if it uses a sandbox, which ends with this process."""
    if os.environ.get("ASHBY_API_KEY"):
        return AshbyClient(), False
    try:
        from langchain_ashby.sandbox import AshbySandbox
    except ImportError as error:
        raise ConfigurationError("There is no ASHBY_API_KEY, and no sandbox either", remedy=str(error)) from None
    sandbox = AshbySandbox()
    sandbox.start()
    _log.warning("There is no ASHBY_API_KEY: a sandbox stands in for Ashby at %s until this process ends", sandbox.url)
    return AshbyClient(sandbox.api_key, sandbox.url), True


def _act_for() -> Collection[str] | Literal["anyone"]:
    users = _listed("LANGCHAIN_ASHBY_ACT_FOR")
    return "anyone" if users == ["anyone"] else users


def _listed(variable: str) -> list[str]:
    return [name for it in os.environ.get(variable, "").split(",") if (name := it.strip())]


def _database() -> str:
    _keep_private()
    file = Path(os.environ.get("LANGCHAIN_ASHBY_DATABASE", _FILES / "langchain-ashby.db"))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # It holds candidates' data. SQLite gives new files beside it the same mode, but leaves old ones as they are.
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    for it in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm", "-journal"))):
        with suppress(FileNotFoundError):
            it.chmod(0o600)
    return str(file)


def _keep_private() -> None:
    """Makes private the directory where `langgraph dev` saves its list of threads and what was said in them."""
    with suppress(FileNotFoundError):  # other servers have no such directory
        _FILES.chmod(0o700)
