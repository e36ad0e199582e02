"""A question on its way: the state of the mirror that it is put to, the time, and the zone of its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, literal

from langchain_ashby.errors import ArgumentError
from langchain_ashby.mirror.questions.names import NAMED, Unnamed, find_ids
from langchain_ashby.mirror.questions.periods import Period, period


@dataclass(frozen=True)
class Asked:
    """A question on its way.

    Attributes:
        connection: Sees one state of the mirror.
        now: The time of the question, in UTC.
        zone: Where days begin and end.
    """

    connection: Connection
    now: datetime
    zone: tzinfo

    def ids(self, argument: str, said: Sequence[str], kind: str | None = None) -> list[str]:
        """The ids of the records that an argument names.

        Raises:
            ArgumentError: if one of them names nothing, or more than one record.
        """
        try:
            return find_ids(self.connection, NAMED[kind or argument], said)
        except Unnamed as unnamed:
            raise ArgumentError(f"{argument}: {unnamed}") from None

    def period(self, argument: str, said: str) -> Period:
        """The period that an argument names.

        Raises:
            ArgumentError: if it is none.
        """
        try:
            return period(said, self.now, self.zone)
        except ValueError as wrong:
            raise ArgumentError(f"{argument} {wrong}") from None

    def within(self, argument: str, said: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that a time lies in the period that an argument names."""
        start, end = self.period(argument, said)
        bounds = [column >= start] * (start is not None) + [column < end] * (end is not None)
        return and_(literal(True), *bounds)

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
