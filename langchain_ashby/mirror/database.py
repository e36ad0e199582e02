"""The mirror's database, an SQLite file or PostgreSQL: one writer at a time, and readers that never wait.

Readers have a snapshot, of SQLite's write-ahead log or of PostgreSQL. The writer is whoever holds a lock that the
system or the server releases when its process ends, however it ends.
"""

from __future__ import annotations

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from langchain_ashby.errors import MirrorBusyError, MirrorError
from langchain_ashby.mirror.search import merge_index

MAKE_ONE = "Make one with `mirror.sync()` or `langchain-ashby mirror sync`."

_WAIT = 60.0
"""Seconds that a short write, such as `forget`, waits for another one to end."""

_MARK = 0x4173684D
"""Of SQLite files that are mirrors."""

_RUNS, _WRITES = 0x41534801, 0x41534802
"""PostgreSQL's advisory locks: of a whole run, and of a single write."""
_HERE = "hashtext(current_schema())"

_BUSY = "The mirror is being brought up to date by another process or thread"


class Database(ABC):
    """A database for a mirror."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Gives a connection that cannot write and sees one state, however long it is used.

        Raises:
            MirrorError: if the database is missing or out of reach.
        """
        self.check()
        with _reworded(), self._snapshot() as connection:
            yield connection

    @contextmanager
    def running(self) -> Iterator[Connection]:
        """Gives the writer's connection, for one run; nobody else has it meanwhile.

        Raises:
            MirrorBusyError: if another process or thread has it.
        """
        self.make()
        with _reworded(), self._locked() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Gives a connection for a short write, which may come in the middle of another process's run."""
        self.check()
        with _reworded(), self.engine.connect() as connection:
            yield connection.execution_options(writes=True)

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        """Makes all changes in the block at once or none, and no other write meanwhile."""
        with connection.begin():
            self._take_turn(connection)
            yield

    @abstractmethod
    def check(self) -> None:
        """Raises if there is no database."""

    @abstractmethod
    def make(self) -> None:
        """Creates the database, if that is possible."""

    def tidy(self, connection: Connection) -> None:  # noqa: B027  # nothing to do is a fine answer
        """Takes what was deleted out of the files, and gives the space back."""

    def size(self) -> int | None:
        """The bytes that the database takes; None if that cannot be said."""
        return None

    @abstractmethod
    def _snapshot(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _locked(self) -> AbstractContextManager[Connection]: ...

    def _take_turn(self, connection: Connection) -> None:  # noqa: B027
        """Waits, inside a transaction that has just begun, until no other write is under way."""


class SQLiteFile(Database):
    """An SQLite file with a write-ahead log, readable by its owner only."""

    def __init__(self, url: str, file: Path) -> None:
        self._file = file
        how = {"timeout": _WAIT, "check_same_thread": False}
        super().__init__(create_engine(url, poolclass=NullPool, connect_args=how))
        as_it_is = f"{file.absolute().as_uri()}?mode=ro"  # no statement of a reader can make it writable
        open_it = partial(sqlite3.connect, as_it_is, uri=True, timeout=_WAIT, check_same_thread=False)
        self._readers = create_engine("sqlite://", poolclass=NullPool, creator=open_it)
        for engine in (self.engine, self._readers):
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        event.listen(self._readers, "connect", _widen)

    def check(self) -> None:
        """Raises if there is no file."""
        if not self._file.is_file():
            raise MirrorError(f"There is no mirror at {self._file.name}", remedy=MAKE_ONE)

    def make(self) -> None:
        """Creates the file. No one but its owner may read it, even if it was there before."""
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise MirrorError(f"The mirror cannot be created at {self._file.name}: {error.strerror}") from None
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)

    def tidy(self, connection: Connection) -> None:
        """Gives the pages that were freed back, with what was on them, and empties the log into the file."""
        with self.transaction(connection):
            merge_index(connection)
            _driver(connection).execute("PRAGMA analysis_limit = 1000").fetchall()
            _driver(connection).execute("PRAGMA optimize").fetchall()  # does not wait for other writes by itself
        _driver(connection).executescript("PRAGMA incremental_vacuum")  # `execute` would free only one page
        # A reader who stays must not hold this up: the next run comes back to it.
        _driver(connection).execute("PRAGMA busy_timeout = 200").fetchall()
        _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def size(self) -> int:
        """The bytes of the file and its log."""
        files = (self._file, Path(f"{self._file}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        # A transaction on a file of its own is a lock that works on every system, between threads too.
        lock = sqlite3.connect(f"{self._file}-writer", timeout=0, isolation_level=None, check_same_thread=False)
        try:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                raise MirrorBusyError(_BUSY) from None
            with self.engine.connect() as connection:
                _claim(_driver(connection))
                for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
                    _driver(connection).execute(f"PRAGMA {pragma}").fetchall()
                yield connection.execution_options(writes=True)
        finally:
            lock.close()


class PostgreSQL(Database):
    """A PostgreSQL database, or the schema in it that the URL names with `options=-csearch_path%3D…`."""

    def __init__(self, url: Any) -> None:
        super().__init__(create_engine(url, poolclass=NullPool))

    def check(self) -> None:
        """Leaves it to the connection."""

    def make(self) -> None:
        """Leaves it to who owns the server."""

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection:
            # Compiling takes longer than our statements, and a hash table of 100,000 ids more than the usual 4 MB.
            connection.execute(text("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"))
            yield connection

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        # Lock and writes share a connection, so that no write outlives the lock.
        with self.engine.connect() as connection:
            free = connection.scalar(text(f"SELECT pg_try_advisory_lock({_RUNS}, {_HERE})"))
            connection.commit()
            if free is None:
                raise MirrorError("The mirror's schema does not exist", remedy="Make it with CREATE SCHEMA.")
            if not free:
                raise MirrorBusyError(_BUSY)
            try:
                yield connection
            finally:
                with suppress(SQLAlchemyError):  # the server has released it if the connection is gone
                    connection.rollback()
                    connection.execute(text(f"SELECT pg_advisory_unlock({_RUNS}, {_HERE})"))
                    connection.commit()

    def _take_turn(self, connection: Connection) -> None:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITES}, {_HERE})"))


