"""A question on its way: the state of the mirror that it is put to, the time, and the zone of its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, literal, or_

from langchain_ashby.errors import ArgumentError, MirrorError
from langchain_ashby.mirror.questions.names import NAMED, Unnamed, find_ids
from langchain_ashby.mirror.questions.periods import Period, period
from langchain_ashby.toolkit.approvals import Approvals

Timed = tuple[ColumnElement[bool], ColumnElement[bool]]
"""Two conditions: that a time is one that was asked for, and that it is not known."""


def undated(timed: Sequence[Timed]) -> list[ColumnElement[bool]]:
    """The conditions on what is left out because a time is not known, and might match if it were."""
    return [*(or_(*pair) for pair in timed), or_(*(is_unknown for _, is_unknown in timed))]


def undated_remark(number: int) -> str:
    """Says how many are left out because a time is not known."""
    return f"possible matches not counted (time not known): {number:,}"


@dataclass(frozen=True)
class Asked:
    """A question on its way.

    Attributes:
        connection: Sees one state of the mirror.
        now: The time of the question, in UTC.
        zone: Where days begin and end.
        unread: The tables whose list the API key may not read, by their names, with Ashby's name for the list.
        approvals: Reads the agent's pending approvals; None if no agent asks.
        knows_all: True if every stage history is known, so that none need be looked for that is not.
    """

    connection: Connection
    now: datetime
    zone: tzinfo
    unread: Mapping[str, str] = field(default_factory=dict)
    approvals: Approvals | None = None
    knows_all: bool = False

    def missing(self, *needed: Table) -> str:
        """The lists that these tables come from and that could not be read; empty if all of them could."""
        return " and ".join(sorted({self.unread[table.name] for table in needed if table.name in self.unread}))

    def need(self, what: str, *needed: Table) -> None:
        """Refuses a question whose answer would be wrong without these tables.

        Raises:
            MirrorError: if the API key may not read one of their lists.
        """
        if lists := self.missing(*needed):
            raise MirrorError(
                f"{what}: needs {lists}, which this API key may not read",
                code="not_in_the_mirror",
                remedy="Give the key that permission in Ashby and sync the mirror, or ask without it.",
            )

    def ids(self, argument: str, said: Sequence[str], kind: str | None = None) -> list[str]:
        """The ids of the records that an argument names.

        Raises:
            ArgumentError: if one of them names nothing, or more than one record.
            MirrorError: if the API key may not read such records.
        """
        self.need(argument, NAMED[kind or argument].table)
        try:
            return find_ids(self.connection, NAMED[kind or argument], said)
        except Unnamed as unnamed:
            raise ArgumentError(f"{argument}: {unnamed}") from None

    def period(self, argument: str, said: str) -> Period:
        """The period that an argument names.

        Raises:
            ArgumentError: if it is not a period.
        """
        try:
            return period(said, self.now, self.zone)
        except ValueError as wrong:
            raise ArgumentError(f"{argument} {wrong}") from None

    def within(self, argument: str, said: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that a time lies in the period that an argument names."""
        start, end = self.period(argument, said)
        from_start = column >= start if start is not None else literal(True)
        return and_(from_start, column < end) if end is not None else from_start

    def days_ago(self, days: float) -> datetime:
        """The moment so many days of 24 hours ago; the beginning of time if that is longer ago."""
        try:
            return self.now - timedelta(days=days)
        except OverflowError:
            return datetime.min.replace(tzinfo=self.now.tzinfo)

    def days_since(self, moment: datetime | None) -> int | None:
        """The whole days since a moment."""
        return None if moment is None else max((self.now - moment).days, 0)

    def in_days(self, said: str | None) -> str:
        """The first and last day of a period: `2026-11-01 to 2026-11-30`."""
        if said is None:
            return "all time"
        start, end = self.period("period", said)
        first = f"{start.astimezone(self.zone):%Y-%m-%d}" if start else "the beginning"
        last = f"{(end - timedelta(microseconds=1)).astimezone(self.zone):%Y-%m-%d}" if end else "now"
        return f"{first} to {last}"
