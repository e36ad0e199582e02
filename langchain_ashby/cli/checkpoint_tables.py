"""Access to LangGraph's checkpoint tables in SQLite and PostgreSQL: its savers cannot delete single checkpoints."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Unneeded(NamedTuple):
    """What to delete from a thread.

    Attributes:
        ids: The checkpoints, the latest first.
        values: The values that only these use, by channel and version. PostgreSQL has a separate table for them.
        latest: The thread's latest checkpoint, which stays.
    """

    ids: list[str]
    values: list[tuple[str, str]]
    latest: str


class Tables(Protocol):
    """The tables of one database."""

    def threads(self) -> list[str]:
        """Returns the ids of all threads."""
        ...

    def size(self, thread_id: str, found: Unneeded) -> int:
        """Returns the size of the rows to delete, in bytes."""
        ...

    def delete(self, thread_id: str, found: Unneeded) -> bool:
        """Deletes the rows. If the thread has continued meanwhile, deletes no more and returns False."""
        ...


def tables_of(saver: Any) -> Tables:
    """Returns the tables of an SQLite or PostgreSQL saver."""
    return _Sqlite(saver.conn) if isinstance(saver.conn, sqlite3.Connection) else _Postgres(saver.conn)


_LATEST = "SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = {0}"
_THREADS = "SELECT DISTINCT thread_id FROM checkpoints ORDER BY thread_id"


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Deleted rows are overwritten: they hold personal data.
        connection.execute("PRAGMA secure_delete = ON")

    def threads(self) -> list[str]:
        return [row[0] for row in self._connection.execute(_THREADS)]

    def size(self, thread_id: str, found: Unneeded) -> int:
        given = thread_id, json.dumps(found.ids)
        sizes = (
            f"SELECT total({size}) FROM {table} {_OF_THESE}"
            for table, size in (
                ("checkpoints", "length(checkpoint) + length(metadata)"),
                ("writes", "length(value)"),
            )
        )
        return sum(int(self._connection.execute(it, given).fetchone()[0]) for it in sizes)

    def delete(self, thread_id: str, found: Unneeded) -> bool:
        # A few at a time, since writers have to wait; the latest first, so that what is left can be read.
        for start in range(0, len(found.ids), _AT_ONCE):
            if start:
                time.sleep(_PAUSE)
            given = thread_id, json.dumps(found.ids[start : start + _AT_ONCE])
            with self._connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                if connection.execute(_LATEST.format("?"), [thread_id]).fetchone()[0] != found.latest:
                    return False
                connection.execute(f"DELETE FROM writes {_OF_THESE}", given)
                connection.execute(f"DELETE FROM checkpoints {_OF_THESE}", given)
                connection.execute(f"UPDATE checkpoints SET parent_checkpoint_id = NULL {_AFTER_THESE}", given)
        return True


_AT_ONCE = 20
_PAUSE = 0.12
"""Seconds. A connection that waits to write tries again every 0.1 s."""


_OF_THESE = "WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id IN (SELECT value FROM json_each(?))"
_AFTER_THESE = _OF_THESE.replace("checkpoint_id IN", "parent_checkpoint_id IN")


class _Postgres:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def threads(self) -> list[str]:
        return [row["thread_id"] for row in self._connection.execute(_THREADS)]

    def size(self, thread_id: str, found: Unneeded) -> int:
        sizes = (
            ("checkpoints", "pg_column_size(checkpoint) + pg_column_size(metadata)"),
            ("checkpoint_writes", "length(blob)"),
        )
        total = sum(
            self._total(f"{size}) AS size FROM {table} {_AMONG}", thread_id, found.ids) for table, size in sizes
        )
        return total + self._total(f"length(blob)) AS size FROM checkpoint_blobs {_VALUES}", thread_id, *_apart(found))

    def _total(self, what: str, *given: Any) -> int:
        return int(self._connection.execute(f"SELECT sum({what}", given).fetchone()["size"] or 0)

    def delete(self, thread_id: str, found: Unneeded) -> bool:
        given = thread_id, found.ids
        with self._connection.transaction():
            [latest] = self._connection.execute(_LATEST.format("%s"), [thread_id]).fetchone().values()
            if latest != found.latest:
                return False
            self._connection.execute(f"DELETE FROM checkpoint_writes {_AMONG}", given)
            self._connection.execute(f"DELETE FROM checkpoints {_AMONG}", given)
            self._connection.execute(f"DELETE FROM checkpoint_blobs {_VALUES}", [thread_id, *_apart(found)])
            self._connection.execute(f"UPDATE checkpoints SET parent_checkpoint_id = NULL {_AFTER}", given)
        return True


_AMONG = "WHERE thread_id = %s AND checkpoint_ns = '' AND checkpoint_id = ANY(%s)"
_AFTER = _AMONG.replace("checkpoint_id = ANY", "parent_checkpoint_id = ANY")
_VALUES = (
    "WHERE thread_id = %s AND checkpoint_ns = '' "
    "AND (channel, version) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"
)


def _apart(found: Unneeded) -> tuple[Sequence[str], Sequence[str]]:
    return [channel for channel, _ in found.values], [version for _, version in found.values]
