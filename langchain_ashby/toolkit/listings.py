"""The listings in which names are found: read once for each client, and kept for a few minutes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import PAGE, Operation, Paged
from langchain_ashby.ids import canonical
from langchain_ashby.text.json import json_safe

FRESH = 300.0
"""Seconds for which a listing is kept."""

MOST_PAGES = 10
"""The most pages of a listing that are read."""

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """The records of a listing, each once.

    Attributes:
        records: The records, with their ids as Ashby writes them.
        complete: False if there are more than were read.
        began: When reading began, by `time.monotonic`.
        written: How many records of the kind the client had written by then.
    """

    records: tuple[Record, ...]
    complete: bool
    began: float
    written: int


class _Place:
    """A place for a listing. Threads that want the same one wait here for the first of them."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: Listing | None = None


class _Kept:
    """The listings of one client, by request and by the user for whom it was made."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._places: dict[tuple[str, str, str | None], _Place] = {}

    def place(self, *key: Any) -> _Place:
        with self._lock:
            oldest = time.monotonic() - FRESH
            self._places = {
                known: it
                for known, it in self._places.items()
                if it.lock.locked() or (it.kept and it.kept.began > oldest)
            }
            return self._places.setdefault((key[0], key[1], key[2]), _Place())


_of_client: WeakKeyDictionary[AshbyClient, _Kept] = WeakKeyDictionary()
_guard = Lock()


def kept(client: AshbyClient, request: Operation[Any], *, not_before: float | None = None) -> Listing:
    """Returns a listing that this client has read, if it is fresh; or reads it.

    It is not fresh once the client has written such a record, or if it was read before the moment `not_before`.

    Raises:
        AshbyError: if it cannot be read.
    """
    with _guard:
        own = _of_client.setdefault(client, _Kept())
    place = own.place(request.path, request.model_dump_json(), client.on_behalf_of)
    with place.lock:
        known, now = place.kept, time.monotonic()
        if (
            known is None
            or known.began < max(now - FRESH, not_before or 0)
            or known.written != client.written[request.record()]
        ):
            place.kept = known = read(client, request)
        return known


def read(client: AshbyClient, request: Operation[Any]) -> Listing:
    """Reads a listing, of at most `MOST_PAGES` pages.

    Raises:
        AshbyError: if it cannot be read.
    """
    began, written = time.monotonic(), client.written[request.record()]
    found: list[Any] = []
    complete = True
    if isinstance(request, Paged):
        for number, page in enumerate(client.pages(request.model_copy(update={"limit": PAGE})), 1):
            found += page.results
            complete = page.next_cursor is None
            if number == MOST_PAGES:
                break
    else:
        reply = client.exchange(request)
        found = reply.result if isinstance(reply.result, list) else []
        complete = not reply.more and (request.most_results is None or len(found) < request.most_results)
    records = {it["id"]: it for it in map(_with_its_id, json_safe(found)) if it}
    return Listing(tuple(records.values()), complete, began, written)


def _with_its_id(record: Any) -> Record | None:
    """The record with its id as arguments have it; None for anything that has none."""
    try:
        return {**record, "id": canonical(record["id"])}
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
