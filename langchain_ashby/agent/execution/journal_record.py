"""What the journal has on a call: the claims on it, the requests that were sent, and the outcome."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, TypedDict

from langchain_core.messages import ToolCall, ToolMessage
from langgraph.store.base import Item, PutOp

from langchain_ashby.agent.cards import Seen
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.store import load, thread_label, time_of
from langchain_ashby.agent.messages.own import thread_of_turn
from langchain_ashby.agent.state import Approval, Proposal, is_complete

ROOT = ("langchain_ashby", "journal")

CONCLUDED = "concluded"
"""The name of an outcome within the record of its call; a claim has its id, and a request `request_name`."""

OF_REQUEST = "."
"""Stands in the names of requests, and in no others."""


@dataclass(frozen=True)
class Claim:
    """An attempt at a write.

    Attributes:
        id: Its id.
        at: When it was made, by the clock of its computer.
        stored: When it was put, by the clock of the store.
        process: The process that made it.
        approval: The write that may be attempted; None for a claim that only answers the call.
        seen: What Ashby showed right before; None if it could not be read.
        counts_requests: True if every request is noted before it leaves, so that a claim without one changed nothing.
        began: When it was made, by `running_time`; meaningful only in its own process.
    """

    id: str
    at: datetime
    stored: datetime
    process: str
    approval: Approval | None
    seen: Seen | None = None
    counts_requests: bool = False
    began: float = field(default=0.0, compare=False)

    @property
    def creates(self) -> str | None:
        """The key shared by all attempts to create the same thing; None if this one creates nothing."""
        return self.seen["creates"] if self.seen else None

    @property
    def record(self) -> str | None:
        """The key under which the record that it changes is claimed, by a claim with the same id; None without one."""
        return record_key(self.approval["proposal"]) if self.approval else None


@dataclass(frozen=True)
class Request:
    """A request of an attempt, noted right before it was sent.

    Attributes:
        claim: The id of the claim under which it was made.
        number: Its position among the requests of the attempt, from 1.
        path: The method of Ashby.
        answered: True if Ashby confirmed it.
        result: Ashby's answer, if it was kept.
    """

    claim: str
    number: int
    path: str
    answered: bool = False
    result: Any = None


class AnswerRecord(TypedDict):
    """The answer to a call, in a form from which it can be given again."""

    content: str | list[Any]
    artifact: Any
    status: str


class Conclusion(TypedDict):
    """The outcome of a call, and the answer to it."""

    outcome: Outcome
    answer: AnswerRecord


@dataclass(frozen=True)
class JournalRecord:
    """All that the journal has on a call. If it is empty, the call was never begun, provided this journal keeps it."""

    concluded: Conclusion | None
    claims: list[Claim]
    requests: list[Request]

    @property
    def is_empty(self) -> bool:
        """True if nothing is on record."""
        return self.concluded is None and not self.claims and not self.requests


def journal_key(thread_id: str | None, turn: str | None, index: int, call: ToolCall) -> str:
    """The key of the model's call number `index` in a turn. In a copied thread, turns of the original keep its keys.

    The tool and its arguments are part of it, because a message can be replaced by another one with the same id.
    """
    return f"{thread_of_turn(turn) or thread_label(thread_id)}/{call_digest(turn, index, call)}"


def call_digest(turn: str | None, index: int, call: ToolCall) -> str:
    """The part of the key that tells the calls of one thread apart."""
    named = json.dumps([turn, index, call["id"], call["name"], call["args"]], sort_keys=True)
    return sha256(named.encode()).hexdigest()[:32]


def record_key(proposal: Proposal) -> str | None:
    """The key for claiming the record that a write changes or would create; None if its card names none."""
    card = proposal["card"] if is_complete(proposal) else None
    if not card:
        return None
    creates = (card.get("before") or {}).get("creates")
    record = next(iter(card.get("targets") or ()), creates)
    if not isinstance(record, str):
        return None
    named = json.dumps([proposal["account"], record.casefold()])
    return f"records/{sha256(named.encode()).hexdigest()[:32]}"


def freeing_ops(claims: Iterable[Claim]) -> list[PutOp]:
    """The PutOps that free the records which were claimed together with these claims."""
    return [PutOp(namespace(it.record), it.id, None) for it in claims if it.record]


def to_record(answer: ToolMessage) -> AnswerRecord:
    """Converts an answer to its record. An artifact that is not JSON, as other tools may give, is left out."""
    return AnswerRecord(content=answer.content, artifact=_json_or_none(answer.artifact), status=answer.status)


def from_record(call: ToolCall, answer: AnswerRecord) -> ToolMessage:
    """Converts a record back to the message."""
    return ToolMessage(
        answer["content"],
        artifact=answer["artifact"],
        status=answer["status"],
        name=call["name"],
        tool_call_id=call["id"],
    )


def request_name(request: Request) -> str:
    """The name of a request within the record of its call."""
    return f"{request.claim}{OF_REQUEST}{request.number:04}"


def namespace(key: str) -> tuple[str, ...]:
    """Where the record of a call is."""
    return (*ROOT, *key.split("/"))


def record_in(items: Iterable[Item]) -> JournalRecord:
    """Makes the record of a call from the items in its namespace."""
    concluded: Conclusion | None = None
    claims, requests = [], []
    for item in sorted(items, key=lambda it: it.key):
        note = load(item)
        if item.key == CONCLUDED:
            concluded = note  # type: ignore[assignment]  # it is what `conclude` kept
        elif "path" in note:
            requests.append(Request(**note))
        else:
            note["at"] = datetime.fromisoformat(note["at"])
            claims.append(Claim(id=item.key, stored=time_of(item), **note))
    return JournalRecord(concluded, claims, requests)


def _json_or_none(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError, RecursionError):
        return None
