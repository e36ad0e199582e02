"""Approvals that wait, as an agent tells its tools of them: a tool knows nothing of the agent that calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class WaitingApproval:
    """A change that waits for a person's decision.

    Attributes:
        title: Its tool in words.
        args: Its arguments.
        since: When it was asked about.
        user_id: The Ashby user for whom it would be made; None for the key's owner.
        requester: Who asked the agent for it, as the application names people; None if nobody was named.
    """

    title: str
    args: Mapping[str, Any]
    since: datetime
    user_id: str | None = None
    requester: str | None = None


Approvals = Callable[[], Sequence[WaitingApproval]]
"""Reads those that whoever is asking may know of."""

_told: ContextVar[Approvals | None] = ContextVar("langchain_ashby_approvals", default=None)


@contextmanager
def telling(approvals: Approvals) -> Iterator[None]:
    """Tells tools that are called within the block how to read the approvals that wait."""
    token = _told.set(approvals)
    try:
        yield
    finally:
        _told.reset(token)


def told_approvals() -> Approvals | None:
    """Reads the approvals that wait; None if no agent calls."""
    return _told.get()
