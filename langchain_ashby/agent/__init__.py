"""The prebuilt recruiting agent: reads freely, and asks a person before anything is written to Ashby."""

from langchain_ashby.agent.audit import AuditEntry, AuditTrail, audit_trail, to_jsonl
from langchain_ashby.agent.context import Context
from langchain_ashby.agent.graph import create_recruiting_agent
from langchain_ashby.agent.journal import Journal
from langchain_ashby.agent.pending import PendingApprovals
from langchain_ashby.agent.policy import ApprovalPolicy, allow_if
from langchain_ashby.agent.prompt import SYSTEM_PROMPT

__all__ = [
    "SYSTEM_PROMPT",
    "ApprovalPolicy",
    "AuditEntry",
    "AuditTrail",
    "Context",
    "Journal",
    "PendingApprovals",
    "allow_if",
    "audit_trail",
    "create_recruiting_agent",
    "to_jsonl",
]
