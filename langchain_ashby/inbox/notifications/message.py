"""A message as a channel sends it, and why one was not delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Item:
    """One thing that is told: what it is, where it leads, and its data for programs."""

    text: str
    url: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Message:
    """A message to one recipient.

    Attributes:
        id: Its id, the same each time it is sent.
        type: `approvals.waiting` or `approvals.outcome`.
        at: When it was written.
        headline: What it says, in a line without any name.
        items: What it tells of.
        more: How many things it does not list.
        url: The page that it leads to.
    """

    id: str
    type: str
    at: datetime
    headline: str
    items: tuple[Item, ...]
    more: int
    url: str


class NotDeliveredError(Exception):
    """A message was not, or may not have been, delivered.

    Attributes:
        why: The reason as a predicate: “has been answering 500”. It contains no address and no secret.
        down: True if other messages would fare no better.
        retry_after: The seconds for which the other side asked to be left alone; None if it did not.
    """

    def __init__(self, why: str, *, down: bool, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.down = down
        self.retry_after = retry_after


class Channel(Protocol):
    """A way to reach people."""

    @property
    def details(self) -> bool:
        """True if messages may name candidates and say what a change is about."""
        ...

    @property
    def to(self) -> tuple[str, ...]:
        """The addresses for what no rule sends elsewhere; `("",)` for a channel that leads to one place."""
        ...

    def takes(self, address: str) -> bool:
        """True if the channel can send to this address."""
        ...

    def send(self, message: Message, address: str, now: datetime) -> None:
        """Sends a message.

        Raises:
            NotDeliveredError: unless the other side said that it has it.
        """
        ...
