"""The agent's threads: what is really open in them, and how they are resumed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from langchain_core.messages import AnyMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from langchain_ashby.agent.approval.threads import Agent
from langchain_ashby.agent.messages.history import calls_of, maker_of
from langchain_ashby.agent.state import Approval

T = TypeVar("T")


@dataclass(frozen=True)
class Thread:
    """What a thread's latest checkpoint shows.

    Attributes:
        questions: The requests of its open questions, by the id of their interrupts.
        broke_off: True if a step is left that would be made here, and none of them waits for a person.
        messages: The agent's conversation; empty if there is none.
        approvals: The approved writes of its latest message that may not have been made yet.
    """

    questions: Mapping[str, Mapping[str, Any]]
    broke_off: bool
    messages: list[AnyMessage]
    approvals: list[Approval]

    def is_at(self, call_ids: set[str]) -> bool:
        """True if the conversation's latest message of the model made these calls: nobody has said anything since."""
        maker = maker_of(self.messages)
        return maker is not None and call_ids <= {str(it["id"]) for it in calls_of(maker)}


class Threads:
    """Reads the threads of an agent, and lets them go on. Its methods are called from threads, not from an event loop.

    Args:
        agent: The agent, or a graph with it as a node.
        stop_before_model: Go no further than to the next model call: there is no model.
        patience: How long to wait for a state.
    """

    def __init__(
        self, agent: Agent, *, stop_before_model: bool = False, patience: timedelta = timedelta(seconds=5)
    ) -> None:
        self._agent = agent
        self._stop_before = ["model"] if stop_before_model else None
        self._patience = patience
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="inbox-state")

    def read(self, thread_id: str | None) -> Thread:
        """Reads the state of a thread.

        Raises:
            TimeoutError: if the database does not answer in time.
        """
        reading = self._readers.submit(self._agent.get_state, _config(thread_id), subgraphs=True)
        state = reading.result(timeout=self._patience.total_seconds())
        return _thread(state, may_stop_at=self._stop_before or ())

    def run(self, start: Any, thread_id: str | None, settings: Mapping[str, Any]) -> None:
        """Runs the agent until it ends or asks. With an asynchronous checkpointer it runs in the event loop of that."""
        how: dict[str, Any] = {
            "context": dict(settings),
            "durability": "sync",
            "interrupt_before": self._stop_before,
        }
        if loop := loop_of(self._agent):
            finished(self._agent.ainvoke(start, _config(thread_id), **how), loop)
        else:
            self._agent.invoke(start, _config(thread_id), **how)


def loop_of(agent: Agent) -> asyncio.AbstractEventLoop | None:
    """The event loop of an agent's checkpointer, in which its runs have to be; None if it has none."""
    loop = getattr(agent.checkpointer, "loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None


def finished(run: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
    """Waits in a thread for what runs in an event loop, but not if that has ended.

    Raises:
        RuntimeError: if it has.
    """
    going = asyncio.run_coroutine_threadsafe(run, loop)
    while not going.done():
        wait([going], timeout=1)
        if not going.done() and not loop.is_running():
            raise RuntimeError("the event loop has ended")
    return going.result()


def _config(thread_id: str | None) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id}}


def _thread(state: StateSnapshot, may_stop_at: Collection[str]) -> Thread:
    parts = [*_parts(state)]
    approvals = [it for part in parts for key in ("approvals", "edits") for it in part.values.get(key) or ()]
    messages: list[AnyMessage] = next((found for it in reversed(parts) if (found := it.values.get("messages"))), [])
    return Thread(
        questions={it.id: it.value for it in state.interrupts if isinstance(it.value, Mapping)},
        # Not `next`: that leaves out a step that is made, but died before its checkpoint.
        broke_off=not {it.name for it in state.tasks}.issubset(may_stop_at) and not state.interrupts,
        messages=list(messages),
        approvals=approvals,
    )


def _parts(state: StateSnapshot) -> Iterator[StateSnapshot]:
    """The state, and those of the graphs within it that are not done."""
    if isinstance(state.values, dict):
        yield state
    for task in state.tasks:
        if isinstance(task.state, StateSnapshot):
            yield from _parts(task.state)
