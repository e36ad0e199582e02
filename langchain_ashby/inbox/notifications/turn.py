"""Takes turns: of several processes on one store, one sends the notifications.

A store has no compare-and-set. So a process puts its claim, then lists them all, and has its turn only if its claim is
alone: of two that do this at the same time, at least one sees the other. A claim that nobody renews is taken away.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import uuid4

from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.execution.process import has_ended, this_process
from langchain_ashby.agent.execution.store import list_items, load, put_op

NAMESPACE = ("langchain_ashby", "notified", "turn")
PATIENCE = timedelta(minutes=1)
"""For so long a claim may go without being renewed. By the clock of whoever waits: clocks are never compared."""

_RENEWED = timedelta(seconds=10)


class Turn:
    """This process's part in taking turns."""

    def __init__(self, store: BaseStore) -> None:
        self._store = store
        self._own: str | None = None
        self._beat = 0
        self._renewed = datetime.min
        self._seen: dict[str, tuple[int, datetime]] = {}
        self._not_before = 0

    def taken(self, now: datetime) -> bool:
        """True if it is this process's turn; takes it if it is nobody's."""
        if self._own is not None:
            return self.kept(now)
        if self._not_before:
            self._not_before -= 1  # two that came at once would else meet again
            return False
        if self._others(now):
            return False
        name = uuid4().hex
        self._put(name)
        if self._others(now, but=name):
            self._store.batch([PutOp(NAMESPACE, name, None)])
            self._not_before = random.randint(0, 3)
            return False
        self._own, self._renewed = name, now
        return True

    def kept(self, now: datetime) -> bool:
        """True if it still is this process's turn: asked before each message, as a process may have been suspended."""
        if self._own is None:
            return False
        if self._store.get(NAMESPACE, self._own) is None:
            self._own = None
            return False
        if abs(now - self._renewed) >= _RENEWED:
            self._beat += 1
            self._put(self._own)
            self._renewed = now
        return True

    def end(self) -> None:
        """Gives the turn to whoever wants it."""
        if self._own is not None:
            self._store.batch([PutOp(NAMESPACE, self._own, None)])
            self._own = None

    def _put(self, name: str) -> None:
        self._store.batch([put_op(NAMESPACE, name, {"process": this_process(), "beat": self._beat})])

    def _others(self, now: datetime, but: str | None = None) -> bool:
        """True if another process has its turn; takes away the claims of those that are gone."""
        claims = {item.key: load(item) for item in list_items(self._store, NAMESPACE) if item.key != but}
        self._seen = {name: it for name, it in self._seen.items() if name in claims}
        alive = False
        for name, claim in claims.items():
            beat, since = self._seen.setdefault(name, (claim["beat"], now))
            if beat != claim["beat"]:
                self._seen[name] = (claim["beat"], now)
            elif has_ended(claim["process"]) or abs(now - since) >= PATIENCE:
                self._store.batch([PutOp(NAMESPACE, name, None)])
                continue
            alive = True
        return alive
