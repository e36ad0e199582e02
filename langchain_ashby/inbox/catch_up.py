"""Finds open questions that are not on the list: an older version asked them, or a crash intervened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.store.base import BaseStore

from langchain_ashby.agent.approval.threads import Agent, WaitingThread, find_waiting
from langchain_ashby.agent.execution.store import thread_label
from langchain_ashby.agent.execution.waiting import all_closed, keep, place_of, places, waiting, withdraw


class CatchUp:
    """Looks for open questions in the threads: in all at first, then in those that changed.

    Args:
        agent: The agent that asked.
        store: Its store.
    """

    def __init__(self, agent: Agent, store: BaseStore) -> None:
        self._agent = agent
        self._store = store
        self._looked: datetime | None = None
        self._due: datetime | None = None
        self._unreadable: list[str] = []
        self._is_over = False

    def look(self, now: datetime) -> int:
        """Looks, unless it has within the last minute. Returns the number of questions it added to the list."""
        saver = self._agent.checkpointer
        is_early = self._due is not None and timedelta(0) < self._due - now <= _EVERY  # else the clock was set back
        if not isinstance(saver, BaseCheckpointSaver) or is_early:
            return 0
        since = min(self._looked, now) - _CLOCKS_APART if self._looked else None
        looked = find_waiting(self._agent, saver, changed_since=since, go_on=lambda: not self._is_over)
        # Most of these are another program's. But a database may also have been away for a moment.
        again = [find_waiting(self._agent, saver, it) for it in self._unreadable[:_AGAIN]]
        still = [*self._unreadable[_AGAIN:], *looked.unreadable, *(it for one in again for it in one.unreadable)]
        self._unreadable = list(dict.fromkeys(still))
        found = {it.thread_id: it for one in (*again, looked) for it in one.waiting}.values()
        # Upkeep handles those that were just closed: their answer may be in progress.
        known = {*places(self._store), *map(place_of, all_closed(self._store))}
        missing = [it for it in found if (thread_label(it.thread_id), it.state.interrupts[0].id) not in known]
        for thread in missing:
            self._list(thread)
        self._looked, self._due = now, now + _EVERY
        return len(missing)

    def end(self) -> None:
        """Stops a look in progress."""
        self._is_over = True

    def _list(self, thread: WaitingThread) -> None:
        [interrupt, *_] = thread.state.interrupts
        proposals = thread.state.values["proposals"]
        users = {it["on_behalf_of"] for it in proposals if it.get("on_behalf_of")}
        settings: dict[str, Any] = {"on_behalf_of": users.pop()} if len(users) == 1 else {}
        entry = waiting(
            interrupt.id,
            thread.thread_id,
            interrupt.value,
            proposals=proposals,
            messages=thread.state.values["messages"],
            requester=None,
            settings=settings,
            ttl=None,
        )
        if thread.since is not None:
            entry["since"] = thread.since.isoformat()
        keep(self._store, entry)
        # It may have been answered just before it was listed, so nothing took it off the list.
        still = self._agent.get_state({"configurable": {"thread_id": thread.thread_id}}).interrupts
        if interrupt.id not in {it.id for it in still}:
            withdraw(self._store, thread.thread_id)


_EVERY = timedelta(minutes=1)
_CLOCKS_APART = timedelta(minutes=10)
_AGAIN = 20
"""So many threads that could not be read are tried again each time, in turn."""
