"""The end of a run: all that it has read is put in place at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, literal, or_, select, update

from langchain_ashby.mirror.lists import MirroredList
from langchain_ashby.mirror.own_tables import accounts, forgotten, lists, twin
from langchain_ashby.mirror.removal import remove, remove_orphans, remove_people, remove_staged_people
from langchain_ashby.mirror.search import drop_index, make_index
from langchain_ashby.mirror.tables import (
    Moment,
    applications,
    candidates,
    custom_fields,
    feedback,
    histories,
    interview_events,
    interview_schedules,
    interview_stages,
    jobs,
    parts,
    seen_moves,
)
from langchain_ashby.mirror.texts import note_changes


def maybe_gone(connection: Connection) -> list[str]:
    """Returns the people whom a run has taken an application from: they may have been merged into others."""
    staged = twin(applications)
    moved = select(applications.c.candidate_id).join(staged, applications.c.id == staged.c.id)
    return list(connection.scalars(moved.where(applications.c.candidate_id != staged.c.candidate_id).distinct()))


def apply(connection: Connection, mirrored: Sequence[MirroredList], gone: list[str], now: datetime) -> bool:
    """Puts in place what a run has read, inside a transaction.

    Args:
        connection: The writer's.
        mirrored: Every list of the mirror.
        gone: The ids of people that Ashby no longer has, though no list says so.
        now: The time, until which moves that are seen now can have been made.

    Returns:
        True if the next run has to read whole lists again, because records hold the old name of a renamed option.
    """
    states = {row.name: row for row in connection.execute(select(lists))}
    account = connection.execute(select(accounts)).one()
    remove_staged_people(connection, select(forgotten.c.candidate_id))
    _note_moves(connection, account.as_of, now)
    renamed = _with_renamed_options(connection)
    outdated = [it.name for it in mirrored if it.table in renamed]
    note_changes(connection)
    full = {table for it in mirrored for table in [it.table] if states[it.name].is_full or not it.is_synced}
    for it in mirrored:
        _replace(connection, it.table, is_full=it.table in full)
    is_complete = all(states[it.name].is_full for it in mirrored if it.is_synced)
    _replace(connection, interview_stages, is_full=is_complete)
    if gone:
        remove_people(connection, gone)
    anyone_gone = bool(gone) or bool(full & {applications, candidates})
    remove_orphans(connection, only_staged=not anyone_gone)
    if candidates in full:
        # Ashby has deleted them too: there is nothing left to leave out.
        unseen = or_(forgotten.c.seen_at.is_(None), forgotten.c.seen_at < account.run_started_at)
        connection.execute(delete(forgotten).where(unseen))
    for it in mirrored:
        _clear(connection, it.table)
    _clear(connection, interview_stages)
    token = lists.c.next_token
    connection.execute(update(lists).values(sync_token=token, cursor=None, next_token=None, is_read=False))
    connection.execute(update(lists).where(lists.c.name.in_(outdated)).values(sync_token=None))
    complete = {"complete_at": account.run_started_at} if is_complete else {}
    connection.execute(update(accounts).values(as_of=account.run_started_at, run_started_at=None, **complete))
    return bool(outdated)


def _with_renamed_options(connection: Connection) -> list[Table]:
    """The tables of the records that have custom fields with an option that was renamed since the last run."""
    old, new = custom_fields.c, twin(custom_fields).c
    both = select(old.object_type, old.options, new.options).where(old.id == new.id, old.options != new.options)
    owners = set()
    for owner, *options in connection.execute(both):
        before, after = map(json.loads, options)
        if any(after.get(value, label) != label for value, label in before.items()):
            owners.add(owner)
    return [table for owner, table in _OWNERS.items() if owner in owners]


_OWNERS = {"Candidate": candidates, "Application": applications, "Job": jobs}
"""Whose custom fields are kept, by Ashby's word for it."""


def _note_moves(connection: Connection, after: datetime | None, before: datetime) -> None:
    """Notes the applications that are in another stage than in the last run; their history has to be read again."""
    staged = twin(applications)
    both = select(applications.c.id).join(staged, applications.c.id == staged.c.id)
    moved = both.where(applications.c.interview_stage_id.is_distinct_from(staged.c.interview_stage_id))
    stages = applications.c.interview_stage_id, staged.c.interview_stage_id
    rows = moved.add_columns(literal(before, Moment), literal(after, Moment), *stages)
    names = ["application_id", "before", "after", "from_stage_id", "to_stage_id"]
    connection.execute(insert(seen_moves).from_select(names, rows))
    undated = both.where(staged.c.updated_at.is_(None))
    for changed in (moved, undated):
        connection.execute(delete(histories).where(histories.c.application_id.in_(changed)))


def _replace(connection: Connection, table: Table, *, is_full: bool) -> None:
    """Puts the records of this run in the place of all, or of those with the same ids."""
    if is_full and table is candidates:
        drop_index(connection)  # building it at once is quicker
    if is_full:
        _empty(connection, table)
    else:
        if table is interview_schedules:
            _remove_feedback_of_canceled(connection)
        remove(connection, table, table.c.id.in_(select(twin(table).c.id)))
    _fill(connection, table)
    if is_full and table is candidates:
        make_index(connection)


def _remove_feedback_of_canceled(connection: Connection) -> None:
    """Removes the feedback of meetings that a changed schedule no longer has: it was deleted with them."""
    of_changed = interview_events.c.interview_schedule_id.in_(select(twin(interview_schedules).c.id))
    still = select(twin(interview_events).c.id)
    canceled = select(interview_events.c.id).where(of_changed, interview_events.c.id.not_in(still))
    connection.execute(delete(feedback).where(feedback.c.interview_event_id.in_(canceled)))


def _empty(connection: Connection, table: Table) -> None:
    for part in parts(table):
        _empty(connection, part)
    connection.execute(delete(table))


def _fill(connection: Connection, table: Table) -> None:
    columns = [column.name for column in table.columns]
    connection.execute(insert(table).from_select(columns, select(*(twin(table).c[name] for name in columns))))
    for part in parts(table):
        _fill(connection, part)


def _clear(connection: Connection, table: Table) -> None:
    for part in parts(table):
        _clear(connection, part)
    connection.execute(delete(twin(table)))
