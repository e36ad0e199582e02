"""The full-text index of people's words: FTS5 in SQLite, a `tsvector` under a GIN index in PostgreSQL.

Both take the words of `words.words_of` as they are, separated by spaces. In SQLite, triggers keep the index in step
with the table; without FTS5, or while a mirror has no index, a search scans everyone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, cast, column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from langchain_ashby.mirror.errors import MirrorError
from langchain_ashby.mirror.tables import candidates, words_as_vector
from langchain_ashby.mirror.words import Sought

_INDEX = (
    # The index refers to people by its own numbers: SQLite's row ids may change.
    "CREATE TABLE candidate_numbers (number INTEGER PRIMARY KEY, candidate_id TEXT NOT NULL UNIQUE)",
    # `ascii` splits only at ASCII separators, which leaves the spaces.
    "CREATE VIRTUAL TABLE candidate_words USING fts5"
    """(words, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '.+#_:'")""",
    """
    CREATE TRIGGER candidate_words_added AFTER INSERT ON candidates BEGIN
        INSERT INTO candidate_numbers (candidate_id) VALUES (new.id);
        INSERT INTO candidate_words (rowid, words) VALUES (last_insert_rowid(), new.words);
    END
    """,
    # Rows are replaced, never updated.
    """
    CREATE TRIGGER candidate_words_removed AFTER DELETE ON candidates BEGIN
        INSERT INTO candidate_words (candidate_words, rowid, words)
            SELECT 'delete', number, old.words FROM candidate_numbers WHERE candidate_id = old.id;
        DELETE FROM candidate_numbers WHERE candidate_id = old.id;
    END
    """,
    "INSERT INTO candidate_numbers (candidate_id) SELECT id FROM candidates",
    "INSERT INTO candidate_words (rowid, words)"
    " SELECT number, words FROM candidate_numbers JOIN candidates ON candidates.id = candidate_id",
)

_numbers = table("candidate_numbers", column("number"), column("candidate_id")).c
_words = table("candidate_words", column("rowid"), column("candidate_words")).c


def make_index(connection: Connection) -> None:
    """Creates the index of an SQLite mirror without one, inside a transaction; PostgreSQL's belongs to the table.

    Raises:
        MirrorError: if there is an index that this SQLite cannot update: it would soon be wrong.
    """
    if connection.dialect.name != "sqlite":
        return
    if _is_indexed(connection):
        if not _has_fts5(connection):
            raise MirrorError(
                "The mirror has a full-text index, but the SQLite of this Python lacks FTS5",
                remedy="Sync it with a Python whose SQLite has FTS5, or delete the file and sync again.",
            )
    elif _has_fts5(connection):
        for statement in _INDEX:
            connection.exec_driver_sql(statement).close()


def drop_index(connection: Connection) -> None:
    """Removes the index of an SQLite mirror, inside a transaction."""
    if connection.dialect.name == "sqlite" and _is_indexed(connection):
        for statement in (
            "DROP TRIGGER candidate_words_added",
            "DROP TRIGGER candidate_words_removed",
            "DROP TABLE candidate_words",
            "DROP TABLE candidate_numbers",
        ):
            connection.exec_driver_sql(statement).close()


def merge_index(connection: Connection) -> None:
    """Removes the words of deleted people from an SQLite mirror's index, inside a transaction.

    FTS5 only marks them as deleted until it merges the parts of its index.
    """
    if _is_indexed(connection) and _has_fts5(connection):
        connection.exec_driver_sql("INSERT INTO candidate_words (candidate_words) VALUES ('optimize')").close()


def has_words(connection: Connection, words: Sequence[Sought]) -> ColumnElement[bool]:
    """Returns the condition on `candidates` that a person has all of the words."""
    if connection.dialect.name == "postgresql":
        query = " & ".join(f"'{it.word}':*" if it.begins else f"'{it.word}'" for it in words)
        return words_as_vector.bool_op("@@")(cast(query, TSQUERY))
    if _is_indexed(connection) and _has_fts5(connection):
        query = " ".join(f'"{it.word}"*' if it.begins else f'"{it.word}"' for it in words)
        numbers = select(_words.rowid).where(_words.candidate_words.match(query))
        return candidates.c.id.in_(select(_numbers.candidate_id).where(_numbers.number.in_(numbers)))
    return and_(*(candidates.c.words.like(_pattern(it), escape="\\") for it in words))


def _pattern(sought: Sought) -> str:
    escaped = sought.word.replace("_", r"\_")
    return f"% {escaped}{'' if sought.begins else ' '}%"


def _is_indexed(connection: Connection) -> bool:
    there = "SELECT count(*) FROM sqlite_master WHERE name = 'candidate_words'"
    return bool(connection.scalar(text(there)))


def _has_fts5(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'")))
