"""Taking records out of the mirror, with all that hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, exists, select

from langchain_ashby.mirror.own_tables import twin
from langchain_ashby.mirror.tables import (
    applications,
    candidates,
    feedback,
    histories,
    interview_schedules,
    offers,
    parts,
    read_words,
    seen_moves,
    stage_stays,
)

LISTED_BY_APPLICATION = (offers, interview_schedules, feedback)
"""Tables that a list fills and whose records belong to an application."""
_READ_BY_APPLICATION = (stage_stays, histories, seen_moves)

Where = Callable[[Table], Table]


def in_place(table: Table) -> Table:
    """The table itself."""
    return table


def remove(connection: Connection, table: Table, which: ColumnElement[bool], where: Where = in_place) -> None:
    """Removes the records of a table that meet a condition, and their parts.

    Args:
        connection: The writer's, inside a transaction.
        table: The table, as in `tables`.
        which: The condition, on `where(table)`.
        where: `in_place`, or `twin` for what a run has read so far.
    """
    for part in parts(table):
        of_removed = where(part).c[part.info["key"]].in_(select(where(table).c.id).where(which))
        remove(connection, part, of_removed, where)
    connection.execute(delete(where(table)).where(which))


def remove_applications(connection: Connection, which: ColumnElement[bool]) -> None:
    """Removes the applications that meet a condition, with history, offers, meetings and feedback."""
    ids = select(applications.c.id).where(which)
    for table in _READ_BY_APPLICATION:
        connection.execute(delete(table).where(table.c.application_id.in_(ids)))
    for table in LISTED_BY_APPLICATION:
        remove(connection, table, table.c.application_id.in_(ids))
    remove(connection, applications, which)


def remove_people(connection: Connection, ids: Select[tuple[str]] | list[str]) -> None:
    """Removes candidates by their ids, with the words of their texts, applications and all that hangs on these."""
    connection.execute(delete(read_words).where(read_words.c.candidate_id.in_(ids)))
    remove_applications(connection, applications.c.candidate_id.in_(ids))
    remove(connection, candidates, candidates.c.id.in_(ids))


def remove_staged_people(connection: Connection, ids: Select[tuple[str]]) -> None:
    """Takes people out of what a run has read so far; their applications of earlier runs must be gone already."""
    staged = twin(applications)
    of_them = select(staged.c.id).where(staged.c.candidate_id.in_(ids))
    for table in LISTED_BY_APPLICATION:
        remove(connection, table, twin(table).c.application_id.in_(of_them), twin)
    remove(connection, applications, staged.c.candidate_id.in_(ids), twin)
    remove(connection, candidates, twin(candidates).c.id.in_(ids), twin)


def remove_orphans(connection: Connection, *, only_staged: bool) -> None:
    """Removes what no longer belongs to anyone in the mirror: its person or application was deleted or forgotten.

    Args:
        connection: The writer's, inside a transaction.
        only_staged: Look only at records of this run: enough if no one can have gone.
    """

    def unowned(table: Table, key: str, owners: Table) -> list[str]:
        owned = exists().where(owners.c.id == table.c[key])
        of_run = [table.c.id.in_(select(twin(table).c.id))] if only_staged else []
        return list(connection.scalars(select(table.c.id).where(~owned, *of_run)))

    for ids in _portions(unowned(applications, "candidate_id", candidates)):
        remove_applications(connection, applications.c.id.in_(ids))
    for table in LISTED_BY_APPLICATION:
        for ids in _portions(unowned(table, "application_id", applications)):
            remove(connection, table, table.c.id.in_(ids))
    if not only_staged:
        for table in _READ_BY_APPLICATION:
            owned = exists().where(applications.c.id == table.c.application_id)
            connection.execute(delete(table).where(~owned))
        connection.execute(delete(read_words).where(read_words.c.candidate_id.not_in(select(candidates.c.id))))


def _portions(ids: list[str]) -> Iterator[list[str]]:
    """The ids in as many as a statement takes."""
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]
