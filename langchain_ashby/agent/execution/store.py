"""Storage of the journal and the audit trail in a LangGraph store.

A value is kept as one text of ASCII: stores refuse much that a model or a person may have written (a lone surrogate, a
null character, a number of more than 64 bits), and what was written must be read back exactly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from langgraph.store.base import BaseStore, Item, PutOp
from langgraph.store.memory import InMemoryStore

VERSION = 1
"""Goes up when a stored value changes its meaning."""


def put_op(namespace: tuple[str, ...], key: str, value: Mapping[str, Any]) -> PutOp:
    """A PutOp without index or time to live."""
    return PutOp(namespace, key, {"version": VERSION, "json": json.dumps(value)}, index=False, ttl=None)


def load(item: Item) -> dict[str, Any]:
    """The value of an item.

    Raises:
        ValueError: if another version of this package wrote it: guessing would be worse.
    """
    if item.value.get("version") != VERSION:
        raise ValueError(
            f"This version of langchain-ashby cannot read a record in the store ({item.namespace}, {item.key}). "
            "Run the version that wrote it, or a newer one."
        )
    value: dict[str, Any] = json.loads(item.value["json"])
    return value


def list_items(store: BaseStore, namespace: tuple[str, ...]) -> list[Item]:
    """All items of a namespace, in no particular order."""
    for _ in range(_TRIES):
        try:
            found = store.search(namespace, limit=_MOST)
        except RuntimeError:
            # InMemoryStore fails if another thread writes while it searches.
            if not isinstance(store, InMemoryStore):
                raise
            continue
        return [item for item in found if item.namespace == namespace]
    raise RuntimeError("the in-memory store is written to too often to be searched")


def store_time(store: BaseStore) -> datetime:
    """The time by the clock that dates the items of a store, which all workers share: that of its database."""
    name = uuid4().hex
    store.batch([put_op(_CLOCK, name, {})])
    try:
        item = store.get(_CLOCK, name)
    finally:
        store.batch([PutOp(_CLOCK, name, None)])
    if item is None:
        raise StoreError("What was just written to the store could not be read back.")
    return time_of(item)


def time_of(item: Item) -> datetime:
    """When an item was first put, by the clock of the store."""
    return item.created_at if item.created_at.tzinfo else item.created_at.replace(tzinfo=UTC)  # as SQLite gives it


class StoreError(RuntimeError):
    """A store that the journal cannot rest on."""


def thread_label(thread_id: str | None) -> str:
    """A thread's id as it stands in namespaces, which do not accept every text."""
    return sha256(json.dumps(thread_id).encode()).hexdigest()[:32]


_CLOCK = ("langchain_ashby", "clock")
_TRIES = 1000
_MOST = 1000
