"""Audit entries about proposals that stay open. Their outcome is a separate entry."""

from __future__ import annotations

from hashlib import sha256

from langchain_ashby.agent.approval.standing import Counted, in_words, of_action
from langchain_ashby.agent.execution.audit_log import audit_op, audit_record
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult
from langchain_ashby.agent.messages.tool_messages import not_executed
from langchain_ashby.agent.run.runtime import RunLocation
from langchain_ashby.agent.state import Approval


def note(approval: Approval, outcome: Outcome, words: str, location: RunLocation, question: str | None = None) -> None:
    """Adds an entry about a decision that does not end a proposal.

    Args:
        approval: The decision, and the proposal that it was about.
        outcome: What became of it.
        words: The same in words.
        location: The store and the thread.
        question: The id of the question, if its step may be run again: that would date the same decision anew.
    """
    assert location.store is not None
    write = PendingWrite(location.store, location.thread_id, approval)
    record, key = audit_record(write, WriteResult(outcome, not_executed(approval["call"], words)))
    if question is not None:
        key = f"{write.key.split('/')[1]}-{question}-{sha256(repr(record.reviewer).encode()).hexdigest()[:8]}-{outcome}"
    location.store.batch([audit_op(record, key)])


def note_counted(approval: Approval, counted: Counted, location: RunLocation, question: str | None = None) -> None:
    """Adds an entry about an approval that counts although the write must not be made yet."""
    note(approval, counted.outcome, " ".join(in_words(of_action(counted.proposal))), location, question)
