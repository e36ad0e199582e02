"""The agent as a LangGraph server runs it: its threads are read and resumed through the server.

If a second graph on the server's database did this, the server would not notice: it would keep listing the thread as
interrupted, and its streams would stay silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from langchain_core.messages import AnyMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.store.base import BaseStore
from langgraph.types import Command, Interrupt, PregelTask, StateSnapshot
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import APIStatusError, ConflictError, NotFoundError
from langgraph_sdk.schema import Run
from pydantic import TypeAdapter

from langchain_ashby.agent.run.compiled import QuestionClosedError, RecruitingAgent
from langchain_ashby.agent.run.context import SettingsError
from langchain_ashby.errors import AshbyError
from langchain_ashby.inbox.threads import finished
from langchain_ashby.server.paths import INBOX_PERMISSION


class ServerRunError(AshbyError):
    """The server did not run the agent, or its run failed."""

    default_code = "server_run_failed"


class ServerThreads:
    """Gives access to a server's threads, through its own API in this process.

    Args:
        client: A client of the server.
        assistant: The name of the agent in `langgraph.json`, for threads that the server has forgotten.
        loop: The server's event loop.
    """

    def __init__(self, client: LangGraphClient, assistant: str, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._client = client
        self._assistant = assistant

    async def state(self, thread_id: str) -> StateSnapshot | None:
        """Reads the state of a thread; None if the server does not know the thread."""
        try:
            return _snapshot(await self._client.threads.get_state(thread_id, subgraphs=True))
        except NotFoundError:
            return None

    async def run(self, start: Command[Any] | None, thread_id: str, settings: Mapping[str, Any]) -> None:
        """Runs the agent in a thread until it ends or asks.

        Raises:
            QuestionClosedError: if the question of an answer is not open.
            SettingsError: if the settings are not allowed.
            ServerRunError: if the thread is busy, or the run failed.
        """
        try:
            # In its own task: the server takes the run's user from the context in which it is created.
            run = await asyncio.create_task(self._created(start, thread_id, settings))
        except ConflictError:
            raise ServerRunError("The thread is busy with another run") from None
        except APIStatusError as error:  # from the server's auth handler, for example
            raise ServerRunError(f"The server refused the run with status {error.status_code}") from None
        # Not `wait`: that would cancel the run if this process stopped listening.
        _check(await self._client.runs.join(thread_id, run["run_id"]))

    async def _created(self, start: Command[Any] | None, thread_id: str, settings: Mapping[str, Any]) -> Run:
        """Creates a run as the inbox, acting for the user for whom the change was proposed."""
        from langgraph_api.auth.custom import normalize_user
        from langgraph_api.utils import set_auth_ctx

        assistant = await self._assistant_of(thread_id)
        # The run would otherwise inherit the user from the thread, and with it the reviewer.
        inbox = {"identity": "", "names_reviewers": True, "ashby_user_id": settings.get("on_behalf_of")}
        set_auth_ctx(normalize_user(inbox), [INBOX_PERMISSION])
        return await self._client.runs.create(
            thread_id,
            assistant,
            command=None if start is None else {"resume": start.resume},
            context=dict(settings),
            durability="sync",
            # A queued answer would reach a thread that has moved on.
            multitask_strategy="reject",
            if_not_exists="create",
        )

    async def _assistant_of(self, thread_id: str) -> str:
        """Returns the assistant that last ran in a thread: it brings the settings that the run did not give."""
        try:
            thread = await self._client.threads.get(thread_id)
        except NotFoundError:
            return self._assistant
        return str((thread["metadata"] or {}).get("assistant_id") or self._assistant)


class ServedAgent(RecruitingAgent):
    """The agent, with its threads run by the server. Use it outside the thread of the event loop.

    Threads whose ids are not UUIDs, such as those of an undo, cannot be on a server. They run here, if there is a
    checkpointer for them.

    Args:
        server: The server's threads.
        parts: The parts of the compiled graph.
    """

    def __init__(self, *, server: ServerThreads, **parts: Any) -> None:
        super().__init__(**parts)
        self.server = server

    @classmethod
    def served(
        cls,
        agent: RecruitingAgent,
        server: ServerThreads,
        store: BaseStore,
        checkpointer: BaseCheckpointSaver[Any] | None,
    ) -> ServedAgent:
        """Makes the agent, with the server's store and a checkpointer for threads that are not the server's."""
        parts = {name: value for name, value in vars(agent).items() if name != "__orig_class__"}
        return cls(**{**parts, "store": store, "checkpointer": checkpointer}, server=server)

    def get_state(self, config: RunnableConfig, *, subgraphs: bool = False) -> StateSnapshot:
        """Reads a thread from the server; from the checkpointer if the server does not know it."""
        if thread_id := _of_server(config):
            found = finished(self.server.state(thread_id), self.server.loop)
            if found is not None:
                return found
        # `langgraph dev`, when killed, forgets the threads of the last ten seconds.
        return super().get_state(config, subgraphs=subgraphs) if self.checkpointer else _NO_STATE

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Runs the agent until it ends or asks. A run on the server has no output; read the thread's state instead."""
        thread_id = _of_server(config)
        if thread_id is None:
            return await super().ainvoke(input, config, **kwargs)
        await self.server.run(input, thread_id, kwargs.get("context") or {})
        return None

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Does the same as `ainvoke`, for callers in another thread."""
        return finished(self.ainvoke(input, config, **kwargs), self.server.loop)


def _of_server(config: RunnableConfig | None) -> str | None:
    """Returns the id of a thread if it can be on a server; otherwise None."""
    thread_id = str(((config or {}).get("configurable") or {}).get("thread_id"))
    try:
        return thread_id if str(UUID(thread_id)) == thread_id else None
    except ValueError:
        return None


def _snapshot(state: Mapping[str, Any]) -> StateSnapshot:
    tasks = tuple(
        PregelTask(
            task["id"],
            task["name"],
            (),
            interrupts=tuple(Interrupt(value=it["value"], id=it["id"]) for it in task["interrupts"]),
            state=_snapshot(task["state"]) if task.get("state") else None,
        )
        for task in state["tasks"]
    )
    values = state["values"]
    if isinstance(values, dict) and "messages" in values:
        values = {**values, "messages": _MESSAGES.validate_python(values["messages"])}
    return _NO_STATE._replace(
        values=values,
        next=tuple(state["next"]),
        created_at=state["created_at"],
        tasks=tasks,
        interrupts=tuple(it for task in tasks for it in task.interrupts),
    )


def _check(outcome: Any) -> None:
    error = outcome.get("__error__") if isinstance(outcome, dict) else None
    if error:
        name, said = str(error.get("error")), str(error.get("message"))
        raise _KNOWN[name](said) if name in _KNOWN else ServerRunError(f"The run on the server failed with {name}")


_MESSAGES = TypeAdapter(list[AnyMessage])
_KNOWN: dict[str, type[AshbyError]] = {it.__name__: it for it in (QuestionClosedError, SettingsError)}
_NO_STATE = StateSnapshot({}, (), {"configurable": {}}, None, None, None, (), ())
