"""A change as its page shows it, beside the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

from langchain_ashby.agent.approval.standing import in_words
from langchain_ashby.agent.cards.show.arguments import as_given, beside_names, numbered, resolved
from langchain_ashby.agent.cards.show.sources import sources_in_words
from langchain_ashby.inbox.outbox import Kept
from langchain_ashby.inbox.pages.listing import ROWS, Listing, Row
from langchain_ashby.inbox.pages.shared import reviewer_of
from langchain_ashby.inbox.pages.strip import strip_of
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.words import json_text, moment
from langchain_ashby.text.letters import of_one_person
from langchain_ashby.text.safe import as_typed
from langchain_ashby.text.words import LONGEST_TEXT, joined, paragraph

QUICK_REASONS = ("Not now", "Wrong person", "Not agreed with the hiring manager", "Needs another interview first")
"""Reasons for a rejection that are one press away."""


@dataclass(frozen=True)
class Opened:
    """A change in full.

    Attributes:
        approval: The change.
        kept: The decision about it, if there is one that has not been sent.
        others: The other changes of its question that the reviewer sees, with the decision on each.
        undecided: How many changes of the question nobody has decided on, seen or not.
        place: Its place in the list, from 1; None if the filters leave it out.
        before: The change before it in the list.
        after: The change after it.
        decides: True if the reviewer may decide on it.
        approved: True if the reviewer has approved it already, and somebody else has to.
        later: Until when the reviewer put it off.
    """

    approval: Approval
    kept: Kept | None
    others: list[Row]
    undecided: int
    place: int | None
    before: Approval | None
    after: Approval | None
    decides: bool
    approved: bool
    later: datetime | None

    @property
    def arguments(self) -> str:
        """The exact arguments of the call, as JSON, with the names that were given beside ids."""
        card = self.approval.card
        return json_text(as_given(card) if card else beside_names(dict(self.approval.action["args"]), {}))

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """What is sent beyond the arguments: each with a heading."""
        return [(title, json_text(body)) for title, body in resolved(self.approval.card)] if self.approval.card else []

    @property
    def in_full(self) -> dict[str, str]:
        """The texts that the card cuts, in full, by what it shows of them."""
        texts = [it for it in _texts(self.approval.action["args"]) if len(it) > LONGEST_TEXT]
        return {paragraph(it): as_typed(it.replace("\r\n", "\n")) for it in texts}

    @property
    def table(self) -> tuple[list[str], list[list[str]]]:
        """The heads and rows of a bulk write; empty for any other."""
        return numbered(self.approval.card) if self.approval.card else ([], [])

    @property
    def sources(self) -> list[tuple[str, bool]]:
        """Where the values of the call come from, a line each; True for those that only outsiders wrote."""
        if self.approval.card is None:
            return []
        given = self.approval.card.get("sources", ())
        outside = sum(it["from"] == "outsiders" for it in given)
        return [(line, place < outside) for place, line in enumerate(sources_in_words(self.approval.card))]

    @property
    def standing(self) -> list[str]:
        """Who has approved it already, and what it needs besides, a sentence each."""
        if until := self.approval.held_until:
            names = joined([str(it.get("reviewer") or "a person") for it in self.approval.approved_by])
            return [f"Approved by {names}. It will be made on {moment(until)} unless someone stops it first."]
        return in_words(self.approval.action)

    def allows(self, decision: str) -> bool:
        """True if the agent takes this decision about it."""
        configs = self.approval.question.waiting["request"].get("review_configs") or []
        return len(configs) < self.approval.number or decision in configs[self.approval.number - 1]["allowed_decisions"]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for entry in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(entry)


def opened(request: Request, found: Listing, approval: Approval) -> Opened:
    """The change in full, in the place that it has in the list."""
    reviewer, place, rows = reviewer_of(request), found.place_of(approval), found.rows
    question = approval.question
    others = [
        Row(it, found.kept.get((question.interrupt_id, it.number)), None)
        for it in question.approvals
        if it.number != approval.number and reviewer.may_see(it)
    ]
    return Opened(
        approval=approval,
        kept=found.kept.get((question.interrupt_id, approval.number)),
        others=others,
        undecided=sum((question.interrupt_id, it.number) not in found.kept for it in question.approvals),
        place=None if place is None else place + 1,
        before=rows[place - 1].approval if place else None,
        after=rows[place + 1].approval if place is not None and place + 1 < len(rows) else None,
        decides=reviewer.may_decide(approval),
        approved=of_one_person(reviewer.name)
        in {of_one_person(it.get("reviewer") or "") for it in approval.approved_by},
        later=None if place is None else rows[place].later,
    )


def context_of(
    request: Request,
    found: Listing,
    approval: Approval | None,
    *,
    page: int | None = None,
    problem: str | None = None,
    view: str = "card",
) -> dict[str, Any]:
    """What the templates of the list and the card need."""
    change = opened(request, found, approval) if approval else None
    if page is None:
        page = (change.place - 1) // ROWS + 1 if change and change.place else 1
    return {
        "found": found,
        "rows": found.page(page),
        "page": page,
        "change": change,
        "problem": problem,
        "view": view,
        "now": found.now,
        "reasons": QUICK_REASONS,
        "strip": strip_of(request, found.kept, found.now),
    }
