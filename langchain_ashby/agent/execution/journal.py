"""The journal: what was tried, and what became of it. It is why an approved write is never made twice.

LangGraph runs a step again if the process died before its checkpoint, and two workers may resume one thread at once. So
each call has a page in the graph's store, with a claim before each attempt and the outcome after it. A store has no
compare-and-set, therefore: put a claim of one's own, then list all of them, and go on only if it is the only one. Of
two who do this at the same time at least one sees the other.
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

from langchain_ashby.agent.execution.audit import Outcome, thread_label
from langchain_ashby.agent.execution.process import has_ended, this_process
from langchain_ashby.agent.execution.store import list_items, load, put_op
from langchain_ashby.agent.state import Approval

ROOT = ("langchain_ashby", "journal")
_NAMES = (*ROOT, "names")


@dataclass(frozen=True)
class Claim:
    """An attempt at a write. `approval` is what may be tried; None for who only wants to answer without running it."""

    id: str
    at: datetime
    process: str
    approval: Approval | None


class AnswerRecord(TypedDict):
    """The answer that a call got, as it can be given again."""

    content: str | list[Any]
    artifact: Any
    status: str


class Conclusion(TypedDict):
    """What became of a call, and the answer to it."""

    outcome: Outcome
    answer: AnswerRecord


@dataclass(frozen=True)
class JournalRecord:
    """What the journal knows of a call. An empty page means that it was never begun, if this journal keeps it."""

    concluded: Conclusion | None
    claims: list[Claim]


class Journal:
    """Keeps the pages in the store that it is given. It has no state but the claims of this process that are in use.

    Args:
        patience: How long to wait for another worker that is making the same write.
        grace: For how long a write may still take effect in Ashby when its sender has gone or given up. Not to find it
            there says nothing before that.
        lease: After this time the claim of a process that cannot be looked after, as on another computer, counts as
            given up. It has to be longer than any write takes.
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
        """The name of the journal in a store, made when it is first asked for.

        Each proposal notes it: a call that another journal keeps may have been made without a word of it in this one.
        """
        names = sorted(item.key for item in list_items(store, _NAMES))
        if not names:
            # Two workers may each make one. Both are kept, and each counts for the proposals that note it.
            names = [uuid4().hex]
            store.batch([put_op(_NAMES, names[0], {"at": _now().isoformat()})])
        return names[0]

    def is_named(self, store: BaseStore, name: str | None) -> bool:
        """Whether the journal in a store is the one of this name."""
        return name is not None and store.get(_NAMES, name) is not None

    def read(self, store: BaseStore, page: str) -> JournalRecord:
        """What is on a page."""
        notes = {item.key: load(item) for item in list_items(store, _namespace(page))}
        return JournalRecord(
            concluded=notes.get(_CONCLUDED),  # type: ignore[arg-type]  # it is what `conclude` kept
            claims=[
                Claim(key, datetime.fromisoformat(note["at"]), note["process"], note["approval"])
                for key, note in sorted(notes.items())
                if key != _CONCLUDED
            ],
        )

    def claim(self, store: BaseStore, page: str, approval: Approval | None) -> Claim:
        """Put a claim. It gives the right to go on only if the page, read afterwards, has no other."""
        claim = Claim(uuid4().hex, _now(), this_process(), approval)
        _in_use.add(claim.id)  # before it can be seen, so that nobody takes it for given up
        note = {"at": claim.at.isoformat(), "process": claim.process, "approval": approval}
        try:
            store.batch([put_op(_namespace(page), claim.id, note)])
        except BaseException:
            self.release(claim)
            raise
        return claim

    def delete(self, store: BaseStore, page: str, claims: Iterable[Claim]) -> None:
        """Take claims back under which nothing happened, for certain."""
        withdrawn = list(claims)
        try:
            store.batch([PutOp(_namespace(page), claim.id, None) for claim in withdrawn])
        finally:
            for claim in withdrawn:
                self.release(claim)  # only now: a claim that is left and still there is one to be settled

    def release(self, claim: Claim) -> None:
        """Go away from a claim as it is: from now on it is one of somebody who has gone."""
        _in_use.discard(claim.id)

    def is_abandoned(self, claim: Claim) -> bool:
        """Whether nobody can be working under the claim any more."""
        if claim.process == this_process():
            return claim.id not in _in_use
        ended = has_ended(claim.process)
        return _now() - claim.at > self.lease if ended is None else ended

    def conclude(self, store: BaseStore, page: str, concluded: Conclusion, entry: PutOp) -> None:
        """Write down what became of a call, together with its entry in the audit trail."""
        store.batch([put_op(_namespace(page), _CONCLUDED, concluded), entry])


def journal_key(thread_id: str | None, message_id: str | None, index: int, call: ToolCall) -> str:
    """Where the journal keeps a call that the model made: the call `index` of a message of a thread.

    What it calls for is part of it: a message can be replaced by one of the same id that asks for something else.
    """
    named = json.dumps([message_id, index, call["id"], call["name"], call["args"]], sort_keys=True)
    return f"{thread_label(thread_id)}/{sha256(named.encode()).hexdigest()[:32]}"


def to_record(answer: ToolMessage) -> AnswerRecord:
    """An answer as the journal keeps it. What is not JSON in it, as other tools may give, is left out."""
    return AnswerRecord(content=answer.content, artifact=_plain(answer.artifact), status=answer.status)


def from_record(call: ToolCall, answer: AnswerRecord) -> ToolMessage:
    """The message for an answer that the journal kept."""
    return ToolMessage(
        answer["content"],
        artifact=answer["artifact"],
        status=answer["status"],
        name=call["name"],
        tool_call_id=call["id"],
    )


_CONCLUDED = "concluded"

_in_use: set[str] = set()
"""The claims under which this process is at work."""


def _namespace(page: str) -> tuple[str, ...]:
    return (*ROOT, *page.split("/"))


def _now() -> datetime:
    return datetime.now(UTC)


def _plain(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError, RecursionError):
        return None
