"""The audit trail, from a store in SQLite or PostgreSQL to the terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from langgraph.store.base import BaseStore
from rich.table import Table
from rich.text import Text

from langchain_ashby.agent.audit import AuditEntry
from langchain_ashby.agent.cards.words import one_line
from langchain_ashby.agent.describe import tool_title
from langchain_ashby.render.text import shortened


@contextmanager
def opened(url: str) -> Iterator[BaseStore]:
    """The store at `sqlite:///FILE` or `postgresql://…`, as SQLAlchemy spells them.

    Raises:
        ValueError: if there is no store there; what to do about it. The address itself may hold a password, and is not
            repeated.
    """
    if url.startswith("sqlite:///"):
        with _sqlite(Path(url.removeprefix("sqlite:///"))) as store:
            yield store
    elif url.startswith(("postgresql://", "postgres://")):
        with _postgres(url) as store:
            yield store
    else:
        raise ValueError("A store is given as sqlite:///FILE or postgresql://USER@HOST/DATABASE.")


def table(entries: Iterable[AuditEntry]) -> Table:
    """The entries for people. All text in it may come from outside, and is shown so that it can do nothing."""
    shown = Table("when", "outcome", "what", "decision", "thread", box=None, pad_edge=False)
    for entry in entries:
        decision = " by ".join(filter(None, (entry.decision, entry.reviewer)))
        shown.add_row(
            entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            Text(entry.outcome, style=_STYLES.get(entry.outcome, "")),
            *(Text(one_line(text)) for text in (_what(entry), decision, entry.thread_id or "")),
        )
    return shown


_STYLES = {"applied": "green", "unknown": "red", "refused": "yellow", "stale": "yellow", "expired": "yellow"}


def _what(entry: AuditEntry) -> str:
    line = (entry.card or {}).get("line")
    return str(line) if line else tool_title(entry.tool, None)


@contextmanager
def _sqlite(file: Path) -> Iterator[BaseStore]:
    try:
        from langgraph.store.sqlite import SqliteStore
    except ModuleNotFoundError:
        raise ValueError('SQLite is read with: pip install "langchain-ashby[sqlite]"') from None
    try:
        if not file.is_file():
            raise ValueError(f"There is no file {file}.")
        # To look for the table first: the store itself would make one.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'store'").fetchone()
        if not found:
            raise ValueError(f"{file} has no LangGraph store in it.")
        with SqliteStore.from_conn_string(str(file)) as store:
            yield store
    except (OSError, sqlite3.Error) as error:
        raise ValueError(f"{shortened(str(file), 200)} cannot be read: {shortened(str(error), 200)}.") from None


@contextmanager
def _postgres(url: str) -> Iterator[BaseStore]:
    try:
        import psycopg
        from langgraph.store.postgres import PostgresStore
    except ModuleNotFoundError:
        raise ValueError('PostgreSQL is read with: pip install "langchain-ashby[postgres]"') from None
    try:
        with PostgresStore.from_conn_string(url) as store:
            yield store
    except psycopg.Error as error:
        # Their text can quote the address, which may hold a password.
        raise ValueError(f"The store in PostgreSQL cannot be read ({type(error).__name__}).") from None
