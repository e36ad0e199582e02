"""Reads the audit trail: all of it once, then only what is new."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice

from langgraph.store.base import BaseStore, GetOp, Item

from langchain_ashby.agent.cards import Card, is_current
from langchain_ashby.agent.execution.audit import AuditEntry, entry_of
from langchain_ashby.agent.execution.audit_log import ROOT
from langchain_ashby.agent.execution.store import items_under, thread_label
from langchain_ashby.inbox.became import became, by_whom, reviewers
from langchain_ashby.inbox.reasons import reason
from langchain_ashby.text.letters import plain
from langchain_ashby.text.safe import shortened
from langchain_ashby.text.words import folded, tool_title

_Place = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry without its card, so that ten thousand fit into memory.

    Attributes:
        id: Its id in the inbox's addresses.
        place: Its namespace and key in the store.
        at: When the outcome was recorded.
        tool: The tool's name.
        line: The change in a line.
        private: True if something on the card may be seen by reviewers only.
        risk: The risk on the card; `high` if there is none.
        outcome: The outcome.
        why: The reason for the outcome, in words for people, at most 600 characters.
        decided: Who decided what, in words.
        reviewer: Who decided last.
        reviewers: All who decided.
        thread_id: The thread.
        call_id: The model's id of the call.
        part_of: The bulk tool whose call this is a part of.
        candidates: The candidates that the card names: the id and name of each.
        jobs: The ids and names of the jobs that it names.
        letters: All of it as it is searched.
    """

    id: str
    place: _Place
    at: datetime
    tool: str
    line: str
    private: bool
    risk: str
    outcome: str
    why: str
    decided: str
    reviewer: str | None
    reviewers: tuple[str, ...]
    thread_id: str | None
    call_id: str
    part_of: str | None
    candidates: tuple[tuple[str, str], ...]
    jobs: tuple[str, ...]
    letters: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries are wanted: those to which everything applies that is given.

    Attributes:
        words: Words that all have to occur, in any order, whatever their case and accents.
        thread: The id of the thread.
        candidate: The id of a candidate.
        reviewer: Who decided, whatever the case.
        outcome: The outcome.
        tool: The tool's name.
        since: The first moment.
        until: The moment after the last.
    """

    words: str = ""
    thread: str | None = None
    candidate: str | None = None
    reviewer: str | None = None
    outcome: str | None = None
    tool: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Those of the rows that are wanted."""
        words, reviewer = plain(self.words).split(), folded(self.reviewer or "")
        for row in rows:
            if (
                (self.outcome is None or row.outcome == self.outcome)
                and (self.tool is None or row.tool == self.tool)
                and (self.thread is None or row.thread_id == self.thread)
                and (self.candidate is None or any(it[0] == self.candidate for it in row.candidates))
                and (self.since is None or row.at >= self.since)
                and (self.until is None or row.at < self.until)
                and (not reviewer or any(folded(it) == reviewer for it in row.reviewers))
                and all(word in row.letters for word in words)
            ):
                yield row


