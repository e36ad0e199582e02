"""The threads of a database in which changes are waiting for a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import StateSnapshot

from langchain_ashby.agent.approval.pending import PendingApprovals

Agent = CompiledStateGraph[Any, Any, Any, Any]


@dataclass(frozen=True)
class WaitingThread:
    """A thread with open changes.

    Attributes:
        thread_id: The thread's name.
        since: When they were proposed, if known.
        actions: The changes, as the agent proposed them.
        state: The thread's state.
    """

    thread_id: str
    since: datetime | None
    actions: list[dict[str, Any]]
    state: StateSnapshot


@dataclass(frozen=True)
class Found:
    """The threads with open changes, those that wait longest first, and the names of other programs' threads."""

    waiting: list[WaitingThread]
    unreadable: list[str]


def find_waiting(
    agent: Agent,
    checkpointer: BaseCheckpointSaver[Any],
    only: str | None = None,
    *,
    changed_since: datetime | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Found:
    """Looks through all threads, at one, or at those that changed since a time; not to the end if told not to go on."""
    waiting, unreadable = [], []
    for thread_id in [only] if only else _thread_ids(checkpointer, changed_since, go_on):
        if not go_on():
            break
        try:
            found = _read(agent, thread_id)
        except Exception:  # another program's graph keeps what it likes, and fails in its own ways on this one
            unreadable.append(thread_id)
        else:
            waiting += [found] if found else []
    return Found(sorted(waiting, key=lambda it: (it.since is not None, it.since)), unreadable)


def _thread_ids(checkpointer: BaseCheckpointSaver[Any], since: datetime | None, go_on: Callable[[], bool]) -> list[str]:
    # All are listed before any is read: some savers cannot do both at a time.
    found = _newest_first(checkpointer, since or _EVER, go_on)
    configs = [it.config.get("configurable", {}) for it in found]
    return list(dict.fromkeys(str(it["thread_id"]) for it in configs if not it.get("checkpoint_ns")))


def _newest_first(
    checkpointer: BaseCheckpointSaver[Any], since: datetime, go_on: Callable[[], bool]
) -> Iterator[CheckpointTuple]:
    """The checkpoints of all threads since a time, in pages, between which others can use the saver."""
    if isinstance(checkpointer, InMemorySaver):  # it lists thread by thread
        yield from checkpointer.list(None)
        return
    before: RunnableConfig | None = None
    while go_on() and (page := list(checkpointer.list(None, before=before, limit=_PAGE))):
        new = [it for it in page if datetime.fromisoformat(it.checkpoint["ts"]) >= since]
        yield from new
        if not new:
            return
        before = page[-1].config


def _read(agent: Agent, thread_id: str) -> WaitingThread | None:
    config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
    state = agent.get_state(config)
    if not state.interrupts:
        return None
    actions = [dict(action) for action in PendingApprovals(state.interrupts)]
    # Any agent can ask in this form, but only this one keeps proposals in the thread.
    proposed = [proposal["call"]["id"] for proposal in state.values.get("proposals", [])]
    if not actions or proposed != [action["tool_call_id"] for action in actions]:
        raise ValueError("the thread is waiting for something that this agent did not propose")
    since = datetime.fromisoformat(state.created_at) if state.created_at else None
    return WaitingThread(thread_id, since, actions, state)


_PAGE = 500
_EVER = datetime.min.replace(tzinfo=UTC)
