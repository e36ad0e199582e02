"""Undoes changes from the inbox: what would undo a change, earlier attempts, and how it is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from langchain_ashby.agent.execution.audit import AuditEntry, write_at
from langchain_ashby.agent.execution.store import thread_label
from langchain_ashby.agent.run.compiled import RecruitingAgent
from langchain_ashby.agent.undo import (
    CannotUndoError,
    Opposite,
    ProposedUndo,
    Undo,
    apropose_undo,
    left_to_undo,
    propose_undo,
    thread_of,
    undo_of,
)
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.inbox.marks import BusyError, alone
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.questions import Approval, Questions
from langchain_ashby.inbox.results import Result
from langchain_ashby.inbox.reviewers import Reviewer
from langchain_ashby.inbox.sight import approval_for
from langchain_ashby.inbox.threads import finished, loop_of
from langchain_ashby.inbox.trail import Row, Trail
from langchain_ashby.toolkit import AshbyTool


@dataclass(frozen=True)
class Undoing:
    """Where the undo of a change stands, for one reviewer.

    Attributes:
        calls: What is left to be undone.
        why_not: Why that is nothing, or why it cannot be proposed here; None if it can be.
        before: The entries of the undos that were proposed before, the oldest first.
        is_undone: True if all of it has been undone.
        waits: The undo that is waiting for a decision, if the reviewer may see it.
        may_decide: True if the reviewer decides on such changes.
    """

    calls: tuple[Opposite, ...]
    why_not: str | None
    before: tuple[Row, ...]
    is_undone: bool
    waits: Approval | None
    may_decide: bool

    @property
    def may_propose(self) -> bool:
        """True if the reviewer may ask for it."""
        return bool(self.calls) and self.why_not is None and self.waits is None and self.may_decide


class Undos:
    """Undoes what was written.

    Args:
        agent: The agent, or a graph with it as a node. Within another graph, and without a checkpointer of its own, it
            cannot propose an undo without the model.
        trail: The audit trail.
        questions: The open questions.
    """

    def __init__(self, agent: Agent, trail: Trail, questions: Questions) -> None:
        self._agent, self._trail, self._questions = agent, trail, questions
        is_whole = isinstance(agent, RecruitingAgent) and agent.store is not None and bool(agent.checkpointer)
        tools = agent.limits.tools.values() if is_whole and isinstance(agent, RecruitingAgent) else None
        self._tools = None if tools is None else [it.name for it in tools if isinstance(it, AshbyTool)]

    def of(self, entry: AuditEntry, reviewer: Reviewer) -> Undoing | None:
        """Where the undo of a change stands; None for one that was not made."""
        if entry.outcome not in _WRITTEN:
            return None
        may_decide = reviewer.may_decide(approval_for(entry))
        if self._tools is None:
            return Undoing((), _NOT_HERE, (), False, None, may_decide)
        undo = self._undo_of(entry)
        before = sorted(self._trail.thread(thread_of(entry)), key=lambda it: it[0].at) if undo else []
        left = left_to_undo(entry, undo, [it for _, it in before])
        is_undone = bool(undo) and not left and not any(it.outcome == "unknown" for _, it in before)
        return Undoing(
            calls=left.calls,
            why_not=None if is_undone else left.why_not,
            before=tuple(row for row, it in before if it.part_of is None and reviewer.may_see(approval_for(it))),
            is_undone=is_undone,
            waits=next(self._waiting(entry, reviewer), None) if left else None,
            may_decide=may_decide,
        )

    def propose(self, entry: AuditEntry, reviewer: Reviewer) -> ProposedUndo:
        """Proposes the opposite of a change in the reviewer's name. If two people click at once, even in different
        processes, the second gets the question of the first.

        Raises:
            CannotUndoError: if it cannot be undone.
            SettingsError: if the application does not let the agent act for the user for whom it was made.
        """
        agent = self._agent
        assert isinstance(agent, RecruitingAgent) and agent.store is not None
        try:
            with alone(agent.store, (*_ROOT, thread_label(thread_of(entry)))):
                return _proposed(agent, entry, reviewer)
        except BusyError:
            raise CannotUndoError("Someone else is proposing this undo right now. Try again in a moment") from None

    def made(self, rows: Iterable[Row]) -> dict[str, Row]:
        """The entries of the undos that were made of these entries, by their ids."""
        made: dict[str | None, Row] = {}
        for it in self._trail.rows():
            if it.outcome == "applied" and it.part_of is None and it.thread_id and it.thread_id.startswith("undo-"):
                entry = None if it.thread_id in made else self._trail.entry(it)
                if entry is not None and not entry.original:  # what a person edited undoes nothing
                    made[it.thread_id] = it
        return {row.id: made[at] for row in rows if row.outcome == "applied" and (at := _thread_of(row)) in made}

    def offered(self, rows: Iterable[Row], reviewer: Reviewer) -> set[str]:
        """The ids of those of these entries that the reviewer may undo, as far as the entries alone tell."""
        if self._tools is None:
            return set()
        waits = {it.waiting["thread_id"] for it in self._questions.all()}
        written = (it for it in rows if it.outcome in _WRITTEN and _thread_of(it) not in waits)
        return {
            row.id
            for row, entry in self._trail.in_full(written)
            if reviewer.may_decide(approval_for(entry)) and self._undo_of(entry)
        }

    def _undo_of(self, entry: AuditEntry) -> Undo:
        is_bulk = issubclass(OPERATIONS.get(entry.tool, object), Bulk)
        parts = [it for _, it in self._trail.thread(entry.thread_id)] if is_bulk else []
        return undo_of(entry, parts, tools=self._tools)

    def undone_by(self, entry: AuditEntry, reviewer: Reviewer) -> Row | None:
        """The entry of what an entry undoes; None if it undoes nothing, or the reviewer does not see that."""
        if not (entry.thread_id or "").startswith("undo-"):
            return None
        for row in self._trail.rows():
            if row.outcome == "applied" and row.part_of is None and _thread_of(row) == entry.thread_id:
                found = self._trail.entry(row)
                return row if found and reviewer.may_see(approval_for(found)) else None
        return None

    def of_results(self, results: Iterable[Result], reviewer: Reviewer) -> Mapping[str, str]:
        """The ids of the entries that the reviewer may undo, by the keys of the results that tell of them."""
        return {it.key: row.id for it in results if it.outcome == "applied" and (row := self._of_result(it, reviewer))}

    def _of_result(self, result: Result, reviewer: Reviewer) -> Row | None:
        about = [
            (row, it)
            for row, it in self._trail.thread(result.thread_id)
            if (it.call_id, it.tool, it.part_of, it.outcome) == (result.call_id, result.tool, None, "applied")
        ]
        if not about:
            return None
        row, entry = max(about, key=lambda it: it[0].at)
        undo = self.of(entry, reviewer)
        return row if undo is not None and undo.may_propose else None

    def _waiting(self, entry: AuditEntry, reviewer: Reviewer) -> Iterator[Approval]:
        for question in self._questions.all(fresh=True):
            if question.waiting["thread_id"] == thread_of(entry):
                yield from (it for it in question.approvals if reviewer.may_see(it))


def _proposed(agent: RecruitingAgent, entry: AuditEntry, reviewer: Reviewer) -> ProposedUndo:
    settings = {"on_behalf_of": entry.on_behalf_of} if entry.on_behalf_of else {}
    if loop := loop_of(agent):
        return finished(apropose_undo(agent, entry, reviewer=reviewer.name, context=settings), loop)
    return propose_undo(agent, entry, reviewer=reviewer.name, context=settings)


def _thread_of(row: Row) -> str:
    return thread_of(write_at(*row.place))


_ROOT = ("langchain_ashby", "undoing")
_WRITTEN = ("applied", "partly applied")
_NOT_HERE = "Not available: this inbox cannot propose changes without the agent's model."
