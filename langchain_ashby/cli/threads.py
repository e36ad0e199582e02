"""The threads of a database in which changes are waiting for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from langchain_ashby.agent import PendingApprovals

Agent = CompiledStateGraph[Any, Any, Any, Any]


@dataclass(frozen=True)
class WaitingThread:
    """A thread with open changes.

    Attributes:
        thread_id: The thread's name.
        since: When they were proposed, if known.
        actions: The changes, as the agent proposed them.
    """

    thread_id: str
    since: datetime | None
    actions: list[dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """The threads with open changes, those that wait longest first, and the names of other programs' threads."""

    waiting: list[WaitingThread]
    unreadable: list[str]


def find_waiting(agent: Agent, checkpointer: BaseCheckpointSaver[Any], only: str | None = None) -> Found:
    """Looks through all threads, or at one."""
    waiting, unreadable = [], []
    for thread_id in [only] if only else _thread_ids(checkpointer):
        try:
            found = _read(agent, thread_id)
        except Exception:  # another program's graph keeps what it likes, and fails in its own ways on this one
            unreadable.append(thread_id)
        else:
            waiting += [found] if found else []
    return Found(sorted(waiting, key=lambda it: (it.since is not None, it.since)), unreadable)


def _thread_ids(checkpointer: BaseCheckpointSaver[Any]) -> list[str]:
    # All are listed before any is read: some savers cannot do both at a time.
    configs = [it.config.get("configurable", {}) for it in checkpointer.list(None)]
    return list(dict.fromkeys(str(it["thread_id"]) for it in configs if not it.get("checkpoint_ns")))


def _read(agent: Agent, thread_id: str) -> WaitingThread | None:
    config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
    state = agent.get_state(config)
    if not state.interrupts:
        return None
    actions = [dict(action) for action in PendingApprovals(state.interrupts)]
    # Any agent can ask in this form, but only this one keeps proposals in the thread.
    proposed = [proposal["call"]["id"] for proposal in state.values["proposals"]]
    if not actions or proposed != [action["tool_call_id"] for action in actions]:
        raise ValueError("the thread is waiting for something that this agent did not propose")
    return WaitingThread(thread_id, datetime.fromisoformat(state.created_at) if state.created_at else None, actions)
