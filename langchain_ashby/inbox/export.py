"""The audit trail as files: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from langchain_ashby.agent.cards import is_current
from langchain_ashby.agent.execution.audit import AuditEntry
from langchain_ashby.inbox.became import became
from langchain_ashby.inbox.reasons import without_fixed_words
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import tool_title

_HEADS = (
    "at", "outcome", "change", "what the agent was told", "decision", "reviewer", "decided at", "tool", "thread",
    "call", "part of", "policy", "on behalf of", "arguments", "requests at Ashby",
    "edits",
)  # fmt: skip


def to_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yields a line of heads and a line per entry, for spreadsheets.

    Anything that a spreadsheet would read as a formula starts with an apostrophe: a cell, and text after a semicolon or
    a line break within it.
    """
    yield _line(_HEADS)
    for entry in entries:
        card = entry.card if is_current(entry.card) else None
        yield _line(
            (
                entry.at.isoformat(),
                became(entry.outcome).words,
                card["line"] if card else tool_title(entry.tool, None),
                without_fixed_words(entry.detail),
                entry.decision or "",
                entry.reviewer or "",
                entry.decided_at or "",
                entry.tool,
                entry.thread_id or "",
                entry.call_id,
                entry.part_of or "",
                entry.policy or "",
                entry.on_behalf_of or "",
                json.dumps(entry.args, ensure_ascii=False),
                " ".join(entry.request_ids),
                "; ".join(f"{it['field']}: {it['before'] or 'none'} → {it['after'] or 'none'}" for it in entry.edits),
            )
        )


def to_jsonl(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yields each entry as a line of ASCII JSON."""
    for entry in entries:
        yield json.dumps(asdict(entry) | {"at": entry.at.isoformat()}) + "\n"


def without_private(entry: AuditEntry) -> AuditEntry:
    """The entry without its card, arguments and what the agent was told, if there is a private value on the card.

    Such a value may stand in many places: in the line, in a table, in what was sent, in what was read before the write,
    and in what had changed.
    """
    private = (entry.card or {}).get("private")
    if not private:
        return entry
    left_out = {"leftOut": sorted({*private.values()})}
    original = None if entry.original is None else left_out
    before = left_out if entry.before else entry.before
    detail = entry.detail and "Left out as private."
    told: dict[str, Any] = {
        "card": left_out,
        "args": left_out,
        "original": original,
        "edits": [],
        "before": before,
        "detail": detail,
    }
    return AuditEntry(**vars(entry) | told)


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(map(_cell, cells))
    return line.getvalue()


def _cell(text: str) -> str:
    """Text that a spreadsheet takes for text: it computes what begins with = + - @, even after spaces or a tab.

    Where a comma is the decimal mark, spreadsheets expect semicolons between cells: then they split at those in a text,
    and know no quotes within a line.
    """
    return _FORMULA.sub(r"\1'", visible(text))


_FORMULA = re.compile(r'(^|[;\n])(?=[ "]*[=+\-@\uff1d\uff0b\uff0d\uff20])')
