"""The outcome of a change, in words for people."""

from __future__ import annotations

from typing import NamedTuple

from langchain_ashby.agent.execution.audit_log import AuditRecord
from langchain_ashby.text.words import joined


class Became(NamedTuple):
    """An outcome in a few words, and what it means for the reader."""

    words: str
    meaning: str


_BECAME = {
    "applied": Became("Written", "The change is in Ashby."),
    "not applied": Became("Not written", "It was attempted, and is confirmed not to be in Ashby."),
    "partly applied": Became("Partly written", "The first steps are in Ashby; the last one is not."),
    "refused": Became("Refused by Ashby", "Nothing was written."),
    "unknown": Became("Not known", "It may or may not be in Ashby. Check the record there before anyone tries again."),
    "stale": Became("Out of date", "What the card showed has since changed in Ashby. Nothing was written."),
    "expired": Became("Expired", "It was approved too late. Nothing was written."),
    "withheld": Became("Withheld", "It was approved, but this run is not allowed to make it. Nothing was written."),
    "rejected": Became("Rejected", "Nothing was written."),
    "responded": Became("Answered instead", "A reviewer answered the agent instead. Nothing was written."),
    "superseded": Became("Canceled", "A new message arrived before the decision. Nothing was written."),
    "policy": Became("Not allowed", "The application's policy forbids it. Nothing was written."),
    "approved": Became("Approved once", "It still needed a second reviewer. What happened next has its own entry."),
    "held": Became("Held", "It was approved and put on hold. What happened next has its own entry."),
    "edited": Became("Edited", "The edit got a card of its own. What happened next has its own entry."),
}

OUTCOMES = tuple(_BECAME)
"""All outcomes, in the order in which they are offered. A test checks that none is missing."""


def became(outcome: str) -> Became:
    """What an outcome means; just its name if this version does not know it."""
    return _BECAME.get(outcome) or Became(outcome.capitalize(), "")


def by_whom(entry: AuditRecord) -> str:
    """Who decided what: “approved by Ben and Lea”, “allowed by the policy”."""
    if entry.decision is None:
        return "no decision"
    if entry.decision == "policy":
        return "allowed by the policy"
    named = [it["reviewer"] for it in entry.approved_by] if entry.decision in ("approve", "edit") else []
    names = [str(it) if it else _NAMELESS for it in named or [entry.reviewer]]
    started = f", made by {entry.started_by['reviewer'] or _NAMELESS}" if entry.started_by else ""
    return f"{_DECIDED.get(entry.decision, entry.decision)} by {joined(names)}{started}"


def reviewers(entry: AuditRecord) -> tuple[str, ...]:
    """The names of all who decided on it."""
    names = [*(it["reviewer"] for it in entry.approved_by), entry.reviewer, (entry.started_by or {}).get("reviewer")]
    return tuple(dict.fromkeys(str(it) for it in names if it))


_NAMELESS = "an unnamed reviewer"
_DECIDED = {"approve": "approved", "edit": "approved with edits", "reject": "rejected", "respond": "answered"}