class Trail:
    """Reads the trail of a store. Several threads may use it.

    All of it is read once. After that, stores of SQLite and PostgreSQL are asked for what was written last, any other
    for everything again: the longer that takes, the less often it is done.

    Nothing is read with an offset: entries of the same moment have no order of their own, and some would be skipped.

    Args:
        store: The store.
        every: Seconds for which what was read counts as new enough, at least.
    """

    def __init__(self, store: BaseStore, *, every: float = 1.0) -> None:
        self._store = store
        self._every = every
        self._newest_first = any(it.__module__.startswith(_NEWEST_FIRST) for it in type(store).__mro__)
        self._guard = threading.Lock()
        self._read_again = float("-inf")
        self._written: dict[_Place, datetime] = {}
        self._newest: datetime | None = None
        self._rows: dict[str, Row] = {}
        self._in_order: tuple[Row, ...] = ()
        self._arrived: list[Row] = []
        self._unreadable: set[_Place] = set()
        self._ahead: dict[str, Row] = {}

    def rows(self) -> tuple[Row, ...]:
        """The entries, newest first."""
        self.refresh()
        return self._in_order

    def since(self, number: int) -> list[Row]:
        """The entries in the order in which they were found, without the first `number`."""
        self.refresh()
        return self._arrived[number:]

    @property
    def unreadable(self) -> int:
        """How many entries another version of this package wrote."""
        return len(self._unreadable)

    def row(self, row_id: str) -> Row | None:
        """The entry with this id."""
        self.refresh()
        return self._rows.get(row_id) or self._ahead.get(row_id)

    def entry(self, row: Row) -> AuditEntry | None:
        """The entry in full; None if it is no longer in the store.

        Raises:
            ValueError: if another version of this package wrote it.
        """
        item = self._store.get(*row.place)
        return None if item is None else entry_of(item)

    def entries(self, rows: Iterable[Row]) -> Iterator[AuditEntry]:
        """The entries of these rows in full, as `in_full` reads them.

        Raises:
            ValueError: if another version of this package wrote one.
        """
        return (entry for _, entry in self.in_full(rows))

    def in_full(self, rows: Iterable[Row]) -> Iterator[tuple[Row, AuditEntry]]:
        """These rows with their entries, read in portions. Those that are no longer in the store are left out.

        Raises:
            ValueError: if another version of this package wrote one.
        """
        ahead = iter(rows)
        while portion := list(islice(ahead, _PORTION)):
            items = self._store.batch([GetOp(*row.place) for row in portion])
            yield from ((row, entry_of(it)) for row, it in zip(portion, items, strict=True) if isinstance(it, Item))

    def thread(self, thread_id: str | None) -> list[tuple[Row, AuditEntry]]:
        """The entries of one thread as they are now, in full. Those of another version of this package are left out."""
        found = []
        for item in items_under(self._store, (*ROOT, thread_label(thread_id))):
            with suppress(ValueError):
                entry = entry_of(item)
                found.append((row_of((item.namespace, item.key), entry), entry))
        with self._guard:  # the addresses of those that are not read yet are known from now on
            self._ahead |= {row.id: row for row, _ in found if row.id not in self._rows}
        return found

    def refresh(self) -> None:
        """Reads what is new, unless that was done a moment ago."""
        with self._guard:
            began = time.monotonic()
            if began < self._read_again:
                return
            self._take(self._what_may_be_new())
            ended = time.monotonic()
            takes_all = self._every and not self._newest_first
            self._read_again = ended + max(self._every, _SHARE * (ended - began) if takes_all else 0)

    def read_ahead(self, now: datetime) -> None:
        """Reads all of it unless that was done, so that the first page need not wait for it."""
        if not self._written:
            self.refresh()

    def _what_may_be_new(self) -> Iterable[Item]:
        if self._newest_first and self._newest is not None:
            limit, known_until = _FIRST, self._newest - _MARGIN
            while limit <= _MOST:
                latest = self._store.search(ROOT, limit=limit)
                if len(latest) < limit or _written(latest[-1]) < known_until:
                    return latest
                limit *= 4
        return items_under(self._store, ROOT)

    def _take(self, items: Iterable[Item]) -> None:
        new = [row for it in items if it.namespace[: len(ROOT)] == ROOT and self._is_new(it) for row in self._taken(it)]
        if new:
            self._rows |= {row.id: row for row in new}
            self._arrived += new
            self._ahead = {key: row for key, row in self._ahead.items() if key not in self._rows}
            self._in_order = tuple(sorted(self._rows.values(), key=lambda row: row.at, reverse=True))

    def _is_new(self, item: Item) -> bool:
        return self._written.get((item.namespace, item.key)) != _written(item)

    def _taken(self, item: Item) -> Iterator[Row]:
        place, written = (item.namespace, item.key), _written(item)
        self._written[place] = written
        self._newest = max(written, self._newest or written)
        try:
            entry = entry_of(item)
        except ValueError:
            self._unreadable.add(place)
            return
        yield row_of(place, entry)


def row_of(place: _Place, entry: AuditEntry) -> Row:
    """An entry without its card."""
    card = entry.card if is_current(entry.card) else None
    refers = {} if card is None else card["refers"]
    jobs = () if card is None else jobs_on(card)
    line = tool_title(entry.tool, None) if card is None else card["line"]
    people = tuple((key, it["name"] or "") for key, it in refers.items() if it["what"].endswith(" candidate"))
    said, decided = reason(entry.outcome, entry.detail).why, by_whom(entry)
    texts = [
        line, said, entry.thread_id, tool_title(entry.tool, None), became(entry.outcome).words,
        decided, *(name for _, name in people), *jobs,
    ]  # fmt: skip
    return Row(
        id=sha256(repr(place).encode()).hexdigest()[:24],
        place=place,
        at=entry.at,
        tool=entry.tool,
        line=line,
        private=card is not None and bool(card["private"]),
        risk="high" if card is None else card["risk"],
        outcome=entry.outcome,
        why=shortened(said, 600),
        decided=decided,
        reviewer=entry.reviewer,
        reviewers=reviewers(entry),
        thread_id=entry.thread_id,
        call_id=entry.call_id,
        part_of=entry.part_of,
        candidates=people,
        jobs=jobs,
        letters=plain("\n".join(filter(None, texts))),
    )


def jobs_on(card: Card) -> tuple[str, ...]:
    """The ids and names of the jobs that a card names; of a bulk write, what its table calls them."""
    found = [text for key, it in card["refers"].items() if it["what"].endswith(" job") for text in (key, it["name"])]
    if table := card.get("table"):
        places = [place for place, head in enumerate(table["heads"]) if folded(head) == "job"]
        for cell in (row[place] for row in table["rows"] for place in places):
            found += [cell, cell.partition(" (")[0]]  # with and without what tells it from its namesakes
    return tuple(dict.fromkeys(filter(None, found)))


def _written(item: Item) -> datetime:
    at = item.updated_at
    return at if at.tzinfo else at.replace(tzinfo=UTC)


_NEWEST_FIRST = ("langgraph.store.sqlite", "langgraph.store.postgres")
_MARGIN = timedelta(seconds=10)
"""SQLite dates what is written to the second, and PostgreSQL to the beginning of its transaction."""

_SHARE = 20
"""Reading everything takes a twentieth of the time at most."""

_FIRST = 100
_MOST = 1600
_PORTION = 200
