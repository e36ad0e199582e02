"""Opens checkpointers and stores as an application does, on SQLite and PostgreSQL, for `invoke` and `ainvoke`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.base import PutOp
from langgraph.store.postgres import AsyncPostgresStore, PostgresStore
from langgraph.store.sqlite import SqliteStore
from langgraph.store.sqlite.aio import AsyncSqliteStore

from crash.points import Points, watched_checkpointer, watched_store

Pair = tuple[Any, Any]
"""A checkpointer and a store."""


def is_postgres(place: str) -> bool:
    """True for a PostgreSQL connection string, False for the path of an SQLite file."""
    return place.startswith("postgresql:")


@contextmanager
def opened(place: str, points: Points) -> Iterator[Pair]:
    """Opens both, each on its own connection."""
    kinds = (PostgresSaver, PostgresStore) if is_postgres(place) else (SqliteSaver, SqliteStore)
    with (
        watched_checkpointer(kinds[0], points).from_conn_string(place) as saver,
        watched_store(kinds[1], points).from_conn_string(place) as store,
    ):
        yield saver, store


@asynccontextmanager
async def aopened(place: str, points: Points) -> AsyncIterator[Pair]:
    """Opens both for `ainvoke`."""
    kinds = (AsyncPostgresSaver, AsyncPostgresStore) if is_postgres(place) else (AsyncSqliteSaver, AsyncSqliteStore)
    async with (
        watched_checkpointer(kinds[0], points).from_conn_string(place) as saver,
        watched_store(kinds[1], points).from_conn_string(place) as store,
    ):
        yield saver, store


def forget_records(place: str) -> None:
    """Forgets who made which record: a sandbox that begins anew gives the same ids to others."""
    with opened(place, Points()) as (_, store):
        found = store.search(("langchain_ashby", "creations"), limit=1000)
        store.batch([PutOp(it.namespace, it.key, None) for it in found])


def set_up(place: str) -> None:
    """Creates the tables, before anything runs, as an application does."""
    with opened(place, Points()) as (saver, store):
        saver.setup()
        store.setup()
