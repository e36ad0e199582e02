"""What the mirror keeps of itself: whose it is, how far each list is read, and what a run has read so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, Table, Text

from langchain_ashby.mirror.tables import Moment, histories, metadata, read_words, seen_moves, stage_stays

own = MetaData()

accounts = Table(
    "mirror_account",
    own,
    Column("account", Text, primary_key=True),  # a fingerprint
    Column("version", Integer, nullable=False),
    Column("as_of", Moment),  # when the run began whose results are in the tables
    Column("complete_at", Moment),  # when the last run began that read every list as a whole
    Column("run_started_at", Moment),  # of the run under way, or broken off
    Column("keeps_answers", Boolean, nullable=False),
    Column("keeps_words", Text, nullable=False, default=""),  # the kinds of texts, separated by spaces
)
lists = Table(
    "mirror_lists",
    own,
    Column("name", Text, primary_key=True),
    Column("sync_token", Text),  # of what is in the tables
    # What the present run has put beside them:
    Column("cursor", Text),
    Column("next_token", Text),
    Column("is_full", Boolean, nullable=False, default=False),
    Column("is_read", Boolean, nullable=False, default=False),
    Column("refusal", Text),  # Ashby's code, if the key may not read the list
)
forgotten = Table(
    "mirror_forgotten",
    own,
    Column("candidate_id", Text, primary_key=True),
    Column("seen_at", Moment),  # when Ashby last listed the person
)

staged = MetaData()
"""A twin for each table that lists fill: what a run has read waits there, until all of it is put in place at once."""


def _staged(table: Table) -> Table:
    columns = (Column(column.name, column.type, primary_key=column.primary_key) for column in table.columns)
    return Table(f"staged_{table.name}", staged, *columns)


_NOT_LISTED = (stage_stays, histories, seen_moves, read_words)
_TWINS = {table: _staged(table) for table in metadata.sorted_tables if table not in _NOT_LISTED}


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Puts many rows, each with every column, into a table.

    It does so through the driver: a first run has very many rows, and nothing in them is to be converted.
    """
    names = [column.name for column in table.columns]
    values, into = map(itemgetter(*names), rows), f"{table.name} ({', '.join(names)})"
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for each in values:
                copy.write_row(each)
    else:
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", list(values)).close()


def twin(table: Table) -> Table:
    """Returns the table in which rows for this one wait."""
    return _TWINS[table]
