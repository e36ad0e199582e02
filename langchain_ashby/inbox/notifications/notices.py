"""Finds what to notify people of: waiting changes, and changes that were not made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.inbox.questions import Approval, Question
from langchain_ashby.inbox.trail import Row, jobs_on
from langchain_ashby.text.words import folded, one_line, tool_title

Kind = Literal["new", "second", "reminder", "hold"] | Outcome
"""`new`: somebody has to decide. `second`: a second reviewer has to. `reminder`: it expires soon. `hold`: a held change
will be made soon, and can still be stopped. `expired`: no decision in time. Any other: the outcome of a change."""

TOLD: tuple[Outcome, ...] = (
    "rejected",
    "expired",
    "superseded",
    "stale",
    "withheld",
    "refused",
    "not applied",
    "partly applied",
    "unknown",
)
"""The outcomes after which the requester has something to do."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing to tell.

    Attributes:
        id: The same whenever it is found again.
        kind: What happened.
        due: When to send it.
        question: The question it is about; None for an outcome.
        path: The page that it leads to, below the inbox's address.
        tool: The tool's name.
        title: That name in words.
        risk: The risk on the card; `high` if there is none.
        jobs: The ids and names of the jobs that the card names.
        requester: Whose message led to it, if known.
        thread_id: The thread.
        call_id: The model's id of the call.
        line: The change in a line: a detail. If anything on the card is private, it is the title.
        reason: What was said of it: a detail. It is empty if anything on the card is private.
        reviewer: Who decided, or approved it first: a detail.
        expires: When it can no longer be approved; for a hold, when it will be made.
    """

    id: str
    kind: Kind
    due: datetime
    question: str | None
    path: str
    tool: str
    title: str
    risk: str
    jobs: list[str] = field(default_factory=list)
    requester: str | None
    thread_id: str | None
    call_id: str
    line: str
    reason: str = ""
    reviewer: str | None = None
    expires: datetime | None = None

    @property
    def is_outcome(self) -> bool:
        """True if it tells a requester what became of a change, not a reviewer what waits."""
        return self.question is None or self.kind == "expired"


def of_question(question: Question, reminders: Sequence[timedelta], before_hold: timedelta) -> Iterator[Notice]:
    """What there is to tell of a question while it waits, each with the time when it is due.

    A reminder that would come in the first half of the time is left out.
    """
    for approval in question.approvals:
        yield from _of_approval(approval, reminders, before_hold)


def _of_approval(approval: Approval, reminders: Sequence[timedelta], before_hold: timedelta) -> Iterator[Notice]:
    question = approval.question
    since, expires = question.since, question.expires
    card, title = approval.card, one_line(approval.title, 80)
    first, held = _first_reviewer(approval), approval.held_until

    def notice(kind: Kind, due: datetime, until: datetime | None, more: str = "") -> Notice:
        return Notice(
            id=f"{approval.address}/{kind}{more}",
            kind=kind,
            due=due,
            question=question.interrupt_id,
            path=approval.address,
            tool=approval.tool,
            title=title,
            risk=approval.risk,
            jobs=[*jobs_on(card)] if card else [],
            requester=question.waiting["requester"],
            thread_id=question.waiting["thread_id"],
            call_id=str(approval.action.get("tool_call_id")),
            line=title if card and card["private"] else one_line(approval.line),
            reviewer=first,
            expires=until,
        )

    if held is not None:
        yield notice("hold", max(since, held - before_hold), held)
        return
    yield notice("second" if first else "new", since, expires)
    if expires is not None:
        for lead in reminders:
            if lead * 2 <= expires - since:
                yield notice("reminder", expires - lead, expires, f"/{lead.total_seconds():.0f}")
        yield notice("expired", expires, expires)


def _first_reviewer(approval: Approval) -> str | None:
    """Who has approved a change that needs a second reviewer, or is held."""
    if not approval.approved_by:
        return None
    return str(approval.approved_by[-1].get("reviewer") or "an unnamed reviewer")


def of_outcome(row: Row, requester: str | None) -> Notice | None:
    """What there is to tell of an entry of the audit trail; None if its requester has nothing to do, or did it."""
    if row.outcome not in TOLD or row.part_of is not None:
        return None
    if requester and row.reviewer and folded(requester) == folded(row.reviewer):
        return None
    title = tool_title(row.tool, None)
    return Notice(
        id=f"outcome/{row.id}",
        kind=row.outcome,
        due=row.at,
        question=None,
        path=f"/outcomes/{row.id}",
        tool=row.tool,
        title=title,
        risk=row.risk,
        jobs=[*row.jobs],
        requester=requester,
        thread_id=row.thread_id,
        call_id=row.call_id,
        line=title if row.private else row.line,
        reason="" if row.private else row.why,
        reviewer=row.reviewer,
    )


def to_json(notice: Notice) -> dict[str, Any]:
    """A notice as it is kept."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(notice).items()}


def from_json(kept: Mapping[str, Any]) -> Notice:
    """A notice as it was kept."""
    expires = kept["expires"]
    return Notice(
        **{
            **kept,
            "due": datetime.fromisoformat(kept["due"]),
            "expires": None if expires is None else datetime.fromisoformat(expires),
        }
    )
