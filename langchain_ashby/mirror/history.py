"""Stage histories, which Ashby gives for one application at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, case, delete, exists, insert, select

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoints.applications import ListApplicationHistory
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.errors import PermissionDeniedError, Refused
from langchain_ashby.mirror import rows
from langchain_ashby.mirror.database import Database
from langchain_ashby.mirror.own_tables import put
from langchain_ashby.mirror.removal import remove_applications, remove_people
from langchain_ashby.mirror.tables import applications, histories, history_is_known, seen_moves, stage_stays
from langchain_ashby.mirror.values import has_id

THREADS = 8
_BATCH = 50

D = TypeVar("D")
R = TypeVar("R")


class _Due(NamedTuple):
    """An application whose history is to be read."""

    application_id: str
    candidate_id: str
    updated_at: datetime | None


class _Read(NamedTuple):
    """A history; None if Ashby no longer has the application."""

    due: _Due
    at: datetime
    stays: list[dict[str, Any]] | None


def read_histories(
    client: AshbyClient,
    database: Database,
    connection: Connection,
    budget: int | None,
    progress: Callable[[str, int], None],
) -> None:
    """Reads the histories that are not known, up to a number of them.

    Those of active applications and of changed ones come first, then those of the others, the newest changes first.
    """
    if budget == 0:
        return
    with database.transaction(connection):
        due = _due(connection, budget)
    keep = partial(_keep, client, database, connection)
    read_in_batches(due, partial(_read, client), keep, partial(progress, ListApplicationHistory.path))


def read_in_batches(
    due: Sequence[D],
    read: Callable[[D], R],
    keep: Callable[[list[R]], None],
    progress: Callable[[int], None],
    at_once: int = THREADS,
) -> None:
    """Reads, several at once, what Ashby gives only one at a time; each batch is kept before the next one is read."""
    done = 0
    with ThreadPoolExecutor(at_once, thread_name_prefix="ashby-mirror") as threads:
        for start in range(0, len(due), _BATCH):
            tasks = [threads.submit(copy_context().run, read, each) for each in due[start : start + _BATCH]]
            try:
                found = [task.result() for task in tasks]
            finally:
                for task in tasks:
                    task.cancel()
            keep(found)
            done += len(found)
            progress(done)


def is_gone(client: AshbyClient, candidate_id: str) -> bool:
    """True if Ashby no longer has a candidate."""
    try:
        client.call(GetCandidate(candidate_id=candidate_id))
    except PermissionDeniedError:
        raise
    except Refused as refusal:
        return refusal.code == "candidate_not_found"
    return False


def _due(connection: Connection, budget: int | None) -> list[_Due]:
    was_known = exists().where(histories.c.application_id == applications.c.id)
    is_first = case((applications.c.status.in_(("Active", "Lead")) | was_known, 0), else_=1)
    columns = applications.c.id, applications.c.candidate_id, applications.c.updated_at
    unknown = select(*columns).where(~history_is_known())
    order = is_first, applications.c.updated_at.desc(), applications.c.id
    return [_Due(*row) for row in connection.execute(unknown.order_by(*order).limit(budget))]


def _read(client: AshbyClient, due: _Due) -> _Read:
    at = datetime.now(UTC)
    try:
        found = list(client.items(ListApplicationHistory(application_id=due.application_id, limit=100)))
    except Refused as refusal:
        if refusal.code != "application_not_found":
            raise
        return _Read(due, at, None)
    entries = {entry["id"]: entry for entry in found if has_id(entry)}
    return _Read(due, at, [rows.stay(entry, due.application_id) for entry in entries.values()])


def _keep(client: AshbyClient, database: Database, connection: Connection, found: list[_Read]) -> None:
    """Puts histories in place; what Ashby no longer has is taken out, and so is its person if that is gone too."""
    missing = [each.due for each in found if each.stays is None]
    people = {due.candidate_id for due in missing if due.candidate_id}
    gone = [candidate_id for candidate_id in sorted(people) if is_gone(client, candidate_id)]
    with database.transaction(connection):
        ids = [each.due.application_id for each in found]
        # Somebody may have been forgotten meanwhile.
        there = set(connection.scalars(select(applications.c.id).where(applications.c.id.in_(ids))))
        kept = [each for each in found if each.stays is not None and each.due.application_id in there]
        for table in (stage_stays, histories, seen_moves):
            connection.execute(delete(table).where(table.c.application_id.in_(ids)))
        stays = [stay for each in kept for stay in each.stays or ()]
        if stays:
            put(connection, stage_stays, stays)
        if kept:
            connection.execute(insert(histories), list(_notes(kept)))
        if missing:
            remove_applications(connection, applications.c.id.in_([due.application_id for due in missing]))
        if gone:
            remove_people(connection, gone)


def _notes(kept: list[_Read]) -> Iterator[dict[str, Any]]:
    for each in kept:
        yield {
            "application_id": each.due.application_id,
            "read_at": each.at,
            "application_updated_at": each.due.updated_at,
        }
