"""Changes that a reviewer put off: they leave that reviewer's list until a time, and no one else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta, tzinfo

from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.execution.store import list_items, load, put_op, thread_label
from langchain_ashby.inbox.questions import Approval

AT = 9
"""The hour at which what was put off for days comes back."""


@dataclass(frozen=True)
class Later:
    """What reviewers put off.

    Args:
        store: The agent's store.
    """

    store: BaseStore

    def put_off(self, approval: Approval, reviewer: str, until: datetime) -> None:
        """Hides a change from the reviewer's list until a time."""
        self.store.batch([put_op(_namespace(reviewer), _key(approval), {"until": until.isoformat()})])

    def bring_back(self, approval: Approval, reviewer: str) -> None:
        """Shows a change in the reviewer's list again."""
        self.store.batch([PutOp(_namespace(reviewer), _key(approval), None)])

    def of(self, reviewer: str, now: datetime) -> dict[str, datetime]:
        """What the reviewer put off to a later time than now: until when, by the change's address."""
        found = {
            it.key: datetime.fromisoformat(load(it)["until"]) for it in list_items(self.store, _namespace(reviewer))
        }
        return {key: until for key, until in found.items() if until > now}


def until(when: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The time that is meant by `hour`, `tomorrow`, `week`, or a time in ISO 8601; None if it is none of them.

    Args:
        when: The word or the time.
        now: The present.
        zone: The time zone in which a day begins, and of a time without one.
    """
    there = now.astimezone(zone)
    if when == "hour":
        return there + timedelta(hours=1)
    if when in _DAYS:
        return (there + timedelta(days=_DAYS[when])).replace(hour=AT, minute=0, second=0, microsecond=0)
    try:
        found = datetime.fromisoformat(when)
    except ValueError:
        return None
    if found.year == MAXYEAR:  # in another zone it may be in a year that there is not
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


_DAYS = {"tomorrow": 1, "week": 7}


def _namespace(reviewer: str) -> tuple[str, ...]:
    return ("langchain_ashby", "later", thread_label(reviewer))


def _key(approval: Approval) -> str:
    return approval.address
