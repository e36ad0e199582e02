"""Reading Ashby's lists: pages are put beside the tables, with the place to go on from, and are safe from then on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, union, update

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Endpoint, Page, Synced
from langchain_ashby.endpoints.interviews import ListInterviewStages
from langchain_ashby.errors import CursorExpiredError, PagingError, Refused, SyncTokenExpiredError, SyncTooLargeError
from langchain_ashby.mirror import rows
from langchain_ashby.mirror.database import Database
from langchain_ashby.mirror.lists import MirroredList
from langchain_ashby.mirror.own_tables import forgotten, lists, put, twin
from langchain_ashby.mirror.removal import remove
from langchain_ashby.mirror.tables import candidates, interview_plans, interview_stages, parts
from langchain_ashby.mirror.values import has_id

Progress = Callable[[str, int], None]
"""Called with what is read, `application.list` say, and how many records of it so far."""

PAGE = 100
"""The most records that Ashby puts on a page."""

BATCH = 5
"""So many pages are written at once: a run that is killed reads at most these again."""

_STARTS = 3
"""How often a list is begun anew in one run because Ashby refuses its cursor, before the error is passed on."""


class Reader:
    """Reads lists for one run.

    Args:
        client: Of the account.
        database: Of the mirror.
        connection: The writer's.
        progress: Told after each page.
    """

    def __init__(self, client: AshbyClient, database: Database, connection: Connection, progress: Progress) -> None:
        self._client = client
        self._database = database
        self._connection = connection
        self._progress = progress
        self._stages: set[str] = set()

    def read(self, group: list[MirroredList]) -> None:
        """Reads what this run has not read of some lists yet: the changes, or all if Ashby cannot tell the changes.

        Raises:
            AshbyError: of the kind that fits the failure. What was read until then is kept.
        """
        with ExitStack() as stack:
            begun = [stack.enter_context(closing(self._begin(wanted))) for wanted in group]
            for wanted, pages in zip(group, begun, strict=True):
                self._read(wanted, pages)

    def _read(self, wanted: MirroredList, pages: PagesAhead) -> None:
        for start in range(_STARTS):
            try:
                with closing(pages):
                    self._put_pages(wanted, pages)
                return
            except (SyncTokenExpiredError, SyncTooLargeError):
                self._begin_again(wanted, is_full=True)
            except (CursorExpiredError, PagingError):
                self._begin_again(wanted, is_full=None)
                if start == _STARTS - 1:
                    raise
            except Refused as refusal:
                if wanted.is_needed:
                    raise
                self._begin_again(wanted, is_full=True)
                with self._database.transaction(self._connection):
                    self._note(wanted.name, is_read=True, refusal=refusal.code)
                return
            pages = self._begin(wanted)

    def _begin(self, wanted: MirroredList) -> PagesAhead:
        """Sends for a list, from where this run has come to."""
        if not isinstance(wanted.request, Synced):
            request = wanted.request
            return PagesAhead(self._whole(request))
        with self._database.transaction(self._connection):
            state = self._connection.execute(select(lists).where(lists.c.name == wanted.name)).one()
        token = None if state.is_full else state.sync_token
        values = {"cursor": state.cursor, "sync_token": token, "limit": PAGE}
        return PagesAhead(self._client.pages(wanted.request.model_copy(update=values)), is_first=state.cursor is None)

    def _whole(self, request: Endpoint[list[Any]]) -> Iterator[Page[Any]]:
        """A list that Ashby gives as a whole."""
        yield Page(self._client.call(request))

    def _put_pages(self, wanted: MirroredList, pages: PagesAhead) -> None:
        read, is_first = 0, pages.is_first
        waiting: list[Any] = []
        reached: Page[Any] = Page([])
        try:
            for page in pages:
                waiting += page.results
                reached = page
                if len(waiting) >= BATCH * PAGE or page.next_cursor is None:
                    self._put(wanted, Page(waiting, page.next_cursor, page.sync_token), is_first=is_first)
                    is_first, waiting = False, []
                read += len(page.results)
                self._progress(wanted.name, read)
        finally:
            if waiting and reached.next_cursor is not None:  # it ends here for now
                self._put(wanted, Page(waiting, reached.next_cursor), is_first=is_first)

    def _put(self, wanted: MirroredList, page: Page[Any], *, is_first: bool) -> None:
        """Puts pages beside the tables. A record that came on an earlier page too is the newer one now."""
        by_table = self._rows(wanted, page.results)
        with self._database.transaction(self._connection):
            if is_first:
                self._clear(wanted.table)
            for table, found in by_table.items():
                if "id" in table.c and not (is_first and table is not interview_stages):
                    self._remove_staged(table, [row["id"] for row in found])
            for table, found in by_table.items():
                put(self._connection, twin(table), found)
            if wanted.table is candidates:
                self._note_forgotten([row["id"] for row in by_table.get(candidates, ())])
            is_read = page.next_cursor is None
            self._note(wanted.name, cursor=page.next_cursor, next_token=page.sync_token, is_read=is_read, refusal=None)

    def _rows(self, wanted: MirroredList, records: list[Any]) -> dict[Table, list[dict[str, Any]]]:
        by_table: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        newest = {record["id"]: record for record in records if has_id(record)}
        for record in newest.values():
            for table, row in wanted.rows(record):
                if table is interview_stages and row["id"] in self._stages:
                    continue  # that of another application
                if table is interview_stages:
                    self._stages.add(row["id"])
                by_table[table].append(row)
        return by_table

    def read_stages(self) -> None:
        """Reads the stages of all plans that are in use: a stage can change without its plan or an application."""
        staged, plans = twin(interview_stages), interview_plans
        archived = select(plans.c.id).where(plans.c.is_archived)
        wanted = [
            select(twin(plans).c.id),
            select(plans.c.id).where(plans.c.id.not_in(archived)),
            # Of plans that no list names, such as one that has become a draft since people applied.
            select(interview_stages.c.interview_plan_id).where(interview_stages.c.interview_plan_id.not_in(archived)),
            select(staged.c.interview_plan_id).where(staged.c.id.not_in(select(interview_stages.c.id))),
        ]
        with self._database.transaction(self._connection):
            ids = self._connection.scalars(union(*wanted)).all()
        for number, plan_id in enumerate(filter(None, ids), 1):
            try:
                found: list[Any] = self._client.call(ListInterviewStages(interview_plan_id=plan_id))
            except Refused:
                continue  # what applications say of their stages has to do
            stages = [row for record in found if has_id(record) for _, row in rows.interview_stage(record)]
            stages = [row | {"interview_plan_id": plan_id} for row in stages]
            with self._database.transaction(self._connection):
                self._remove_staged(interview_stages, [row["id"] for row in stages])
                if stages:
                    put(self._connection, staged, stages)
            self._progress("interviewStage.list", number)

    def _begin_again(self, wanted: MirroredList, *, is_full: bool | None) -> None:
        with self._database.transaction(self._connection):
            self._clear(wanted.table)
            self._note(wanted.name, cursor=None, next_token=None, is_read=False)
            if is_full is not None:
                self._note(wanted.name, is_full=is_full)

    def _note(self, name: str, **values: Any) -> None:
        self._connection.execute(update(lists).where(lists.c.name == name).values(values))

    def _note_forgotten(self, ids: list[str]) -> None:
        """Notes which of the forgotten people Ashby still has."""
        listed = set(self._connection.scalars(select(forgotten.c.candidate_id))) & set(ids)
        for candidate_id in listed:
            seen = update(forgotten).where(forgotten.c.candidate_id == candidate_id)
            self._connection.execute(seen.values(seen_at=datetime.now(UTC)))

    def _clear(self, table: Table) -> None:
        self._connection.execute(delete(twin(table)))
        for part in parts(table):
            self._clear(part)

    def _remove_staged(self, table: Table, ids: list[str]) -> None:
        known = self._connection.scalars(select(twin(table).c.id).where(twin(table).c.id.in_(ids))).all()
        if known:
            remove(self._connection, table, twin(table).c.id.in_(known), twin)


class PagesAhead:
    """The pages of a list, each of which is on its way while the caller is busy with the one before.

    Args:
        pages: The pages; another thread asks for them.
        is_first: True if the first one is the list's.
    """

    def __init__(self, pages: Iterator[Page[Any]], *, is_first: bool = True) -> None:
        self.is_first = is_first
        self._pages = pages
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ashby-mirror")
        self._upcoming = self._send()

    def __iter__(self) -> Iterator[Page[Any]]:
        while (page := self._upcoming.result()) is not None:
            self._upcoming = self._send()
            yield page

    def close(self) -> None:
        """Waits for the page that is on its way."""
        self._thread.shutdown()

    def _send(self) -> Future[Page[Any] | None]:
        return self._thread.submit(copy_context().run, self._next)

    def _next(self) -> Page[Any] | None:
        return next(self._pages, None)
