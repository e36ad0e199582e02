"""The reads for cards: each distinct one is made once, those that belong together at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from langchain_ashby.agent.cards.complete import checked
from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access, Operation, Page, Paged
from langchain_ashby.errors import AshbyError, UnreadableReplyError
from langchain_ashby.text.json import json_safe
from langchain_ashby.text.words import at

R = TypeVar("R")
T = TypeVar("T")

AT_ONCE = 8
"""Requests under way at the same time, however many cards are made."""

MOST_PAGES = 5
"""The most pages of a listing that are read."""


class Records(list[T]):
    """The records of a listing; `complete` tells whether it was read to its end."""

    complete: bool = True


class ReadCache:
    """One look at Ashby: what was read once is not read again, so it is for one moment and not to be kept.

    Args:
        client: Reads through this client. Only operations that read are let through.
        now: What "past" and "today" mean on the cards; the present if left out.

    Threads may share it.
    """

    def __init__(self, client: AshbyClient, *, now: datetime | None = None) -> None:
        self.client = client
        self.now = now or datetime.now(UTC)
        self._made: dict[tuple[type, str], Future[Any]] = {}
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._began = time.monotonic()

    def as_of(self, moment: datetime) -> ReadCache:
        """The same cached reads, with another moment for "past" and "today"."""
        other = ReadCache(self.client, now=moment)
        other._made, other._lock, other._free, other._began = self._made, self._lock, self._free, self._began
        return other

    def affords(self, request: Operation[Any]) -> bool:
        """True if there is time for a read that only explains: it was made already, or the look has taken less than
        half of what a call may take."""
        return _key(request) in self._made or time.monotonic() - self._began < self.client.budget / 2

    def call(self, request: Operation[R]) -> R:
        """The result of a read.

        Raises:
            AshbyError: as the client does; again for the same read, without asking again.
            ValueError: if the operation would write.
        """
        if request.access is not Access.READ:
            raise ValueError(f"{request.path} is not a read")
        return self._once(request, lambda: self._asked(request))

    def items(self, request: Paged[T]) -> Records[T]:
        """The records of a listing, of the first five pages at most; `complete` tells whether that was all."""
        records: Records[T] = Records()
        for page in self._pages(request):
            records += page.results
            records.complete = page.next_cursor is None
        return records

    def first(self, request: Paged[T], wanted: Callable[[T], bool]) -> T | None:
        """The first record of a listing that is wanted, if it is on the first five pages."""
        return next((record for page in self._pages(request) for record in page.results if wanted(record)), None)

    def all(self, *requests: Operation[Any] | None) -> list[Any]:
        """The results of several reads, made at the same time: for each its result, its error, or None for None.

        A listing's result is its records, as `items` gives them.
        """
        made = [request for request in requests if request is not None]
        # What is known already needs no thread.
        if sum(_key(request) not in self._made for request in made) < 2:
            return [None if request is None else self._tried(request) for request in requests]
        with ThreadPoolExecutor(len(made), thread_name_prefix="reads") as threads:
            # Each in a copy of the context, which says for whom the client acts.
            started = [threads.submit(copy_context().run, self._tried, request) for request in made]
            results = iter([it.result() for it in started])
        return [None if request is None else next(results) for request in requests]

    def revision(self, record_id: str) -> dict[str, str]:
        """Times of the last change of a record and the records inside it, by id, as far as they were read."""
        with self._lock:
            made = [it for it in self._made.values() if it.done() and it.exception() is None]
        results = [it.result() for it in made]
        records = [
            record
            for result in results
            for record in _records(result)
            if isinstance(record, Mapping) and record.get("id") == record_id
        ]
        times = {str(at(part, "id")): str(part["updatedAt"]) for part in _parts(records) if part.get("updatedAt")}
        return times if record_id in times else {}

    def _tried(self, request: Operation[Any]) -> Any:
        try:
            return self.items(request) if isinstance(request, Paged) else self.call(request)
        except AshbyError as error:
            return error

    def _pages(self, request: Paged[T]) -> Iterator[Page[T]]:
        for _ in range(MOST_PAGES):
            page = self.call(request)
            yield page
            if page.next_cursor is None or page.next_cursor == request.cursor:
                return
            request = request.model_copy(update={"cursor": page.next_cursor})

    def _once(self, request: Operation[R], ask: Callable[[], R]) -> R:
        key = _key(request)
        with self._lock:
            known = self._made.get(key)
            mine: Future[R] = Future()
            if known is None:
                self._made[key] = mine
        if known is not None:
            return known.result()  # type: ignore[no-any-return]  # it was made for the same request
        try:
            mine.set_result(ask())
        except BaseException as error:
            mine.set_exception(error)
        return mine.result()

    def _asked(self, request: Operation[R]) -> R:
        with self._free:
            result = self.client.call(request)
        found: Any = json_safe(result.results if isinstance(result, Page) else result)
        if request.path.endswith(".info"):
            if not isinstance(found, Mapping):
                raise UnreadableReplyError("Ashby's reply has no record", endpoint=request.path)
            return cast(R, checked(request.path, found))
        if not isinstance(found, list):
            raise UnreadableReplyError("Ashby's reply has no list of records", endpoint=request.path)
        found = [checked(request.path, it) for it in found]
        return replace(result, results=found) if isinstance(result, Page) else cast(R, found)


def _key(request: Operation[Any]) -> tuple[type, str]:
    return type(request), request.model_dump_json()


def _records(result: Any) -> list[Any]:
    """The records of a result: of a page, of a listing, or the one that it is."""
    records = result.results if isinstance(result, Page) else result
    return records if isinstance(records, list) else [records]


def _parts(value: dict[str, Any] | list[Any]) -> Iterator[Mapping[str, Any]]:
    """Every JSON object in a value."""
    if isinstance(value, dict):
        yield value
    for entry in value.values() if isinstance(value, dict) else value:
        if isinstance(entry, dict | list):
            yield from _parts(entry)
