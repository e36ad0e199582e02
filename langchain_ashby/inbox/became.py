"""What became of a change, in words for people."""

from __future__ import annotations

from typing import NamedTuple

from langchain_ashby.agent.execution.audit_log import AuditRecord
from langchain_ashby.agent.messages.tool_messages import EXECUTED, EXECUTED_IN_PART, NOT_EXECUTED, OUTCOME_UNKNOWN
from langchain_ashby.text.words import joined


class Became(NamedTuple):
    """An outcome in a few words, and what it means for who reads it."""

    words: str
    meaning: str


_BECAME = {
    "applied": Became("Written", "It is in Ashby."),
    "not applied": Became("Not written", "It was tried, and is known not to be in Ashby."),
    "partly applied": Became("Written in part", "Its first steps are in Ashby, the last one is not."),
    "refused": Became("Refused by Ashby", "Nothing was written."),
    "unknown": Became(
        "Not known", "It may or may not be in Ashby. Look at the record there before anybody tries again."
    ),
    "stale": Became("Out of date", "What the card showed has changed since. Nothing was written."),
    "expired": Became("Expired", "It was approved too late. Nothing was written."),
    "withheld": Became("Withheld", "It was approved, but may not be made in this run. Nothing was written."),
    "rejected": Became("Rejected", "Nothing was written."),
    "responded": Became("Answered instead", "A person answered the agent. Nothing was written."),
    "superseded": Became("Cancelled", "A new message came before the decision. Nothing was written."),
    "policy": Became("Not allowed", "The application's policy forbids it. Nothing was written."),
    "approved": Became("Approved once", "A second person has to approve: what became of that is another entry."),
    "held": Became("Held", "It waits for its time: what became of that is another entry."),
    "edited": Became("Edited", "The edit had a card of its own: what became of that is another entry."),
}

OUTCOMES = tuple(_BECAME)
"""All outcomes, in the order in which they are offered. A test sees to it that none is missing."""


def became(outcome: str) -> Became:
    """What an outcome means; of one that this version does not know, only its name."""
    return _BECAME.get(outcome) or Became(outcome.capitalize(), "")


def by_whom(entry: AuditRecord) -> str:
    """Who decided what: “approved by Ben and Lea”, “allowed by the policy”."""
    if entry.decision is None:
        return "nobody decided"
    if entry.decision == "policy":
        return "allowed by the policy"
    named = [it["reviewer"] for it in entry.approved_by] if entry.decision in ("approve", "edit") else []
    names = [str(it) if it else _NAMELESS for it in named or [entry.reviewer]]
    started = f", made by {entry.started_by['reviewer'] or _NAMELESS}" if entry.started_by else ""
    return f"{_DECIDED.get(entry.decision, entry.decision)} by {joined(names)}{started}"


def reviewers(entry: AuditRecord) -> tuple[str, ...]:
    """The names of all who decided about it."""
    names = [*(it["reviewer"] for it in entry.approved_by), entry.reviewer, (entry.started_by or {}).get("reviewer")]
    return tuple(dict.fromkeys(str(it) for it in names if it))


_NAMELESS = "somebody without a name"
_DECIDED = {"approve": "approved", "edit": "approved with an edit", "reject": "rejected", "respond": "answered"}


def why(entry: AuditRecord) -> str:
    """What the agent was told of it, without the fixed words at its beginning."""
    return told(entry.detail)


def told(said: str) -> str:
    """What the agent was told, without the fixed words at its beginning."""
    for words in (NOT_EXECUTED, EXECUTED_IN_PART, EXECUTED, OUTCOME_UNKNOWN):
        if said.startswith(words):
            return said.removeprefix(words).strip()
    return said
