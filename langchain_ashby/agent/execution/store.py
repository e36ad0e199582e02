"""Storage of the journal and the audit trail in a LangGraph store.

A value is kept as one text of ASCII: stores refuse much that a model or a person may have written (a lone surrogate, a
null character, a number of more than 64 bits), and what was written must be read back exactly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import uuid4

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.base import BaseStore, GetOp, Item, Op, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore

from langchain_ashby.errors import ConfigurationError

VERSION = 1
"""Goes up when a stored value changes its meaning."""


def check_commits(kept: object) -> None:
    """Raises if a store or checkpointer does not commit each write at once.

    psycopg's connections do not without `autocommit=True`: then no other process sees the journal's claims, and all of
    them are lost when the process dies.

    Raises:
        ConfigurationError: if its connection is in a transaction of its own.
    """
    if getattr(getattr(kept, "conn", None), "autocommit", True) is False:
        raise ConfigurationError(
            f"The connection of the {type(kept).__name__} does not commit by itself: other processes would not see "
            "its writes, and a crash would lose them",
            remedy="Use from_conn_string(…), or open the connection with autocommit=True.",
        )


def check_is_store(store: object) -> None:
    """Raises if what was given as `store` is not one: LangGraph would notice only in the first run.

    Raises:
        ConfigurationError: if it is neither a store, nor "memory", nor None.
    """
    if store is not None and store != "memory" and not isinstance(store, BaseStore):
        raise ConfigurationError(
            f"store takes a LangGraph store, not {type(store).__name__}",
            remedy="Open one, as in: with SqliteStore.from_conn_string(path) as store.",
        )


def check_outlives(checkpointer: object) -> None:
    """Raises if threads would outlive the process beside a store that does not.

    An approved write could then be made twice: by two processes that resume the thread, each with its own journal, or
    by one after a restart that lost the journal.

    Raises:
        ConfigurationError: if the checkpointer is not LangGraph's own in memory.
    """
    if isinstance(checkpointer, BaseCheckpointSaver) and not isinstance(checkpointer, InMemorySaver):
        saver = type(checkpointer).__name__
        store = next((store for kind, store in _STORES.items() if kind in saver), "one that outlives the process")
        raise ConfigurationError(
            f"The {saver} keeps the threads, but the journal of the writes would be in memory, where other processes "
            "cannot see it and a restart loses it",
            remedy=f"Give create_recruiting_agent a store as well: {store}.",
        )


_STORES = {
    "Sqlite": "an open SqliteStore of langgraph.store.sqlite",
    "Postgres": "an open PostgresStore of langgraph.store.postgres",
}


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
    return look(store, [namespace])[0][0]


def look(
    store: BaseStore, namespaces: Sequence[tuple[str, ...]], *keys: tuple[tuple[str, ...], str]
) -> tuple[list[list[Item]], list[Item | None]]:
    """Reads all items of each namespace, in no particular order, and some items by key, in one request."""
    ops: list[Op] = [*(SearchOp(it, limit=_MOST) for it in namespaces), *(GetOp(*it) for it in keys)]
    for _ in range(_TRIES):
        try:
            found: list[Any] = store.batch(ops)
        except RuntimeError:
            # InMemoryStore fails if another thread writes while it searches.
            if not isinstance(store, InMemoryStore):
                raise
            continue
        listed = zip(namespaces, found, strict=False)
        return [[item for item in items if item.namespace == it] for it, items in listed], found[len(namespaces) :]
    raise RuntimeError("the in-memory store is written to too often to be searched")


def items_under(store: BaseStore, namespace: tuple[str, ...]) -> list[Item]:
    """All items of a namespace and of those within it, in no particular order."""
    found: dict[tuple[tuple[str, ...], str], Item] = {}
    depth, failures = len(namespace), 0
    while True:
        try:
            page = store.search(namespace, limit=_MOST, offset=len(found))
        except RuntimeError:  # as above
            failures += 1
            if not isinstance(store, InMemoryStore) or failures == _TRIES:
                raise
            continue
        # Some stores look for a prefix of the text: "audit" would find "audits" as well.
        new = {(it.namespace, it.key): it for it in page if it.namespace[:depth] == namespace}
        if new.keys() <= found.keys():
            return [*found.values()]
        found |= new


def store_time(store: BaseStore) -> datetime:
    """The time by the clock that dates the items of a store: its database's, which all workers share."""
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
    """A store that the journal cannot rely on."""


@lru_cache(maxsize=100)
def thread_label(thread_id: str | None) -> str:
    """A thread's id as it stands in namespaces, which do not accept every text. Cached: it is needed often."""
    return sha256(json.dumps(thread_id).encode()).hexdigest()[:32]


_CLOCK = ("langchain_ashby", "clock")
_TRIES = 1000
_MOST = 1_000_000
"""All at once: between pages, PostgreSQL skips some of what was written at the same moment, which has no order."""
