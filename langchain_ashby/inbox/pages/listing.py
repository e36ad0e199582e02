"""The list of waiting changes, as one reviewer sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from starlette.requests import Request

from langchain_ashby.inbox.outbox import Kept
from langchain_ashby.inbox.pages.filters import Choices, Filters, choices
from langchain_ashby.inbox.pages.shared import inbox_of, reviewer_of
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.together import Alike, alike

ROWS = 100
"""The most rows of one page of the list."""


@dataclass(frozen=True)
class Row:
    """A change in the list.

    Attributes:
        approval: The change.
        kept: The decision about it, if there is one that has not been sent.
        later: Until when the reviewer put it off.
    """

    approval: Approval
    kept: Kept | None
    later: datetime | None

    @property
    def waits(self) -> bool:
        """True if nobody has decided on it."""
        return self.kept is None


@dataclass(frozen=True)
class Listing:
    """What waits.

    Attributes:
        rows: All changes that the filters admit, those that wait longest first.
        filters: The filters.
        choices: What can be filtered by.
        waiting: How many changes wait in all, and are not put off.
        put_off: How many changes the reviewer put off.
        now: The present.
        kept: All decisions that have not been sent.
    """

    rows: list[Row]
    filters: Filters
    choices: Choices
    waiting: int
    put_off: int
    now: datetime
    kept: dict[tuple[str, int], Kept]

    @cached_property
    def open_rows(self) -> list[Row]:
        """The rows that wait for a decision."""
        return [it for it in self.rows if it.waits]

    @cached_property
    def alike(self) -> list[Alike]:
        """The changes that can be decided together."""
        return alike((it.approval for it in self.open_rows), self.now)

    def place_of(self, approval: Approval) -> int | None:
        """The place of a change in the rows, from 0; None if the filters leave it out."""
        address = approval.address
        return next((place for place, it in enumerate(self.rows) if it.approval.address == address), None)

    def after(self, place: int) -> Approval | None:
        """The next change that waits after a place, or else the first one; None if no other waits."""
        others = [*self.rows[place + 1 :], *self.rows[:place]]
        return next((it.approval for it in others if it.waits), None)

    def page(self, number: int) -> list[Row]:
        """The rows of a page, from 1."""
        return self.rows[(number - 1) * ROWS : number * ROWS]

    @property
    def pages(self) -> int:
        """The number of pages."""
        return max(1, -(-len(self.rows) // ROWS))


def listing(request: Request) -> Listing:
    """What waits, for the reviewer and with the filters of a request."""
    inbox, reviewer, now = inbox_of(request), reviewer_of(request), datetime.now(UTC)
    filters = Filters.of(request.query_params)
    kept, later = inbox.outbox.all(), inbox.later.of(reviewer.name, now)
    seen = [it for it in inbox.questions.approvals() if reviewer.may_see(it)]
    rows = [
        Row(it, kept.get((it.question.interrupt_id, it.number)), later.get(it.address))
        for it in seen
        if (it.address in later) == bool(filters.later) and filters.admit(it, decides=reviewer.may_decide(it))
    ]
    waiting = sum((it.question.interrupt_id, it.number) not in kept and it.address not in later for it in seen)
    put_off = sum(it.address in later for it in seen)
    return Listing(rows, filters, choices(seen), waiting, put_off, now, kept)
