"""The threads in a store, and the changes that wait in them for somebody to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from langchain_ashby.agent import PendingApprovals


@dataclass(frozen=True)
class Open:
    """A thread in which changes wait, as the agent proposed them, and since when."""

    thread_id: str
    since: datetime | None
    actions: list[dict[str, Any]]


def open_threads(
    agent: CompiledStateGraph[Any, Any, Any, Any], threads: BaseCheckpointSaver[Any], only: str | None = None
) -> list[Open]:
    """The threads in which changes wait, those that wait longest first."""
    found = [_look(agent, thread_id) for thread_id in ([only] if only else _names(threads))]
    return sorted(filter(None, found), key=lambda it: (it.since is not None, it.since))


def _names(threads: BaseCheckpointSaver[Any]) -> list[str]:
    # All are read before any is looked at: some savers cannot do both at a time.
    configs = [it.config.get("configurable", {}) for it in threads.list(None)]
    return list(dict.fromkeys(str(it["thread_id"]) for it in configs if not it.get("checkpoint_ns")))


def _look(agent: CompiledStateGraph[Any, Any, Any, Any], thread_id: str) -> Open | None:
    config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
    state = agent.get_state(config)
    actions = [dict(action) for action in PendingApprovals(state.interrupts)]
    # Other agents may keep threads in the same store. What they ask is not for this one to answer.
    if not actions or not all("tool_call_id" in action for action in actions):
        return None
    return Open(thread_id, datetime.fromisoformat(state.created_at) if state.created_at else None, actions)
