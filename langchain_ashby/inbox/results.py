"""Outcomes of decisions, kept for their reviewers until they have seen them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from langgraph.store.base import BaseStore, Item, PutOp

from langchain_ashby.agent.cards import is_current
from langchain_ashby.agent.execution.audit import AuditEntry, audit_trail
from langchain_ashby.agent.execution.store import items_under, list_items, load, put_op
from langchain_ashby.inbox.decisions import VERBS, Kept
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.threads import Thread
from langchain_ashby.text.words import when


@dataclass(frozen=True)
class Result:
    """What became of a decision.

    Attributes:
        interrupt_id: The question.
        number: The change in the question, from 1.
        reviewer: Who decided.
        decision: `approve`, `edit`, `reject` or `respond`.
        decided_at: When they did.
        at: When this was found out.
        outcome: An `Outcome` of the audit trail, if the decision counted. Else `asked again`: the agent could not use
            it, or asks further; `decided by another`; `changed`: the card is another now; `taken back`, by somebody
            else; `not delivered`.
        detail: More in words; empty if there is nothing to add.
        by: Who else decided, or took the decision back.
        again: The id of the question in which the agent asks about the same change now.
        thread_id: The thread.
        call_id: The model's id of the call.
        tool: The name of the tool.
        line: The change in a line, as it was made.
        seen: True if the reviewer has seen this.
    """

    interrupt_id: str
    number: int
    reviewer: str
    decision: str
    decided_at: datetime
    at: datetime
    outcome: str
    detail: str
    by: str | None
    again: str | None
    thread_id: str | None
    call_id: str
    tool: str
    line: str
    seen: bool = False

    @property
    def key(self) -> str:
        """Its key in the store."""
        return f"{self.interrupt_id}.{self.number}"


class Results:
    """What became of decisions.

    Args:
        store: The agent's store.
    """

    def __init__(self, store: BaseStore) -> None:
        self._store = store

    def of(self, reviewer: str, *, unseen: bool = True) -> list[Result]:
        """What became of a reviewer's decisions, oldest first."""
        found = (_read(it) for it in list_items(self._store, _namespace(reviewer)))
        return sorted((it for it in found if not (unseen and it.seen)), key=lambda it: it.at)

    def mark_seen(self, reviewer: str, keys: Iterable[str]) -> None:
        """Notes that a reviewer has seen these."""
        wanted = set(keys)
        seen = [replace(it, seen=True) for it in self.of(reviewer) if it.key in wanted]
        if seen:
            self._store.batch(list(map(result_op, seen)))

    def about(self, interrupt_id: str, number: int) -> Result | None:
        """The latest result of anybody's decision about a change."""
        found = (_read(it) for it in items_under(self._store, ROOT) if it.key == f"{interrupt_id}.{number}")
        return max(found, key=lambda it: it.at, default=None)

    def drop_old(self, now: datetime) -> None:
        """Deletes what was found out long ago, or a while ago and seen."""
        old = [it for it in items_under(self._store, ROOT) if now - (read := _read(it)).at > _KEPT[read.seen]]
        if old:
            self._store.batch([PutOp(it.namespace, it.key, None) for it in old])


def result(kept: Kept, outcome: str, detail: str = "", *, by: str | None = None, again: str | None = None) -> Result:
    """Says what became of a decision."""
    return Result(
        interrupt_id=kept.interrupt_id,
        number=kept.number,
        reviewer=kept.reviewer,
        decision=str(kept.decision.get("type")),
        decided_at=kept.at,
        at=datetime.now(UTC),
        outcome=outcome,
        detail=detail,
        by=by,
        again=again,
        thread_id=kept.thread_id,
        call_id=kept.call_id,
        tool=kept.tool,
        line=kept.line,
    )


def results_of(store: BaseStore, decisions: Sequence[Kept], thread: Thread) -> list[Result]:
    """Finds out what became of decisions about a question that is closed, from the audit trail and the thread."""
    trail = [it for it in audit_trail(store, decisions[0].thread_id) if it.part_of is None]
    return [_result_of(it, latest_entry(trail, it), thread) for it in decisions]


def who_closed(store: BaseStore, approval: Approval, results: Results) -> str:
    """Says who closed the question of a change, how and when, as far as it is known."""
    question = approval.question
    if first := first_in_words(results.about(question.interrupt_id, approval.number)):
        return first
    call_id = str(approval.action["tool_call_id"])
    trail = [it for it in audit_trail(store, question.waiting["thread_id"]) if it.part_of is None]
    about = [it for it in trail if it.call_id == call_id and it.tool == approval.tool and it.at >= question.since]
    entry = max(about, key=lambda it: it.at, default=None)
    if entry is None or entry.decision is None or entry.reviewer is None:
        return "This is no longer waiting: it was decided elsewhere, or the conversation has moved on"
    return f"{entry.reviewer} {VERBS.get(entry.decision, 'decided')} this {when(_moment(entry))}"


