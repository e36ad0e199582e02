"""The records, in SQLite: in memory, or in a file that a later sandbox continues.

Every write gives its record the next number of one change counter. That number is what sync tokens speak of.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from langchain_ashby.sandbox.records import KINDS, Application, Candidate, completed, indexed_keys, kind_name

Record = TypeVar("Record", bound=Mapping[str, object])

_IDS = uuid.UUID("a5b8c0de-0000-5000-8000-000000000000")
_APPLICATION_ID = 0x41534259  # "ASBY" marks our files
_VERSION = 1

_SCHEMA = """
    CREATE TABLE records (
        seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, changed INTEGER NOT NULL
    );
    CREATE UNIQUE INDEX record_by_id ON records (kind, id);
    CREATE INDEX record_by_kind ON records (kind);
    CREATE INDEX record_by_change ON records (kind, changed);
    CREATE INDEX confidential_job ON records (id) WHERE kind = 'job' AND json_extract(data, '$.confidential');
    CREATE TABLE candidate_emails (email TEXT NOT NULL, id TEXT NOT NULL);
    CREATE INDEX candidate_by_email ON candidate_emails (email);
    CREATE INDEX email_by_candidate ON candidate_emails (id);
    CREATE TABLE contents (id TEXT PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE counters (ids INTEGER NOT NULL, changes INTEGER NOT NULL);
    INSERT INTO counters VALUES (0, 0);
""" + "".join(
    f"CREATE INDEX {kind}_by_{key} ON records (json_extract(data, '$.{key}')) WHERE kind = '{kind}';\n"
    for kind, key in indexed_keys()
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSERT = "INSERT INTO records (data, changed, kind, id) VALUES (?, ?, ?, ?)"
_UPDATE = "UPDATE records SET data = ?, changed = ? WHERE kind = ? AND id = ?"
_MOST_SHARED = 2_000


class Condition(NamedTuple):
    """A condition on a record's row, in SQL."""

    sql: str
    values: tuple[Any, ...] = ()


def equals(key: str, value: Any) -> Condition:
    """The record's `key` is `value`; a missing boolean counts as false."""
    if isinstance(value, bool):
        return Condition(f"coalesce(json_extract(data, '$.{key}'), 0) = ?", (value,))
    return Condition(f"json_extract(data, '$.{key}') = ?", (value,))


def one_of(key: str, values: Iterable[Any]) -> Condition:
    """The record's `key` is one of `values`."""
    choices = tuple(values)
    return Condition(f"json_extract(data, '$.{key}') IN ({', '.join('?' * len(choices))})", choices)


def compares(key: str, operator: str, value: Any) -> Condition:
    """The record's `key` stands in this relation to `value` (times compare as text)."""
    return Condition(f"json_extract(data, '$.{key}') {operator} ?", (value,))


def matches(key: str, text: str) -> Condition:
    """The record's `key` is this text, in whatever case."""
    return Condition(f"casefold(json_extract(data, '$.{key}')) = ?", (text.strip().casefold(),))


def contains(key: str, text: str) -> Condition:
    """The record's `key` has this text in it, in whatever case."""
    return Condition(f"instr(casefold(json_extract(data, '$.{key}')), ?) > 0", (text.strip().casefold(),))


def absent(key: str) -> Condition:
    """The record has no `key`."""
    return Condition(f"json_extract(data, '$.{key}') IS NULL")


def has_email(address: str) -> Condition:
    """The candidate has this e-mail address, in whatever case."""
    found = "SELECT c.seq FROM candidate_emails AS e JOIN records AS c ON c.kind = 'candidate' AND c.id = e.id"
    return Condition(f"seq IN ({found} WHERE e.email = ?)", (address.casefold(),))


class Store:
    """Reads and writes records by their type; writes need a `transaction()`.

    Without a path it is in memory; with an empty one, in a file of its own that grows only when memory runs short.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self._lock = threading.RLock()
        self._read_only = False
        self._shared: dict[tuple[str, str], Any] = {}
        self._connection = _connect(path)
        self._ids: int
        self._changes: int
        self._ids, self._changes = self._connection.execute("SELECT ids, changes FROM counters").fetchone()

    def close(self) -> None:
        """Closes the database; the store is unusable afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[None]:
        """Locks the store, and rolls back on an error. A write inside a read-only one raises `RuntimeError`."""
        with self._lock:
            counters = self._ids, self._changes
            self._read_only = read_only
            self._connection.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")
            try:
                yield
                if (self._ids, self._changes) != counters:
                    self._connection.execute("UPDATE counters SET ids = ?, changes = ?", (self._ids, self._changes))
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                self._ids, self._changes = counters
                self._shared.clear()
                raise
            finally:
                self._read_only = False

    # Reading

    @property
    def changes(self) -> int:
        """The number of the newest change."""
        return self._changes

    def get(self, kind: type[Record], record_id: str, *conditions: Condition) -> Record | None:
        """The record with this id, if it meets the conditions."""
        found = self.find(kind, Condition("id = ?", (record_id,)), *conditions, limit=1)
        return found[0] if found else None

    def shared(self, kind: type[Record], record_id: str) -> Record | None:
        """The record with this id, read once until it changes: all callers get the same, and none may change it."""
        key = kind_name(kind), record_id
        found: Record | None = self._shared.get(key)
        if found is None:
            with self._lock:
                if len(self._shared) == _MOST_SHARED:
                    self._shared.clear()
                found = self._shared[key] = self.get(kind, record_id)
        return found

    def find(self, kind: type[Record], *conditions: Condition, limit: int = -1) -> list[Record]:
        """The records that meet every condition, oldest first."""
        rows = self._select("data", kind, conditions, "seq", limit)
        return [cast(Record, json.loads(data)) for (data,) in rows]

    def ids(self, kind: type[Record], *conditions: Condition) -> list[str]:
        """The ids of the records that meet every condition, oldest first."""
        return [record_id for (record_id,) in self._select("id", kind, conditions, "seq", -1)]

    def page(
        self, kind: type[Record], conditions: Iterable[Condition], after: int, limit: int
    ) -> list[tuple[int, Record]]:
        """Records behind position `after` in the order of creation, each with its own position."""
        conditions = [*conditions, Condition("seq > ?", (after,))]
        rows = self._select("seq, data", kind, conditions, "seq", limit)
        return [(position, cast(Record, json.loads(data))) for position, data in rows]

    def changed_page(
        self, kind: type[Record], conditions: Iterable[Condition], after: int, until: int, limit: int
    ) -> list[tuple[int, Record]]:
        """Records last changed behind change `after` and not behind `until`, each with its change's number."""
        conditions = [*conditions, Condition("changed > ? AND changed <= ?", (after, until))]
        rows = self._select("changed, data", kind, conditions, "changed", limit)
        return [(position, cast(Record, json.loads(data))) for position, data in rows]

    def _select(
        self, columns: str, kind: type[Record], conditions: Iterable[Condition], order: str, limit: int
    ) -> list[Any]:
        # The kind stands in the text, not in a parameter, so that SQLite may use the partial indexes.
        sql = f"SELECT {columns} FROM records WHERE kind = '{kind_name(kind)}'"
        values: list[Any] = []
        for condition in conditions:
            sql += f" AND ({condition.sql})"
            values.extend(condition.values)
        with self._lock:
            return self._connection.execute(f"{sql} ORDER BY {order} LIMIT ?", (*values, limit)).fetchall()

    def state(self) -> dict[str, list[Any]]:
        """Every record by kind, oldest first."""
        found: dict[str, list[str]] = {name: [] for name in KINDS}
        with self._lock:
            for name, data in self._connection.execute("SELECT kind, data FROM records ORDER BY seq"):
                found[name].append(data)
        return {name: json.loads(f"[{','.join(texts)}]") for name, texts in found.items()}

    def records(self, kind: str) -> list[Any]:
        """Every record of a kind, oldest first.

        Raises:
            ValueError: if there is no such kind.
        """
        if kind not in KINDS:
            raise ValueError(f"kind: there is no {kind!r}; the kinds are {', '.join(KINDS)}")
        with self._lock:
            found = self._connection.execute("SELECT data FROM records WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
        return list(json.loads(f"[{','.join(data for (data,) in found)}]"))

    def is_empty(self) -> bool:
        """True if there are no records."""
        with self._lock:
            return self._connection.execute("SELECT 1 FROM records LIMIT 1").fetchone() is None

    # Writing

    def new_id(self) -> str:
        """The next id: the same requests after the same company give the same ids."""
        self._ids += 1
        return str(uuid.uuid5(_IDS, str(self._ids)))

    def add(self, kind: type[Record], record: Record) -> Record:
        """Stores a new record, with the defaults of its kind, and returns it."""
        record = cast(Record, completed(kind, record))
        self._write(_INSERT, kind_name(kind), record)
        self._touch_candidate(kind, record)
        return record

    def put(self, kind: type[Record], record: Record) -> Record:
        """Stores a changed record and returns it."""
        self._write(_UPDATE, kind_name(kind), record)
        self._touch_candidate(kind, record)
        return record

    def delete(self, kind: type[Record], record_id: str) -> None:
        """Forgets a record."""
        self._require_writable()
        self._changes += 1
        self._shared.pop((kind_name(kind), record_id), None)
        self._connection.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind_name(kind), record_id))

    def load(self, company: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Adds the records a company consists of; the text of a file goes beside its record."""
        for name, record in company:
            if name == "file" and "text" in record:
                self.keep_content(record["id"], record["text"].encode())
                record = {key: value for key, value in record.items() if key != "text"}
            self._write(_INSERT, name, completed(KINDS[name], record))

    def become(self, other: "Store") -> None:
        """Copies everything from another store, page by page: much faster than record by record."""
        with self._lock, other._lock:
            other._connection.backup(self._connection)
            self._shared.clear()
            self._ids, self._changes = other._ids, other._changes

    def _write(self, sql: str, name: str, record: Mapping[str, object]) -> None:
        self._require_writable()
        self._changes += 1
        self._shared.pop((name, str(record["id"])), None)
        self._connection.execute(sql, (_encode(record), self._changes, name, record["id"]))
        if name == kind_name(Candidate):
            self._index_emails(cast(Candidate, record))

    def _touch_candidate(self, kind: type[Record], record: Record) -> None:
        """An application's change is a change of its candidate too."""
        if kind is Application:
            self._changes += 1
            self._connection.execute(
                "UPDATE records SET changed = ? WHERE kind = 'candidate' AND id = ?",
                (self._changes, record["candidateId"]),
            )

    def _index_emails(self, candidate: Candidate) -> None:
        self._connection.execute("DELETE FROM candidate_emails WHERE id = ?", (candidate["id"],))
        self._connection.executemany(
            "INSERT INTO candidate_emails VALUES (?, ?)",
            [(email["value"].casefold(), candidate["id"]) for email in candidate["emailAddresses"]],
        )

    def _require_writable(self) -> None:
        if self._read_only:
            raise RuntimeError("a method that reads tried to write")

    # The bytes of files

    def content(self, file_id: str) -> bytes | None:
        """The bytes of a file."""
        with self._lock:
            row = self._connection.execute("SELECT bytes FROM contents WHERE id = ?", (file_id,)).fetchone()
        return row[0] if row else None

    def keep_content(self, file_id: str, content: bytes) -> None:
        """Stores the bytes of a file."""
        self._require_writable()
        self._connection.execute("INSERT OR REPLACE INTO contents VALUES (?, ?)", (file_id, content))


def _connect(path: str | Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        ":memory:" if path is None else path, isolation_level=None, check_same_thread=False, timeout=1
    )
    try:
        if path is not None:
            # One sandbox at a time: the change counter is kept in memory while it runs.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.create_function("casefold", 1, str.casefold, deterministic=True)
        _prepare(connection)
        if path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise ValueError(f"{path} cannot be used as a sandbox's database: {error}") from error
    except ValueError as error:
        connection.close()
        raise ValueError(f"{path} {error}") from None
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    with closing(connection.cursor()) as cursor:
        (owner,) = cursor.execute("PRAGMA application_id").fetchone()
        (version,) = cursor.execute("PRAGMA user_version").fetchone()
        (tables,) = cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:
            cursor.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            cursor.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            cursor.execute(f"PRAGMA user_version = {_VERSION}")
        elif owner != _APPLICATION_ID:
            raise ValueError("is a database, but not a sandbox's")
        elif version != _VERSION:
            raise ValueError(f"was written by another version of the sandbox ({version}, not {_VERSION}): delete it")
