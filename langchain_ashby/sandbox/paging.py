"""Lists in pages, and lists of what has changed.

A full list runs through the records in the order of creation; its last page carries a sync token that holds the number
of the newest change *before the first page*. A list with that token runs through later changes in their order, up to
the newest one at its start. So nothing is missed and nothing shifts while records are added or changed.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.messages import Refusal
from langchain_ashby.sandbox.store import Condition, equals
from langchain_ashby.sandbox.visibility import visible

Record = TypeVar("Record", bound=Mapping[str, object])

LARGEST_PAGE = 100
_LIFETIME = 14 * 24 * 3600


@dataclass(frozen=True)
class Page:
    """A page of results. Only the last one has a sync token, and only the others have a cursor."""

    results: list[Any]
    next_cursor: str | None = None
    sync_token: str | None = None

    def envelope(self) -> dict[str, Any]:
        """The reply's body."""
        envelope = {"success": True, "results": self.results, "moreDataAvailable": self.next_cursor is not None}
        if self.next_cursor is not None:
            envelope["nextCursor"] = self.next_cursor
        if self.sync_token is not None:
            envelope["syncToken"] = self.sync_token
        return envelope


@dataclass(frozen=True)
class _Run:
    """The position of a list: behind `position`; a list of changes stops at change `until`."""

    position: int
    until: int
    is_incremental: bool


def listing(
    call: Call,
    kind: type[Record],
    reply: Callable[[Record], Any],
    conditions: Sequence[Condition] = (),
) -> Page:
    """The page that the call asks for, of the records that meet the conditions and that the key may see."""
    limit = min(call.body.get("limit", LARGEST_PAGE), LARGEST_PAGE)
    conditions = [*conditions, *visible(kind, call.key)]
    run = _run(call)
    if run.is_incremental:
        if call.sync_page_cap is not None and call.body.get("cursor") is None:
            _refuse_large_sync(call, kind, conditions, run, call.sync_page_cap * limit)
        rows = call.store.changed_page(kind, conditions, run.position, run.until, limit + 1)
    else:
        rows = call.store.page(kind, conditions, run.position, limit + 1)
    results = [reply(record) for _, record in rows[:limit]]
    if len(rows) > limit:
        cursor = call.tokens.seal(
            "cursor",
            _purpose(call, "syncToken"),
            int(call.clock.time()),
            rows[limit - 1][0],
            run.until,
            int(run.is_incremental),
        )
        return Page(results, next_cursor=cursor)
    return Page(results, sync_token=call.tokens.seal("sync", _purpose(call), int(call.clock.time()), run.until))


def listing_of(call: Call, items: Sequence[Any]) -> Page:
    """The page that the call asks for, of items that are part of one record and only ever grow at the end."""
    return _page_of(call, items, _run(call).position)


def listing_within(call: Call, kind: type[Record], record_id: str, items: Sequence[Any]) -> Page:
    """The page that the call asks for, of items that are part of a record; with a sync token all or none of them.

    They count as changed with their record. The tokens give them on one page, whatever the limit.
    """
    run = _run(call)
    if not run.is_incremental:
        page = _page_of(call, items, run.position)
        sync = None if page.next_cursor else call.tokens.seal("sync", _purpose(call), int(call.clock.time()), run.until)
        return Page(page.results, page.next_cursor, sync)
    changed = call.store.changed_page(kind, [equals("id", record_id)], run.position, run.until, 1)
    token = call.tokens.seal("sync", _purpose(call), int(call.clock.time()), run.until)
    return Page(list(items) if changed else [], sync_token=token)


def _page_of(call: Call, items: Sequence[Any], start: int) -> Page:
    limit = min(call.body.get("limit", LARGEST_PAGE), LARGEST_PAGE)
    results = list(items[start : start + limit])
    if start + limit >= len(items):
        return Page(results)
    cursor = call.tokens.seal("cursor", _purpose(call, "syncToken"), int(call.clock.time()), start + limit, 0, 0)
    return Page(results, next_cursor=cursor)


def _run(call: Call) -> _Run:
    """The position of the list that the call's tokens hold."""
    cursor, sync_token = call.body.get("cursor"), call.body.get("syncToken")
    since = None
    if sync_token is not None:
        (since,) = _open(call, "sync", sync_token, _purpose(call), "sync_token_invalid", "sync_token_expired")
    if cursor is not None:
        purpose = _purpose(call, "syncToken")
        position, until, is_incremental = _open(
            call, "cursor", cursor, purpose, "invalid_next_cursor", "next_cursor_expired"
        )
        return _Run(position, until, bool(is_incremental))
    return _Run(since or 0, call.store.changes, since is not None)


def _open(call: Call, name: str, token: str, purpose: str, invalid: str, expired: str) -> list[Any]:
    values = call.tokens.open(token)
    if values is None or values[:2] != [name, purpose]:
        raise Refusal(invalid, f"This {name} token was not given out for this request. Start again without it.")
    if call.clock.time() - values[2] > _LIFETIME:
        raise Refusal(expired, f"This {name} token is older than 14 days. Start again without it.")
    return values[3:]


def _purpose(call: Call, *more: str) -> str:
    """The purpose of a token: this endpoint with these filters (a cursor: with this sync token too)."""
    ignored = {"cursor", "syncToken", "limit", "expand"} - set(more)
    filters = {key: value for key, value in call.body.items() if key not in ignored and value is not None}
    text = json.dumps([call.endpoint, filters], sort_keys=True)
    return f"f{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _refuse_large_sync(
    call: Call, kind: type[Record], conditions: Sequence[Condition], run: _Run, largest: int
) -> None:
    if len(call.store.changed_page(kind, conditions, run.position, run.until, largest + 1)) > largest:
        raise Refusal("incremental_sync_too_large", "Too much has changed since this sync token. Run a full sync.")
