"""Where threads, journal and audit trail are kept: a file of SQLite, or PostgreSQL.

An address may hold a password, and is never repeated in a message.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from langchain_ashby.text.safe import shortened

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.store.base import BaseStore

STORE = typer.Option(envvar="LANGCHAIN_ASHBY_STORE", help="The agent's store: sqlite:///FILE or postgresql://…")
Store = Annotated[str, STORE]
OptionalStore = Annotated[str | None, STORE]


class Kept(NamedTuple):
    """The threads, and the store with the journal and the audit trail."""

    threads: BaseCheckpointSaver[str]
    store: BaseStore


@contextmanager
def opened(url: str) -> Iterator[BaseStore]:
    """The store at `sqlite:///FILE` or `postgresql://…`, as SQLAlchemy spells them.

    Raises:
        ValueError: if there is no store there; what to do about it.
    """
    file = _sqlite_file(url)
    stores = (_postgres() if file is None else _sqlite())[1]
    with _own_words(file):
        if file is not None:
            _check(file)
        with stores(url if file is None else str(file)) as store:
            yield store


@contextmanager
def kept(url: str, *, create: bool) -> Iterator[Kept]:
    """The threads and the store at an address.

    Args:
        url: `sqlite:///FILE` or `postgresql://…`.
        create: Make them if they are not there yet. A new file is for its owner alone to read.

    Raises:
        ValueError: if there is nothing there; what to do about it.
    """
    file = _sqlite_file(url)
    savers, stores = _postgres() if file is None else _sqlite()
    place = url if file is None else str(file)
    with ExitStack() as stack:
        with _own_words(file):
            if file is not None:
                (_make if create else _check)(file)
            found = Kept(stack.enter_context(savers(place)), stack.enter_context(stores(place)))
            if create:
                found.threads.setup()  # type: ignore[attr-defined]  # all savers have it but for their base class
                found.store.setup()  # type: ignore[attr-defined]
            else:
                next(found.threads.list(None, limit=1), None)
        yield found


def _sqlite_file(url: str) -> Path | None:
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://")):
        return None
    raise ValueError("A store is given as sqlite:///FILE or postgresql://USER@HOST/DATABASE.")


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
def _own_words(file: Path | None) -> Iterator[None]:
    """Say what is wrong with a database. PostgreSQL's own words can quote the address, which may hold a password."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise ValueError(f"{shortened(str(file), 200)} cannot be used: {shortened(str(error), 200)}.") from None
    except Exception as error:
        if file is None and type(error).__module__.startswith("psycopg"):
            raise ValueError(f"The store in PostgreSQL cannot be read ({type(error).__name__}).") from None
        raise


def _make(file: Path) -> None:
    """An empty file, unless there is one. It will hold what is said about people."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def _check(file: Path) -> None:
    """See that there is a store in the file: to open it would make one."""
    if not file.is_file():
        raise ValueError(f"There is no file {shortened(str(file), 200)}.")
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'store'").fetchone()
    if not found:
        raise ValueError(f"{shortened(str(file), 200)} has no LangGraph store in it.")