def open_database(url: str) -> Database:
    """Opens `sqlite:///FILE` or `postgresql://…`; nothing is created yet.

    Raises:
        MirrorError: if it is neither.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise MirrorError(_FORMS) from None  # without the URL: it may hold a password
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return SQLiteFile(url, Path(str(parsed.database)))
    if backend in ("postgresql", "postgres"):
        try:
            return PostgreSQL(parsed.set(drivername="postgresql+psycopg"))
        except ModuleNotFoundError:
            remedy = 'pip install "langchain-ashby[mirror,postgres]"'
            raise MirrorError("A mirror in PostgreSQL needs psycopg", remedy=remedy) from None
    raise MirrorError(_FORMS)


_FORMS = "Give the mirror as sqlite:///FILE or postgresql://USER@HOST/DATABASE"


@contextmanager
def _reworded() -> Iterator[None]:
    """Rewords the errors of databases: their own can quote values, which are people's data, and the URL."""
    try:
        yield
    except DBAPIError as error:
        kind = type(error.orig).__name__ if error.orig is not None else type(error).__name__
        raise MirrorError(f"The mirror's database failed ({kind})", retryable=error.connection_invalidated) from None
    except Exception as error:  # of a driver: `psycopg` need not be there to be named
        if not isinstance(error, sqlite3.Error) and not type(error).__module__.startswith("psycopg"):
            raise
        raise MirrorError(f"The mirror's database failed ({type(error).__name__})") from None


def _driver(connection: Connection) -> Any:
    """The driver's own connection, on which no transaction begins by itself."""
    return connection.connection.driver_connection


def _claim(driver: Any) -> None:
    """Marks an empty file as a mirror's.

    Raises:
        MirrorError: if the file is another program's.
    """
    (mark,) = driver.execute("PRAGMA application_id").fetchone()
    (tables,) = driver.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables:
        driver.execute("PRAGMA auto_vacuum = INCREMENTAL")
        driver.execute(f"PRAGMA application_id = {_MARK}")
    elif mark != _MARK:
        raise MirrorError("The file is a database, but not a mirror", remedy="Give the mirror a file of its own.")


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver would begin transactions of its own
    # Zeroes in place of what is deleted; pages that get free keep theirs until `tidy` gives them back.
    connection.execute("PRAGMA secure_delete = FAST")


def _widen(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA cache_size = -65536")  # KiB, at most: a question looks at many rows in no order


def _begin(connection: Connection) -> None:
    # What writes takes its turn at once; what reads has its snapshot from its first statement on.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN").close()
