"""Waiting changes, as the pages show them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import Any

from langgraph.store.base import BaseStore

from langchain_ashby.agent.cards import Card, is_current
from langchain_ashby.agent.execution.waiting import NOTHING, Place, Waiting, place, places, read
from langchain_ashby.text.words import LONGEST_TEXT, UNNAMED, tool_title

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

    @cached_property
    def card(self) -> Card | None:
        """Its card; None for a tool that has none, or if it is not of this version."""
        card = self.action.get("card")
        return card if is_current(card) else None

    @property
    def line(self) -> str:
        """What will happen, in a line."""
        return self.card["line"] if self.card else self.title

    @cached_property
    def risk(self) -> str:
        """`low`, `medium` or `high`."""
        return self.card["risk"] if self.card else UNKNOWN_RISK

    @property
    def candidate(self) -> str | None:
        """The name of the candidate whom it concerns, if it is one."""
        return self._named("candidate")

    @cached_property
    def job(self) -> str | None:
        """The name of the job that it concerns, if it is one."""
        return self._named("job")

    @cached_property
    def likeness(self) -> tuple[str, ...]:
        """Equal for changes of the same kind: of the same tool, with the same arguments given."""
        args = self.action["args"]
        return self.tool, *sorted(args if isinstance(args, Mapping) else ())

    @property
    def approved_by(self) -> Sequence[Mapping[str, Any]]:
        """Who has approved it already, with `reviewer` and `at`, if that is not enough yet."""
        found = self.action.get("approved_by")
        return found if isinstance(found, list) else []

    @property
    def held_until(self) -> datetime | None:
        """Until when the approved change is held back."""
        return _moment(self.action.get("held_until"))

    @cached_property
    def has_to_be_alone(self) -> str | None:
        """The reason why it cannot be decided together with others like it; None if there is none."""
        card = self.card
        if card is None:
            return "It has no card."
        reasons = (
            (self.approved_by or self.action.get("needs"), "It needs more than one approval."),
            (self.question.waiting["request"].get("problem"), "It is being asked again."),
            (card["risk"] == "high", "Its risk is high."),
            (card["warnings"], "It has warnings."),
            (card.get("table"), "It changes many records."),
            (any(len(it["after"] or "") >= LONGEST_TEXT for it in card["changes"]), "A text is too long for its card."),
            (
                card["unchecked"] or any(it["before"] == UNNAMED for it in card["changes"]),
                "Something could not be checked.",
            ),
            (any(it["from"] == "outsiders" for it in card.get("sources", ())), "A value is only in text by outsiders."),
        )
        return next((reason for is_so, reason in reasons if is_so), None)

    @cached_property
    def fingerprint(self) -> str:
        """Identifies exactly what is shown. A decision about anything else does not count."""
        return fingerprint(self.question.interrupt_id, self.action)

    def _named(self, what: str) -> str | None:
        if self.card is None:
            return None
        names = {it["name"]: None for it in self.card["refers"].values() if what in it["what"].lower() and it["name"]}
        return next(iter(names)) if len(names) == 1 else None


@dataclass(frozen=True)
class Question:
    """What one thread asks at once. The agent goes on when all of its approvals are decided."""

    waiting: Waiting = field(repr=False)

    @property
    def interrupt_id(self) -> str:
        """The id of its interrupt, which is its name in addresses."""
        return self.waiting["interrupt_id"]

    @property
    def place(self) -> Place:
        """Where it is listed."""
        return place(self.waiting)

    @cached_property
    def since(self) -> datetime:
        """When it was asked."""
        return datetime.fromisoformat(self.waiting["since"])

    @cached_property
    def expires(self) -> datetime | None:
        """When it will be too late to approve."""
        return datetime.fromisoformat(self.waiting["expires"]) if self.waiting["expires"] else None

    @cached_property
    def approvals(self) -> Sequence[Approval]:
        """Its changes, in order."""
        return [Approval(self, it, action) for it, action in enumerate(self.waiting["request"]["action_requests"], 1)]


class Questions:
    """The open questions of all threads. Each is read from the store once.

    The list is read each time. If there are thousands, the last list is reused for up to a second.

    Args:
        store: The agent's store.
    """

    def __init__(self, store: BaseStore) -> None:
        self._store = store
        self._known: dict[Place, Question | None] = {}
        self._in_order: list[Question] = []
        self._read_again = float("-inf")
        self._reading = Lock()

    def all(self, *, fresh: bool = False) -> list[Question]:
        """Returns all of them, the oldest first; `fresh` if one that was just asked must not be missing."""
        self._read(fresh=fresh)
        return self._in_order

    def unreadable(self) -> int:
        """How many were asked by an agent of another version of this package. They are decided there."""
        return sum(it is None for it in self._read().values())

    def approvals(self) -> Iterator[Approval]:
        """All changes that wait, in the order of their questions."""
        for question in self.all():
            yield from question.approvals

    def find(self, interrupt_id: str) -> Question | None:
        """The open question with this id; None if there is none."""
        for fresh in (False, True):
            for question in self.all(fresh=fresh):
                if question.interrupt_id == interrupt_id:
                    return question
        return None

    def _read(self, *, fresh: bool = False) -> dict[Place, Question | None]:
        with self._reading:
            began = time.monotonic()
            if began < self._read_again and not fresh:
                return self._known
            now = places(self._store)
            known = {at: it for at, it in self._known.items() if at in now}
            for at, waiting in read(self._store, now - known.keys()).items():
                if waiting is None or waiting["request"] != NOTHING:
                    known[at] = None if waiting is None else Question(waiting)
            if known != self._known:
                self._in_order = sorted(filter(None, known.values()), key=lambda it: (it.since, it.interrupt_id))
            self._known = known
            took = time.monotonic() - began
            self._read_again = began + took + min(2 * took, _LONGEST) if len(now) > _FEW else began
            return known


def fingerprint(interrupt_id: str, action: Mapping[str, Any]) -> str:
    """The fingerprint of an action of a question, as it is shown."""
    text = json.dumps([interrupt_id, action], sort_keys=True, default=str, ensure_ascii=False)
    return sha256(_NOT_IN_ALL_JSON.sub("?", text).encode()).hexdigest()[:32]


_NOT_IN_ALL_JSON = re.compile(r"\\u0000|[\ud800-\udfff\ufffd]")
"""Null characters and lone surrogates: a LangGraph server replaces them in a thread's state."""


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


_FEW = 2000
"""Up to this many are read each time, which takes a few hundredths of a second."""
_LONGEST = 1.0  # seconds
