"""Opens the database of threads, journal and audit trail: an SQLite file, or PostgreSQL.

A URL may hold a password, so no message repeats it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from langchain_ashby.text.safe import shortened

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.store.base import BaseStore


class Database(NamedTuple):
    """The checkpointer of the threads, and the store of the journal and the audit trail."""

    checkpointer: BaseCheckpointSaver[str]
    store: BaseStore


@contextmanager
def open_store(url: str) -> Iterator[BaseStore]:
    """Opens the store at `sqlite:///FILE` or `postgresql://…`, as SQLAlchemy spells them.

    Raises:
        ValueError: if there is none; says what to do.
    """
    file = _sqlite_file(url)
    stores = (_postgres() if file is None else _sqlite())[1]
    with _reworded_errors(file):
        if file is not None:
            _check(file, _STORE)
        with stores(url if file is None else str(file)) as store:
            if file is not None:
                _only_read(store)
            yield store


@contextmanager
def open_database(url: str, *, create: bool, only_read: bool = False, for_long: bool = False) -> Iterator[Database]:
    """Opens the threads and the store at a URL.

    Args:
        url: `sqlite:///FILE` or `postgresql://…`.
        create: Create them if missing. Only its owner can read a new file.
        only_read: Change nothing in a file: it may belong to another program.
        for_long: Make PostgreSQL's connections anew where they break, and use several at a time.

    Raises:
        ValueError: if there is none; says what to do.
    """
    file = _sqlite_file(url)
    savers, stores = _postgres() if file is None else _sqlite()
    place = url if file is None else str(file)
    with ExitStack() as stack:
        with _reworded_errors(file):
            if file is not None:
                _make(file) if create else _check(file, _STORE | _THREADS)
            if file is None and for_long:
                with savers(place):
                    pass  # a pool would try again and again, and log each time
                found = stack.enter_context(_pooled(url))
            else:
                found = Database(stack.enter_context(savers(place)), stack.enter_context(stores(place)))
            if file is not None and only_read:
                _only_read(*found)
            if create:
                found.checkpointer.setup()  # type: ignore[attr-defined]  # all savers have it, their base class does not
                found.store.setup()  # type: ignore[attr-defined]
            else:
                next(found.checkpointer.list(None, limit=1), None)
        yield found


def shrink(url: str) -> bool:
    """Returns the space of deleted rows to the system; PostgreSQL does so by itself.

    Returns False if another program is using the file, which could not write meanwhile, perhaps for many seconds.
    """
    if (file := _sqlite_file(url)) is None:
        return True
    with _reworded_errors(file), closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("VACUUM")
        except sqlite3.OperationalError:
            return False
    return True


def in_words(url: str) -> AbstractContextManager[None]:
    """Turns errors of the database at a URL within a block into `ValueError`."""
    return _reworded_errors(_sqlite_file(url))


def _sqlite_file(url: str) -> Path | None:
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://")):
        return None
    raise ValueError("Give the store as sqlite:///FILE or postgresql://USER@HOST/DATABASE.")


Opener = Callable[[str], AbstractContextManager[Any]]


def _sqlite() -> tuple[Opener, Opener]:
    try:
        from langgraph.checkpoint.sqlite import SqliteSaver
        from langgraph.store.sqlite import SqliteStore
    except ModuleNotFoundError:
        raise ValueError('SQLite needs: pip install "langchain-ashby[sqlite]"') from None
    return SqliteSaver.from_conn_string, SqliteStore.from_conn_string


def _postgres() -> tuple[Opener, Opener]:
    try:
        from langgraph.checkpoint.postgres import PostgresSaver
        from langgraph.store.postgres import PostgresStore
    except ModuleNotFoundError:
        raise ValueError('PostgreSQL needs: pip install "langchain-ashby[postgres]"') from None
    return PostgresSaver.from_conn_string, PostgresStore.from_conn_string


@contextmanager
def _pooled(url: str) -> Iterator[Database]:
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.store.postgres import PostgresStore
    from psycopg import Connection
    from psycopg.rows import dict_row
    from psycopg_pool import ConnectionPool

    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    with ConnectionPool[Connection[dict[str, Any]]](
        url, min_size=1, max_size=8, timeout=10, kwargs=options, check=ConnectionPool.check_connection
    ) as pool:
        yield Database(PostgresSaver(pool), PostgresStore(pool))


@contextmanager
def _reworded_errors(file: Path | None) -> Iterator[None]:
    """Rewords database errors: PostgreSQL's own can quote the URL, and so a password."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise ValueError(f"{shortened(str(file), 200)} cannot be used: {shortened(str(error), 200)}.") from None
    except Exception as error:
        if file is None and type(error).__module__.startswith("psycopg"):
            from psycopg import OperationalError
            from psycopg.errors import UndefinedTable

            words = f"The store in PostgreSQL cannot be read ({type(error).__name__})."
            if isinstance(error, OperationalError):
                words += " Check that the server is running, and the host, user, password and database in its URL."
            elif isinstance(error, UndefinedTable):
                words += " It has no tables: call setup() once on the checkpointer and store."
            raise ValueError(words) from None
        raise


def _make(file: Path) -> None:
    """Creates the file, readable by its owner only: it will hold personal data."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


_STORE = {"store": {"prefix", "key", "value"}}
_THREADS = {"checkpoints": {"thread_id", "checkpoint_ns", "checkpoint"}, "writes": {"thread_id", "channel", "value"}}
"""The tables and columns that identify LangGraph's files."""


def _check(file: Path, needed: dict[str, set[str]]) -> None:
    """Raises if the file lacks one of these tables. It is opened read-only, in case it is another program's."""
    if not file.is_file():
        raise ValueError(f"There is no file {shortened(str(file), 200)}.")
    # Told that no write-ahead log is in use, SQLite leaves no files of its own beside this one.
    alone = "" if Path(f"{file}-wal").exists() else "&immutable=1"
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro{alone}", uri=True)) as connection:
        for table, columns in needed.items():
            found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            if not columns <= found:
                what = "store" if table in _STORE else "threads"
                raise ValueError(f"{shortened(str(file), 200)} has no LangGraph {what} in it.")


def _only_read(*opened: Any) -> None:
    """Makes SQLite refuse every change by these savers and stores."""
    for it in opened:
        it.conn.execute("PRAGMA query_only = ON")
        # Even so, setting up would switch the file to a write-ahead log.
        it.is_setup = it.conn.execute("PRAGMA journal_mode").fetchone() != ("wal",)
