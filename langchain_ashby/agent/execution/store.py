"""How the journal and the audit trail keep what they know in a LangGraph store.

A value is kept as one text of ASCII: stores refuse much that a model or a person may have written (a lone surrogate, a
null character, a number of more than 64 bits), and what was written must be read back exactly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from langgraph.store.base import BaseStore, Item, PutOp
from langgraph.store.memory import InMemoryStore

VERSION = 1
"""Goes up when what is kept changes its meaning."""


def put_op(namespace: tuple[str, ...], key: str, value: Mapping[str, Any]) -> PutOp:
    """What keeps a value for good: not indexed, and without a time to live."""
    return PutOp(namespace, key, {"version": VERSION, "json": json.dumps(value)}, index=False, ttl=None)


def load(item: Item) -> dict[str, Any]:
    """The value that an item holds.

    Raises:
        ValueError: if another version of this package kept it. To guess would be worse.
    """
    if item.value.get("version") != VERSION:
        raise ValueError(
            f"This version of langchain-ashby cannot read a record in the store ({item.namespace}, {item.key}). "
            "Run the version that wrote it, or a newer one."
        )
    value: dict[str, Any] = json.loads(item.value["json"])
    return value


def list_items(store: BaseStore, namespace: tuple[str, ...]) -> list[Item]:
    """All that is kept in a namespace, in no order."""
    for _ in range(_TRIES):
        try:
            found = store.search(namespace, limit=_MOST)
        except RuntimeError:
            # The store in memory does not bear another thread's writing while it looks.
            if not isinstance(store, InMemoryStore):
                raise
            continue
        return [item for item in found if item.namespace == namespace]
    raise RuntimeError("the store in memory is written to all the time and cannot be searched")


_TRIES = 1000
_MOST = 1000
