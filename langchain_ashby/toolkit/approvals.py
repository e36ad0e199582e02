"""Pending approvals, passed from an agent to its tools: a tool does not know the agent that calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from langchain_ashby.scoped import scoped


@dataclass(frozen=True)
class WaitingApproval:
    """A change that is waiting for a person's decision.

    Attributes:
        title: The title of its tool.
        args: Its arguments.
        since: When a person was asked.
        user_id: The Ashby user for whom it would be made; None for the key's owner.
        requester: Who asked the agent for it, as the application names people; None if nobody was named.
    """

    title: str
    args: Mapping[str, Any]
    since: datetime
    user_id: str | None = None
    requester: str | None = None


Approvals = Callable[[], Sequence[WaitingApproval]]
"""Reads the approvals that the current user may see."""

_told: ContextVar[Approvals | None] = ContextVar("langchain_ashby_approvals", default=None)


def telling(approvals: Approvals) -> scoped[Approvals]:
    """Lets tools called within the block read the pending approvals."""
    return scoped(_told, approvals)


def told_approvals() -> Approvals | None:
    """Returns what reads the pending approvals; None outside an agent."""
    return _told.get()
