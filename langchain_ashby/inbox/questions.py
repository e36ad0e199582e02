"""What waits for a person, as the pages show it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from langgraph.store.base import BaseStore

from langchain_ashby.agent.approval.waiting import Waiting, all_waiting
from langchain_ashby.agent.cards import Card, is_current
from langchain_ashby.text.words import tool_title

UNKNOWN_RISK = "high"
"""A change without a card that can be read is shown at its worst."""


@dataclass(frozen=True)
class Approval:
    """One change that waits for a decision.

    Attributes:
        question: The question that it is part of.
        number: Its number in the question, from 1.
        action: The action of LangChain's approval protocol.
    """

    question: Question = field(repr=False)
    number: int
    action: Mapping[str, Any]

    @property
    def address(self) -> str:
        """Its page, below the root of the inbox."""
        return f"/approvals/{self.question.interrupt_id}/{self.number}"

    @property
    def tool(self) -> str:
        """The name of its tool."""
        return str(self.action["name"])

    @property
    def title(self) -> str:
        """Its tool in words."""
        return str(self.action.get("title") or tool_title(self.tool, None))

    @property
    def card(self) -> Card | None:
        """Its card; None for a tool that has none, or if it is not of this version."""
        card = self.action.get("card")
        return card if is_current(card) else None

    @property
    def line(self) -> str:
        """What will happen, in a line."""
        return self.card["line"] if self.card else self.title

    @property
    def risk(self) -> str:
        """`low`, `medium` or `high`."""
        return self.card["risk"] if self.card else UNKNOWN_RISK

    @cached_property
    def fingerprint(self) -> str:
        """Identifies exactly what is shown. A decision about anything else does not count."""
        shown = json.dumps([self.question.interrupt_id, self.action], sort_keys=True, default=str)
        return sha256(shown.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Question:
    """What one thread asks at once. The agent goes on when all of its approvals are decided."""

    waiting: Waiting = field(repr=False)

    @property
    def interrupt_id(self) -> str:
        """The id of its interrupt, which is its name in addresses."""
        return self.waiting["interrupt_id"]

    @property
    def since(self) -> datetime:
        """When it was asked."""
        return datetime.fromisoformat(self.waiting["since"])

    @property
    def expires(self) -> datetime | None:
        """When it will be too late to approve."""
        return datetime.fromisoformat(self.waiting["expires"]) if self.waiting["expires"] else None

    @cached_property
    def approvals(self) -> Sequence[Approval]:
        """Its changes, in order."""
        return [Approval(self, it, action) for it, action in enumerate(self.waiting["request"]["action_requests"], 1)]


class Questions:
    """The open questions of all threads.

    Args:
        store: The agent's store.
    """

    def __init__(self, store: BaseStore) -> None:
        self._store = store

    def all(self) -> list[Question]:
        """All of them, those that wait longest first."""
        return [Question(it) for it in all_waiting(self._store)]

    def approvals(self) -> Iterator[Approval]:
        """All changes that wait, in the order of their questions."""
        for question in self.all():
            yield from question.approvals

    def find(self, interrupt_id: str) -> Question | None:
        """The open question with this id; None if there is none."""
        return next((it for it in self.all() if it.interrupt_id == interrupt_id), None)
