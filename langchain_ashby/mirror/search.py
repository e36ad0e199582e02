"""The full-text index of people's words: FTS5 in SQLite, a `tsvector` under a GIN index in PostgreSQL.

Both take the words of `words.words_of` as they are, separated by spaces. In SQLite, triggers keep the index in step
with the tables; without FTS5, or while a mirror has no index, a search scans everyone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, cast, column, exists, select, table, text, union_all
from sqlalchemy.dialects.postgresql import TSQUERY

from langchain_ashby.errors import MirrorError
from langchain_ashby.mirror.tables import candidates, read_words, words_as_vector
from langchain_ashby.mirror.words import Sought

_SEARCHED = {"candidates": "{0}.id, ''", "read_words": "{0}.candidate_id, {0}.kind"}
"""The tables with words, and what identifies a text in them: the person and the kind, which is empty for a profile."""

_INDEX = (
    # The index refers to texts by its own numbers: SQLite's row ids may change.
    "CREATE TABLE candidate_numbers"
    " (number INTEGER PRIMARY KEY, candidate_id TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (candidate_id, kind))",
    # `ascii` splits only at ASCII separators, which leaves the spaces.
    "CREATE VIRTUAL TABLE candidate_words USING fts5"
    """(words, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '.+#_:'")""",
)

_INDEX_OF = (
    """
    CREATE TRIGGER {table}_words_added AFTER INSERT ON {table} BEGIN
        INSERT INTO candidate_numbers (candidate_id, kind) VALUES ({new});
        INSERT INTO candidate_words (rowid, words) VALUES (last_insert_rowid(), new.words);
    END
    """,
    # Rows are replaced; updates never change their words.
    """
    CREATE TRIGGER {table}_words_removed AFTER DELETE ON {table} BEGIN
        INSERT INTO candidate_words (candidate_words, rowid, words)
            SELECT 'delete', number, old.words FROM candidate_numbers WHERE (candidate_id, kind) = ({old});
        DELETE FROM candidate_numbers WHERE (candidate_id, kind) = ({old});
    END
    """,
    "INSERT INTO candidate_numbers (candidate_id, kind) SELECT {its} FROM {table}",
    "INSERT INTO candidate_words (rowid, words) SELECT number, words FROM {table}"
    " JOIN candidate_numbers AS its ON (its.candidate_id, its.kind) = ({its})",
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
        for searched, known_by in _SEARCHED.items():
            how = {row: known_by.format(row) for row in ("new", "old")} | {"its": known_by.format(searched)}
            for statement in _INDEX_OF:
                connection.exec_driver_sql(statement.format(table=searched, **how)).close()


def drop_index(connection: Connection) -> None:
    """Removes the index of an SQLite mirror, inside a transaction."""
    if connection.dialect.name == "sqlite" and _is_indexed(connection):
        # Older versions called the triggers otherwise. A mirror has no others.
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        triggers = [f'TRIGGER "{name}"' for name in names]
        for what in (*triggers, "TABLE candidate_words", "TABLE candidate_numbers"):
            connection.exec_driver_sql(f"DROP {what}").close()


def merge_index(connection: Connection) -> None:
    """Removes the words of deleted people from an SQLite mirror's index, inside a transaction.

    FTS5 only marks them as deleted until it merges the parts of its index.
    """
    if _is_indexed(connection) and _has_fts5(connection):
        connection.exec_driver_sql("INSERT INTO candidate_words (candidate_words) VALUES ('optimize')").close()


def has_words(connection: Connection, words: Sequence[Sought]) -> ColumnElement[bool]:
    """Returns the condition on `candidates` that a person has all of the words, in the profile or in texts."""
    is_kept = bool(connection.scalar(select(exists().select_from(read_words))))
    together = [words]
    if is_kept:  # only a profile has names for words; others may be in different texts of a person
        together = [[it for it in words if it.word[0] == ":"], *([it] for it in words if it.word[0] != ":")]
    return and_(*(_has(connection, each, is_kept) for each in together if each))


def _has(connection: Connection, words: Sequence[Sought], is_kept: bool) -> ColumnElement[bool]:
    """The condition that one text, of whatever kind, has the words."""
    if connection.dialect.name == "postgresql":
        query = " & ".join(f"'{it.word}':*" if it.begins else f"'{it.word}'" for it in words)
        return _in_either(lambda column: words_as_vector(column).bool_op("@@")(cast(query, TSQUERY)), is_kept)
    if _is_indexed(connection) and _has_fts5(connection):
        query = " ".join(f'"{it.word}"*' if it.begins else f'"{it.word}"' for it in words)
        numbers = select(_words.rowid).where(_words.candidate_words.match(query))
        return candidates.c.id.in_(select(_numbers.candidate_id).where(_numbers.number.in_(numbers)))
    return _in_either(lambda column: and_(*(column.like(_pattern(it), escape="\\") for it in words)), is_kept)


def _in_either(match: Callable[[ColumnElement[Any]], ColumnElement[bool]], is_kept: bool) -> ColumnElement[bool]:
    if not is_kept:
        return match(candidates.c.words)
    person = candidates.alias()
    profiles = select(person.c.id).where(match(person.c.words))
    return candidates.c.id.in_(union_all(profiles, select(read_words.c.candidate_id).where(match(read_words.c.words))))


def _pattern(sought: Sought) -> str:
    escaped = sought.word.replace("_", r"\_")
    return f"% {escaped}{'' if sought.begins else ' '}%"


def _is_indexed(connection: Connection) -> bool:
    there = "SELECT count(*) FROM sqlite_master WHERE name = 'candidate_words'"
    return bool(connection.scalar(text(there)))


def _has_fts5(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'")))
