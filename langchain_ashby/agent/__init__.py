"""The prebuilt recruiting agent: reads freely, and asks a person before anything is written to Ashby."""

from langchain_ashby.agent.approval.conditions import archives, emails_candidate, hires, hold_if, more_than
from langchain_ashby.agent.approval.pending import PendingApprovals
from langchain_ashby.agent.approval.policy import ApprovalPolicy, allow_if
from langchain_ashby.agent.execution.audit import AuditEntry, AuditTrail, aaudit_trail, audit_trail, to_jsonl
from langchain_ashby.agent.execution.journal import Journal
from langchain_ashby.agent.graph import create_recruiting_agent
from langchain_ashby.agent.messages.prompt import SYSTEM_PROMPT
from langchain_ashby.agent.messages.reply import ended_early
from langchain_ashby.agent.run.compiled import QuestionClosedError
from langchain_ashby.agent.run.context import Context
from langchain_ashby.agent.undo import (
    CannotUndoError,
    Opposite,
    ProposedUndo,
    Undo,
    apropose_undo,
    propose_undo,
    undo_of,
)

__all__ = [
    "SYSTEM_PROMPT",
    "ApprovalPolicy",
    "AuditEntry",
    "AuditTrail",
    "CannotUndoError",
    "Context",
    "Journal",
    "Opposite",
    "PendingApprovals",
    "ProposedUndo",
    "QuestionClosedError",
    "Undo",
    "aaudit_trail",
    "allow_if",
    "apropose_undo",
    "archives",
    "audit_trail",
    "create_recruiting_agent",
    "emails_candidate",
    "ended_early",
    "hires",
    "hold_if",
    "more_than",
    "propose_undo",
    "to_jsonl",
    "undo_of",
]
