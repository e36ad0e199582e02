"""Marks in the store that show what a process is working on. A store has neither locks nor compare-and-set.

So a process puts its mark, lists all marks, and proceeds only if its own is alone: of two processes that do this at the
same time, at least one sees the other's mark. A mark does not count if its process has ended, or could not remove it
because the database was down.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from langgraph.store.base import BaseStore, Item, PutOp

from langchain_ashby.agent.execution.process import has_ended, this_process
from langchain_ashby.agent.execution.store import list_items, load, put_op, store_time, time_of

_at_work: set[str] = set()


@contextmanager
def at_work(mark: str) -> Iterator[None]:
    """Registers that this process is working under a mark, which must have a unique name."""
    _at_work.add(mark)
    try:
        yield
    finally:
        _at_work.discard(mark)


def is_left_over(mark: Item) -> bool:
    """True if this process put the mark but no longer works under it."""
    return load(mark)["process"] == this_process() and mark.key not in _at_work


def is_over(store: BaseStore, mark: Item, lease: float) -> bool:
    """True if the work under a mark has ended or, if that cannot be told, the mark is older than `lease` seconds."""
    if load(mark)["process"] == this_process():
        return is_left_over(mark)
    ended = has_ended(load(mark)["process"])
    return _age(store, mark) > lease if ended is None else ended


def last_put(item: Item) -> datetime:
    """Returns when an item was last put, by the store's clock."""
    at = item.updated_at
    return max(at if at.tzinfo else at.replace(tzinfo=UTC), time_of(item))


class BusyError(TimeoutError):
    """Others have been working on it for too long."""


@contextmanager
def alone(store: BaseStore, namespace: tuple[str, ...], *, patience: float = 20, lease: float = 60) -> Iterator[None]:
    """Runs a block once no other process or thread is in such a block for the same namespace.

    Args:
        store: The store.
        namespace: The namespace for the marks of this work only.
        patience: How many seconds to wait for others.
        lease: The seconds after which another's mark no longer counts: more than such a block takes.

    Raises:
        BusyError: if others take too long.
    """
    mark, until = uuid4().hex, time.monotonic() + patience
    with at_work(mark):
        while not _is_alone(store, namespace, mark, lease):
            if time.monotonic() > until:
                raise BusyError
            time.sleep(random.uniform(*_PAUSE))
        try:
            yield
        finally:
            store.batch([PutOp(namespace, mark, None)])


def _is_alone(store: BaseStore, namespace: tuple[str, ...], mark: str, lease: float) -> bool:
    store.batch([put_op(namespace, mark, {"process": this_process()})])
    others = [it for it in list_items(store, namespace) if it.key != mark]
    over = [it.key for it in others if is_over(store, it, lease) or _age(store, it) > lease]
    is_alone = len(over) == len(others)
    if gone := over if is_alone else [mark, *over]:
        store.batch([PutOp(namespace, key, None) for key in gone])
    return is_alone


def _age(store: BaseStore, mark: Item) -> float:
    return (store_time(store) - last_put(mark)).total_seconds()


_PAUSE = (0.02, 0.2)  # seconds
