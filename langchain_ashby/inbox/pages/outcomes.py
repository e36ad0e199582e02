"""The pages of the audit trail: searched, in full, and as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import chain, islice
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from langchain_ashby.agent.cards import is_current
from langchain_ashby.agent.execution.audit import AuditEntry
from langchain_ashby.errors import AshbyError
from langchain_ashby.inbox.became import OUTCOMES, became
from langchain_ashby.inbox.export import to_csv, to_jsonl, without_private
from langchain_ashby.inbox.pages.shared import answer, inbox_of, path_for, reviewer_of
from langchain_ashby.inbox.reasons import reason
from langchain_ashby.inbox.reviewers import VIEWER
from langchain_ashby.inbox.sight import Sight, approval_for
from langchain_ashby.inbox.trail import Row, Wanted
from langchain_ashby.inbox.words import json_text
from langchain_ashby.text.words import tool_title, zone

ON_A_PAGE = 50


@dataclass(frozen=True)
class Search:
    """What the address asks for, and what of it cannot be understood."""

    asked: Mapping[str, str]

    @cached_property
    def problems(self) -> list[str]:
        """What to say of dates that are none."""
        return [
            f"“{self.asked[name]}” is not a date. Write it as 2026-11-24."
            for name in ("from", "to")
            if self.asked.get(name) and _day(self.asked[name]) is None
        ]

    @cached_property
    def wanted(self) -> Wanted:
        """Which entries are wanted. The dates are days of the reader's zone, the last one included."""
        given = {name: self.asked.get(name) or None for name in ("thread", "candidate", "reviewer", "outcome", "tool")}
        first, last = (_day(self.asked.get(name, "")) for name in ("from", "to"))
        return Wanted(
            words=self.asked.get("q", ""),
            since=_midnight(first) if first else None,
            until=_midnight(last + timedelta(days=1)) if last and last < date.max else None,
            **given,
        )

    @property
    def page(self) -> int:
        """The number of the page, from 1."""
        number = self.asked.get("page", "")
        return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else 1

    def query(self, **other: object) -> str:
        """The query of an address that asks for the same, but for these."""
        asked = {name: it for name, it in self.asked.items() if it and name in _ASKED}
        return urlencode({**asked, **other}, errors="surrogatepass")


def show(request: Request) -> Response:
    """Shows the entries that are wanted, the newest first, a page at a time."""
    inbox, search = inbox_of(request), Search(request.query_params)
    rows, sight = inbox.trail.rows(), Sight(reviewer_of(request), inbox.trail)
    first, last = (search.page - 1) * ON_A_PAGE, search.page * ON_A_PAGE
    number, ahead = None, sight.of(search.wanted.of(rows))
    if sight.is_clear:
        found = list(ahead)
        number, ahead = len(found), iter(found)
    page = list(islice(ahead, first, last + 1))
    shown = page[:ON_A_PAGE]
    undone = inbox.undos.made(shown)
    seen = {it.id for it in sight.of(undone.values())}
    named = rows if sight.is_clear else page  # of what is hidden, not even the tool is told
    context = {
        "search": search,
        "asked": search.asked,
        "rows": shown,
        "offered": inbox.undos.offered((it for it in shown if it.id not in undone), reviewer_of(request)),
        "undone": {key: it for key, it in undone.items() if it.id in seen},
        "first": first + 1,
        "number": number,
        "has_more": len(page) > ON_A_PAGE,
        "unreadable": inbox.trail.unreadable,
        "outcomes": {outcome: became(outcome).words for outcome in OUTCOMES},
        "tools": {tool: tool_title(tool, None) for tool in sorted({row.tool for row in named})},
        "became": became,
        "tool_title": _title,
        "decides": reviewer_of(request).roles != {VIEWER},
    }
    return answer(request, "outcomes.html", context)


def one(request: Request) -> Response:
    """Shows an entry in full, with the card as it was shown.

    Raises:
        HTTPException: 404 if there is none with this id, or it is not shown to the reviewer.
    """
    row, entry = _entry_of(request)
    return answer(request, "outcome.html", _context(request, row, entry))


