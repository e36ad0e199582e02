"""Decisions that are made but not carried out yet, because other changes of the same message are still open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.execution.store import list_items, load, put_op, thread_label


class Drafts:
    """A reviewer's unsent decisions in one thread.

    A decision counts for exactly the change that was shown: an action with other arguments or another card has none.

    Args:
        store: The agent's store.
        thread_id: The thread.
        reviewer: The person who decides. What somebody else decided is not theirs.
    """

    def __init__(self, store: BaseStore, thread_id: str, reviewer: str | None) -> None:
        self._store = store
        self._namespace = ("langchain_ashby", "drafts", thread_label(thread_id))
        self._reviewer = reviewer

    def read(self, actions: Sequence[dict[str, Any]]) -> list[dict[str, Any] | None]:
        """The decision about each action; None if there is none."""
        found = {item.key: item for item in list_items(self._store, self._namespace)}
        keys = map(self._key, actions)
        return [load(found[key]) if key in found else None for key in keys]

    def keep(self, actions: Sequence[dict[str, Any]], decisions: Sequence[dict[str, Any] | None]) -> None:
        """Keeps the decisions that are made."""
        pairs = [(self._key(action), it) for action, it in zip(actions, decisions, strict=True) if it is not None]
        if pairs:
            self._store.batch([put_op(self._namespace, key, decision) for key, decision in pairs])

    def clear(self) -> None:
        """Deletes all drafts of the thread, whoever made them."""
        if items := list_items(self._store, self._namespace):
            self._store.batch([PutOp(self._namespace, item.key, None) for item in items])

    def _key(self, action: dict[str, Any]) -> str:
        return sha256(json.dumps([self._reviewer, action], sort_keys=True, default=str).encode()).hexdigest()[:32]
