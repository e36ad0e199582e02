"""Writing the audit trail: a record for each outcome. Records are added, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from langgraph.store.base import PutOp

from langchain_ashby.agent.approval.standing import on_record
from langchain_ashby.agent.cards.card import same
from langchain_ashby.agent.execution.journal_record import Claim
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.store import put_op, thread_label
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult
from langchain_ashby.agent.state import Proposal
from langchain_ashby.text.words import joined

ROOT = ("langchain_ashby", "audit")


@dataclass(frozen=True, kw_only=True)
class AuditRecord:
    """The outcome of one proposed write.

    Attributes:
        at: When the outcome was recorded, with its time zone.
        thread_id: The thread of the conversation; None if it has no id.
        call_id: The model's id of the call.
        tool: The tool's name.
        args: The arguments that were decided on; after an edit, the edited ones.
        original: The model's own arguments, if a person edited them.
        edits: How people edited the proposal, in words: `field`, `before` as proposed, `after` as decided; empty in
            entries of earlier versions.
        card: The card as it was shown; None for a tool that has none.
        decision: `approve`, `edit`, `reject`, `respond`, `policy`; None if there was no decision.
        reviewer: Who decided, if the application named them.
        decided_at: When they did, in ISO 8601.
        policy: What the application's policy said: `ask`, `allow` or `never`.
        outcome: One of `Outcome`.
        detail: The answer to the model; empty for a write that was applied.
        request_ids: Ashby's ids of the requests that it took.
        on_behalf_of: The id of the Ashby user for whom it was proposed; None for the key's owner.
        part_of: The bulk tool, if this is the write for one record of a call of that. The call has an entry of its own,
            with the same `call_id` and the card that was shown.
        account: The fingerprint of the Ashby account; None for a tool that is not Ashby's, and in entries of earlier
            versions.
        approved_by: Its approvals, in their order, as `{"reviewer", "at"}`; several if one was not enough. An entry for
            a write that was rejected after all has those that it had.
        started_by: Who had a held write made once its hold had ended, as `{"reviewer", "at"}`; None for others.
        before: The facts that were read right before the write was made and that differ from the card's, because of
            earlier changes of the same message; None if that is not known.
    """

    at: datetime
    thread_id: str | None
    call_id: str
    tool: str
    args: dict[str, Any]
    original: dict[str, Any] | None
    card: dict[str, Any] | None
    decision: str | None
    reviewer: str | None
    decided_at: str | None
    policy: str | None
    outcome: Outcome
    detail: str
    request_ids: list[str]
    on_behalf_of: str | None = None
    part_of: str | None = None
    account: str | None = None
    before: dict[str, Any] | None = None
    approved_by: list[dict[str, Any]] = field(default_factory=list)
    started_by: dict[str, Any] | None = None
    edits: list[dict[str, Any]] = field(default_factory=list)


def decision_in_words(record: AuditRecord) -> str:
    """Who decided what: `approve by Ben and Grace, made by Carol`."""
    if record.decision is None:
        return "no decision"
    names = [str(it["reviewer"]) for it in record.approved_by if it["reviewer"]]
    by = joined(names) if record.decision in ("approve", "edit") and names else record.reviewer
    started = record.started_by and record.started_by["reviewer"]
    return f"{record.decision}{f' by {by}' if by else ''}{f', made by {started}' if started else ''}"


def audit_op(record: AuditRecord, key: str) -> PutOp:
    """The PutOp for a record. Its key is deterministic, so a repeat after a crash overwrites it."""
    value = {**vars(record), "at": record.at.isoformat()}
    return put_op((*ROOT, thread_label(record.thread_id)), key, value)


def audit_record(write: PendingWrite, result: WriteResult, claim: Claim | None = None) -> tuple[AuditRecord, str]:
    """Builds the record in the audit trail for the outcome of a write, and its key.

    Args:
        write: The write.
        result: Its outcome.
        claim: The claim under which it was made, if it was.
    """
    proposal, latest = write.proposal, write.approval["decided"]
    decided, approved, started = on_record(write.approval)
    if result.outcome == "edited":  # its own card has yet to be approved
        approved = proposal.get("approved", [])
    card = proposal["card"]
    record = AuditRecord(
        at=datetime.now(UTC),
        thread_id=write.thread_id,
        call_id=str(write.call["id"]),
        tool=write.call["name"],
        args=write.call["args"],
        original=proposal["original"],
        edits=[{**it} for it in proposal.get("edits", [])],
        card=None if card is None else dict(card),
        decision=decided["decision"] if decided else None,
        reviewer=decided["reviewer"] if decided else None,
        decided_at=decided["at"] if decided else None,
        policy=proposal["policy"],
        outcome=result.outcome,
        detail="" if result.outcome == "applied" else result.answer.text,
        request_ids=list(result.request_ids),
        on_behalf_of=proposal["on_behalf_of"],
        part_of=proposal.get("part_of"),
        approved_by=[{"reviewer": it["reviewer"], "at": it["at"]} for it in approved],
        started_by={"reviewer": started["reviewer"], "at": started["at"]} if started else None,
        account=proposal["account"],
        before=_left_before(proposal, claim),
    )
    # Two decisions about one proposal are two entries, even if the outcome is the same.
    decision = latest["at"] if latest else proposal["made"]
    return record, f"{write.key.split('/')[1]}-{decision}-{result.outcome}"


def _left_before(proposal: Proposal, claim: Claim | None) -> dict[str, Any] | None:
    """What earlier changes of the same message left, where the card shows something else; None if it is not known."""
    if not proposal["after"]:
        return {}
    if claim is None or claim.seen is None:
        return None
    shown = proposal["card"]["facts"] if proposal["card"] else {}
    return {title: it for title, it in claim.seen["facts"].items() if title not in shown or not same(it, shown[title])}
