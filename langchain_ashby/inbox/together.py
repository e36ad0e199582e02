"""Finds changes that can be decided together: of one kind, with nothing that needs a decision of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from langchain_ashby.agent.cards.show.overview import FEWEST
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.text.words import LONGEST_TEXT, UNNAMED

MOST = 100
"""The most changes that one page decides together."""


@dataclass(frozen=True)
class Alike:
    """Changes of one kind.

    Attributes:
        key: What stands for them in addresses.
        title: The tool in words.
        approvals: The changes.
    """

    key: str
    title: str
    approvals: list[Approval]


def alone(approval: Approval, now: datetime) -> str | None:
    """Says why a change has to be decided alone; None if it can be decided together with others like it."""
    card, expires = approval.card, approval.question.expires
    if card is None:
        return "It has no card."
    reasons = (
        (approval.approved_by or approval.action.get("needs"), "It needs more than one approval."),
        (approval.question.waiting["request"].get("problem"), "It is being asked again."),
        (expires and expires <= now, "It has expired."),
        (card["risk"] == "high", "Its risk is high."),
        (card["warnings"], "It has warnings."),
        (card.get("table"), "It changes many records."),
        (any(len(it["after"] or "") >= LONGEST_TEXT for it in card["changes"]), "A text is too long for its card."),
        (
            card["unchecked"] or any(it["before"] == UNNAMED for it in card["changes"]),
            "Something could not be checked.",
        ),
        (any(it["from"] == "outsiders" for it in card.get("sources", ())), "A value is only in text by outsiders."),
    )
    return next((reason for is_so, reason in reasons if is_so), None)


def likeness(approval: Approval) -> str:
    """A key that all changes of one kind share: those of one tool, with the same arguments given."""
    return sha256(json.dumps(approval.likeness).encode()).hexdigest()[:12]


def alike(approvals: Iterable[Approval], now: datetime) -> list[Alike]:
    """The groups of changes that can be decided together, the largest first."""
    groups: dict[str, Alike] = {}
    for it in approvals:
        if alone(it, now) is None:
            groups.setdefault(likeness(it), Alike(likeness(it), it.title, [])).approvals.append(it)
    return sorted((it for it in groups.values() if len(it.approvals) >= FEWEST), key=lambda it: -len(it.approvals))
