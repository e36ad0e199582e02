"""The journal: every attempt at a write and its outcome. It is why an approved write is never made twice.

LangGraph runs a step again if the process died before its checkpoint, and two workers may resume one thread at once. So
each call has a record in the graph's store, with a claim before each attempt and the outcome after it. A store has no
compare-and-set. Therefore a worker puts its own claim, then lists them all, and goes on only if its claim is alone: of
two that do this at the same time, at least one sees the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypedDict
from uuid import uuid4

from langchain_core.messages import ToolCall, ToolMessage
from langgraph.store.base import BaseStore, PutOp

from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.process import has_ended, this_process
from langchain_ashby.agent.execution.store import list_items, load, put_op, thread_label
from langchain_ashby.agent.state import Approval

ROOT = ("langchain_ashby", "journal")
_NAMES = (*ROOT, "names")


@dataclass(frozen=True)
class Claim:
    """An attempt at a write. `approval` is what may be tried; None for one that only answers the call."""

    id: str
    at: datetime
    process: str
    approval: Approval | None


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


class Journal:
    """Reads and writes the records in the store that it is given. It has no state except this process's active claims.

    Args:
        patience: How long to wait for another worker that is making the same write.
        grace: How long a write may still take effect in Ashby after its sender died or gave up. Until then its absence
            proves nothing.
        lease: After this time a claim counts as abandoned if its process cannot be checked, as on another computer.
            Must be longer than any write takes.
    """

    def __init__(
        self,
        *,
        patience: timedelta = timedelta(seconds=30),
        grace: timedelta = timedelta(seconds=3),
        lease: timedelta = timedelta(minutes=10),
    ) -> None:
        self.patience = patience
        self.grace = grace
        self.lease = lease

    def name(self, store: BaseStore) -> str:
        """Returns the name of the journal in a store, and makes one the first time.

        Each proposal notes it: a call that another journal keeps may have been made without a trace in this one.
        """
        names = sorted(item.key for item in list_items(store, _NAMES))
        if not names:
            # Two workers may each make one. Both stay valid for the proposals that note them.
            names = [uuid4().hex]
            store.batch([put_op(_NAMES, names[0], {"at": _now().isoformat()})])
        return names[0]

    def is_named(self, store: BaseStore, name: str | None) -> bool:
        """True if the journal in a store has this name."""
        return name is not None and store.get(_NAMES, name) is not None

    def read(self, store: BaseStore, key: str) -> JournalRecord:
        """Reads the record of a call."""
        notes = {item.key: load(item) for item in list_items(store, _namespace(key))}
        return JournalRecord(
            concluded=notes.get(_CONCLUDED),  # type: ignore[arg-type]  # it is what `conclude` kept
            claims=[
                Claim(name, datetime.fromisoformat(note["at"]), note["process"], note["approval"])
                for name, note in sorted(notes.items())
                if name != _CONCLUDED
            ],
        )

    def claim(self, store: BaseStore, key: str, approval: Approval | None) -> Claim:
        """Puts a claim. It gives the right to go on only if the record, read afterwards, has no other."""
        claim = Claim(uuid4().hex, _now(), this_process(), approval)
        _in_use.add(claim.id)  # before it can be seen, or it might pass for abandoned
        note = {"at": claim.at.isoformat(), "process": claim.process, "approval": approval}
        try:
            store.batch([put_op(_namespace(key), claim.id, note)])
        except BaseException:
            self.release(claim)
            raise
        return claim

    def delete(self, store: BaseStore, key: str, claims: Iterable[Claim]) -> None:
        """Deletes claims under which certainly nothing was written."""
        deleted = list(claims)
        try:
            store.batch([PutOp(_namespace(key), claim.id, None) for claim in deleted])
        finally:
            for claim in deleted:
                self.release(claim)  # only now: a released claim that is still there has to be settled

    def release(self, claim: Claim) -> None:
        """Releases the claim but keeps it on record; any process may now settle it."""
        _in_use.discard(claim.id)

    def is_abandoned(self, claim: Claim) -> bool:
        """True if no worker can still be using the claim."""
        if claim.process == this_process():
            return claim.id not in _in_use
        ended = has_ended(claim.process)
        return _now() - claim.at > self.lease if ended is None else ended

    def conclude(self, store: BaseStore, key: str, conclusion: Conclusion, entry: PutOp) -> None:
        """Records the outcome of a call, together with its entry in the audit trail."""
        store.batch([put_op(_namespace(key), _CONCLUDED, conclusion), entry])


def journal_key(thread_id: str | None, turn: str | None, index: int, call: ToolCall) -> str:
    """The key of a call that the model made: the call `index` of a turn of a thread.

    The tool and its arguments are part of it, because a message can be replaced by another one with the same id.
    """
    named = json.dumps([turn, index, call["id"], call["name"], call["args"]], sort_keys=True)
    return f"{thread_label(thread_id)}/{sha256(named.encode()).hexdigest()[:32]}"


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


_CONCLUDED = "concluded"

_in_use: set[str] = set()
"""The claims that this process is using."""


def _namespace(key: str) -> tuple[str, ...]:
    return (*ROOT, *key.split("/"))


def _now() -> datetime:
    return datetime.now(UTC)


def _json_or_none(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError, RecursionError):
        return None
