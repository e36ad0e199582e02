"""What the mirror knows, which every answer from it has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from langchain_ashby.mirror.own_tables import lists
from langchain_ashby.mirror.tables import applications, history_is_known


@dataclass(frozen=True)
class Coverage:
    """What the mirror knows. Its text is what an answer says: `as of 14:02 UTC; history known for 2,431 of 2,475`.

    Attributes:
        as_of: The mirror holds what Ashby had then; None before the first run has ended.
        complete_at: When every list was last read as a whole: records deleted before then are known to be gone.
        applications: How many there are.
        histories: The number of them whose stage history is known.
        left_out: Lists that Ashby refused, with its code: `{"offer.list": "missing_endpoint_permission"}`.
    """

    as_of: datetime | None
    complete_at: datetime | None
    applications: int
    histories: int
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def age(self) -> timedelta | None:
        """How long ago `as_of` is."""
        return None if self.as_of is None else datetime.now(UTC) - self.as_of

    def __str__(self) -> str:
        """The line, with the date if that is not today's."""
        if self.as_of is None:
            return "nothing is known yet: the first sync has not finished"
        known = f"as of {moment(self.as_of)}; history known for {self.histories:,} of {self.applications:,}"
        without = ", ".join(sorted(self.left_out))
        return f"{known}; without {without}, which this API key may not read" if without else known


def moment(at: datetime) -> str:
    """A time to the minute, with the date if that is not today's."""
    at = at.astimezone(UTC)
    return f"{at:%H:%M} UTC" if at.date() == datetime.now(UTC).date() else f"{at:%Y-%m-%d %H:%M} UTC"


def coverage(connection: Connection, account: Row[Any]) -> Coverage:
    """Returns what the mirror knows, of the state that a connection sees."""
    refused = select(lists.c.name, lists.c.refusal).where(lists.c.refusal.is_not(None))
    every = select(func.count()).select_from(applications)
    number = connection.scalar(every) or 0
    return Coverage(
        as_of=account.as_of,
        complete_at=account.complete_at,
        applications=number,
        histories=number - (connection.scalar(every.where(~history_is_known())) or 0),
        left_out={row.name: row.refusal for row in connection.execute(refused)},
    )