def propose(request: Request) -> Response:
    """Proposes the opposite of a write, and redirects to its card.

    Raises:
        HTTPException: 403 if the reviewer may not decide on such a write; otherwise as `one`.
    """
    row, entry = _entry_of(request)
    reviewer, undos = reviewer_of(request), inbox_of(request).undos
    if not reviewer.may_decide(approval_for(entry)):
        raise HTTPException(403, "Other reviewers decide on this change. You can only view it.")

    def refused(why: str) -> Response:
        return answer(request, "outcome.html", {**_context(request, row, entry), "problem": why}, 409)

    undo = undos.of(entry, reviewer)
    if undo is None or undo.is_undone or not undo.calls:
        return refused(_NOT_WRITTEN if undo is None else undo.why_not or "It has already been undone.")
    try:
        proposed = undos.propose(entry, reviewer)
    except AshbyError as error:
        return refused(reason("", f"{error.message.rstrip('.')}. {error.remedy}").why)
    now = undos.of(entry, reviewer) or undo
    if now.waits:
        address = path_for(request, "card", interrupt_id=now.waits.question.interrupt_id, number=now.waits.number)
    elif now.before and not proposed.interrupts:  # the policy has decided alone
        address = path_for(request, "outcome", row_id=now.before[-1].id)
    else:
        return refused(
            " ".join(reason("", it).why for it in proposed.answers)
            or "Its undo is waiting for another reviewer's decision."
        )
    return RedirectResponse(address, 303)


def as_csv(request: Request) -> Response:
    """Sends the entries that are wanted as CSV. Excel needs the mark at the beginning to read UTF-8."""
    lines = chain(["\ufeff"], to_csv(_wanted(request)))
    return _file(lines, "text/csv; charset=utf-8", "audit-trail.csv")


def as_jsonl(request: Request) -> Response:
    """Sends the entries that are wanted as JSON Lines."""
    lines = to_jsonl(_wanted(request))
    return _file(lines, "application/jsonl", "audit-trail.jsonl")


def _wanted(request: Request) -> Iterator[AuditEntry]:
    trail, reviewer = inbox_of(request).trail, reviewer_of(request)
    found = trail.entries(Search(request.query_params).wanted.of(trail.rows()))
    private = request.query_params.get("private") == "1"
    for entry in found:
        approval = approval_for(entry)
        if reviewer.may_see(approval):  # a file may reach anyone, so only people who can decide may export them
            yield entry if private and reviewer.may_decide(approval) else without_private(entry)


def _file(lines: Iterator[str], kind: str, name: str) -> Response:
    pieces = iter(lambda: "".join(islice(lines, _LINES)), "")
    return StreamingResponse(pieces, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _entry_of(request: Request) -> tuple[Row, AuditEntry]:
    trail = inbox_of(request).trail
    row = trail.row(request.path_params["row_id"])
    entry = None if row is None else trail.entry(row)
    if row is None or entry is None or not reviewer_of(request).may_see(approval_for(entry)):
        raise HTTPException(404, "There is no such entry in the audit trail.")
    return row, entry


def _context(request: Request, row: Row, entry: AuditEntry) -> dict[str, Any]:
    reviewer, undos = reviewer_of(request), inbox_of(request).undos
    card = entry.card if is_current(entry.card) else None
    return {
        "row": row,
        "entry": entry,
        "card": card,
        "table": (card.get("table") if card else None) or {"heads": [], "rows": []},
        "reason": reason(entry.outcome, entry.detail),
        "undo": undos.of(entry, reviewer),
        "undoes": undos.undone_by(entry, reviewer),
        "search": Search({}),
        "became": became,
        "tool_title": _title,
        "exact": json_text,
    }


def _title(tool: str) -> str:
    return tool_title(tool, None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone())


_NOT_WRITTEN = "Nothing was written, so there is nothing to undo."

_LINES = 200
"""So many lines of a file are sent at once."""

_ASKED = ("q", "thread", "candidate", "reviewer", "outcome", "tool", "from", "to")