def first_in_words(found: Result | None) -> str | None:
    """Says who decided, how and when, by what became of it; None if that decision did not count."""
    if found is None or found.by is not None or found.outcome in _NOT_COUNTED:
        return None
    return f"{found.reviewer} {VERBS.get(found.decision, 'decided')} this {when(found.decided_at)}"


def _moment(entry: AuditEntry) -> datetime:
    return datetime.fromisoformat(entry.decided_at) if entry.decided_at else entry.at


def entries_about(store: BaseStore, approval: Approval) -> list[str]:
    """Returns the times of the audit entries about a change: a decision made now will have a new one."""
    trail = audit_trail(store, approval.question.waiting["thread_id"])
    return [it.at.isoformat() for it in trail if it.call_id == approval.action["tool_call_id"]]


def latest_entry(trail: Iterable[AuditEntry], kept: Kept) -> AuditEntry | None:
    """Returns the latest entry about the change that can be about this decision.

    It did not exist when this was decided; failing that, it is later than the question, by two computers' clocks.
    """
    of_call = [it for it in trail if it.call_id == kept.call_id and it.tool == kept.tool]
    new = [it for it in of_call if it.at.isoformat() not in kept.known]
    return max(new or (it for it in of_call if it.at >= kept.asked), key=lambda it: it.at, default=None)


def is_of(kept: Kept, reviewer: str | None, decision: str | None) -> bool:
    """True if what a person is on record to have decided can be this decision."""
    return reviewer == kept.reviewer and (decision in ("approve", "edit")) == kept.is_approval


def is_recorded(kept: Kept, entry: AuditEntry) -> bool:
    """True if an entry can be about this decision: of several people who approved, each has their part in it."""
    if entry.decision is None or is_of(kept, entry.reviewer, entry.decision):
        return True
    others = [*entry.approved_by, *([entry.started_by] if entry.started_by else [])]
    return entry.decision in ("approve", "edit") and any(is_of(kept, it["reviewer"], entry.decision) for it in others)


def result_op(found: Result) -> PutOp:
    """The PutOp for a result."""
    moments = {"at": found.at.isoformat(), "decided_at": found.decided_at.isoformat()}
    return put_op(_namespace(found.reviewer), found.key, {**asdict(found), **moments})


def _result_of(kept: Kept, entry: AuditEntry | None, thread: Thread) -> Result:
    again, problem = _asked_again(kept, thread)
    if entry is not None and not is_recorded(kept, entry):
        return result(kept, "decided by another", entry.outcome, by=entry.reviewer, again=again)
    if entry is not None:
        found = result(kept, entry.outcome, problem or entry.detail, again=again)
        # After an edit, the line on the card that was decided about is not what was done.
        return replace(found, line=entry.card["line"]) if is_current(entry.card) else found
    if again is not None:
        return result(kept, "asked again", problem, again=again)
    pending = next((it["decided"] for it in thread.approvals if it["call"]["id"] == kept.call_id), None)
    if pending is not None and not is_of(kept, pending["reviewer"], pending["decision"]):
        return result(kept, "decided by another", by=pending["reviewer"])
    return result(kept, "not delivered", _CLOSED)


def _asked_again(kept: Kept, thread: Thread) -> tuple[str | None, str]:
    for interrupt_id, request in thread.questions.items():
        actions: Any = request.get("action_requests") or ()
        if interrupt_id != kept.interrupt_id and any(it.get("tool_call_id") == kept.call_id for it in actions):
            return interrupt_id, str(request.get("problem") or "")
    return None, ""


def _read(item: Item) -> Result:
    value = load(item)
    moments = {name: datetime.fromisoformat(value[name]) for name in ("at", "decided_at")}
    return Result(**{**value, **moments})


def _namespace(reviewer: str) -> tuple[str, ...]:
    return (*ROOT, sha256(reviewer.encode("utf-8", "backslashreplace")).hexdigest()[:32])


ROOT = ("langchain_ashby", "results")

_NOT_COUNTED = ("asked again", "changed", "decided by another", "not delivered", "taken back")
_KEPT = {True: timedelta(days=1), False: timedelta(days=30)}
_CLOSED = "The question was closed before the decision arrived: the conversation moved on, or its thread was deleted."
