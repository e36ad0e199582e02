"""The pages of what became of each change: the audit trail, searched, in full, and as files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import chain
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from langchain_ashby.agent.cards import is_current
from langchain_ashby.agent.execution.audit import AuditEntry
from langchain_ashby.inbox.became import OUTCOMES, became, by_whom, why
from langchain_ashby.inbox.export import to_csv, to_jsonl
from langchain_ashby.inbox.pages.shared import inbox_of
from langchain_ashby.inbox.trail import Row, Wanted
from langchain_ashby.text.words import in_words, tool_title, zone

ON_A_PAGE = 50


@dataclass(frozen=True)
class Search:
    """What the address asks for, and what of it cannot be understood."""

    asked: Mapping[str, str]

    @cached_property
    def problems(self) -> list[str]:
        """What to say of dates that are none."""
        return [
            f"“{self.asked[name]}” is not a date. Write it like 2026-11-24."
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
    rows = inbox.trail.rows()
    found = list(search.wanted.of(rows))
    first = min((search.page - 1) * ON_A_PAGE, max(0, len(found) - 1) // ON_A_PAGE * ON_A_PAGE)
    context = {
        "search": search,
        "asked": search.asked,
        "rows": found[first : first + ON_A_PAGE],
        "first": first + 1,
        "page": first // ON_A_PAGE + 1,
        "found": len(found),
        "has_more": first + ON_A_PAGE < len(found),
        "unreadable": inbox.trail.unreadable,
        "outcomes": {outcome: became(outcome).words for outcome in OUTCOMES},
        "tools": {tool: tool_title(tool, None) for tool in sorted({row.tool for row in rows})},
        **_WORDS,
    }
    return inbox.templates.TemplateResponse(request, "outcomes.html", context)


def one(request: Request) -> Response:
    """Shows an entry in full, with the card as it was shown.

    Raises:
        HTTPException: 404 if there is none with this id.
    """
    inbox = inbox_of(request)
    row = inbox.trail.row(request.path_params["row_id"])
    entry = None if row is None else inbox.trail.entry(row)
    if row is None or entry is None:
        raise HTTPException(404, "There is no such entry in the audit trail.")
    context = {
        "row": row,
        "entry": entry,
        "card": entry.card if is_current(entry.card) else None,
        "said": why(entry),
        "search": Search({}),
        "exact": lambda args: json.dumps(args, indent=2, ensure_ascii=False),
        **_WORDS,
    }
    return inbox.templates.TemplateResponse(request, "outcome.html", context)


def as_csv(request: Request) -> Response:
    """Sends the entries that are wanted as CSV. Excel needs the mark at the beginning to read UTF-8."""
    lines = chain(["\ufeff"], to_csv(_wanted(request), private=_with_private(request)))
    return _file(lines, "text/csv; charset=utf-8", "audit-trail.csv")


def as_jsonl(request: Request) -> Response:
    """Sends the entries that are wanted as JSON Lines."""
    lines = to_jsonl(_wanted(request), private=_with_private(request))
    return _file(lines, "application/jsonl", "audit-trail.jsonl")


def _wanted(request: Request) -> Iterator[AuditEntry]:
    trail, search = inbox_of(request).trail, Search(request.query_params)
    return trail.entries(search.wanted.of(trail.rows()))


def _with_private(request: Request) -> bool:
    return request.query_params.get("private") == "1"


def _file(lines: Iterator[str], kind: str, name: str) -> Response:
    return StreamingResponse(lines, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _decided(row: Row | AuditEntry) -> str:
    return by_whom(row.decision, row.reviewer)


def _moment(at: datetime) -> str:
    return in_words(at)


_WORDS = {"became": became, "decided": _decided, "moment": _moment, "tool_title": lambda tool: tool_title(tool, None)}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone())


_ASKED = ("q", "thread", "candidate", "reviewer", "outcome", "tool", "from", "to")
